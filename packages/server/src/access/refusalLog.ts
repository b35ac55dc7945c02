/**
 * Logs requests whose sender could not be found out. Who sends them by the thousand does not fill
 * the log: of a minute it has the first few, and the count of the others.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

const linesOfMinuteMax = 30

/** One such request. */
export interface RefusedRequest {
  readonly reason: string
  readonly address: string | undefined
}

/** Makes the log. */
export const makeRefusalLog = (): ((refused: RefusedRequest) => Effect.Effect<void>) => {
  let minute = 0
  let lines = 0
  let dropped = 0
  return ({ address = "unknown", reason }) =>
    Effect.flatMap(Clock.currentTimeMillis, (now) => {
      const current = Math.floor(now / 60_000)
      const left = current === minute ? 0 : dropped
      if (current !== minute) [minute, lines, dropped] = [current, 0, 0]
      if (lines >= linesOfMinuteMax) {
        dropped += 1
        return Effect.void
      }
      lines += 1
      return Effect.annotateLogs(
        Effect.logWarning(`refused a request, because nobody vouches for its sender: ${reason}`),
        { address, ...(left === 0 ? {} : { notLogged: left }) }
      )
    })
}
