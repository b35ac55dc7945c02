/** Waits for what must become so, by asking again; nothing else tells that it has. */
import { setTimeout as pause } from "node:timers/promises"

/** How long it may take, on a machine that is busy with other tests. */
const millisMax = 60_000

/** Leaves whoever is asked some air between two questions. */
const pauseMillis = 10

/** The first answer that is not undefined; rejects when there is none in time. */
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
