/** What keeps the events of a cursor from moving: a status to show, and one line in the log. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"

/** Something that stands in the way: RETRYING may pass by itself, STOPPED waits for a person. */
export interface Trouble {
  readonly state: "RETRYING" | "STOPPED"
  readonly problem: string
}

/** Where trouble is: with the log and its cursors, or with the destination. */
export type TroubleAt = "log" | "destination"

/** The troubles of one cursor of a context. */
export const makeTroubles = (about: { readonly context: string; readonly cursor: string }) => {
  const troubles = new Map<TroubleAt, Trouble>()
  // A host's own log may keep the message alone.
  const events = `events of ${about.context} for ${about.cursor}`
  return {
    /** The worst of them now. */
    current: (): Trouble | undefined => troubles.get("log") ?? troubles.get("destination"),
    /** Notes a failure, and logs the first of several. */
    note: (at: TroubleAt, trouble: Trouble): Effect.Effect<void> =>
      Effect.suspend(() => {
        const isFirst = troubles.get(at)?.state !== trouble.state
        troubles.set(at, trouble)
        if (!isFirst) return Effect.void
        const logged =
          trouble.state === "STOPPED"
            ? Effect.logError(`${events} are not moved any more: ${trouble.problem}`)
            : Effect.logWarning(`${events} cannot be moved, trying again: ${trouble.problem}`)
        return Effect.annotateLogs(logged, about)
      }),
    /** Notes that it works, and logs so after failures. */
    end: (at: TroubleAt): Effect.Effect<void> =>
      Effect.suspend(() =>
        troubles.delete(at)
          ? Effect.annotateLogs(Effect.logInfo(`${events} are moved again`), about)
          : Effect.void
      ),
    /** Forgets them all: another process moves the events now. */
    forget: (): void => troubles.clear()
  }
}

/** The troubles of one cursor. */
export type Troubles = ReturnType<typeof makeTroubles>

/** Pauses after failures: from a tenth of a second, doubled each time, up to half a minute. */
export const pauseMillis = (failures: number): number => Math.min(100 * 2 ** failures, 30_000)

/** What went wrong, in words. */
export const wordsOf = (cause: Cause.Cause<unknown>): string => {
  if (Cause.hasInterruptsOnly(cause)) return "it was interrupted"
  const error = Cause.squash(cause)
  return error instanceof Error ? error.message : String(error)
}
