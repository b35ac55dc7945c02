/** Waits for a condition by asking again, where nothing reports that it has become true. */
import { setTimeout as pause } from "node:timers/promises"

/** How long it may take, on a machine that is busy with other tests. */
const millisMax = 60_000

/** A pause between two questions. */
const pauseMillis = 10

/** The first answer that is not undefined; rejects when it does not come in time. */
export const eventually = async <A>(ask: () => Promise<A | undefined>): Promise<A> => {
  const startedAt = performance.now()
  for (;;) {
    const answer = await ask()
    if (answer !== undefined) return answer
    if (performance.now() - startedAt > millisMax) {
      throw new Error(`what was waited for did not come true in ${millisMax} ms`)
    }
    await pause(pauseMillis)
  }
}
