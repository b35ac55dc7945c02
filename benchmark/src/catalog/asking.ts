/** One caller who asks a question, waits for the answer, and asks the next. */
import * as Effect from "effect/Effect"
import { type Contender, sampleOfLatencies } from "../Contender.ts"

/** Makes a question a contender. An answer without a product in it is a mistake of the benchmark. */
export const asking = <E>(
  name: string,
  ask: () => Effect.Effect<{ readonly length: number }, E>
): Contender => ({
  name,
  turn: (budget) =>
    Effect.gen(function* () {
      const start = performance.now()
      const end = "seconds" in budget ? start + budget.seconds * 1_000 : Number.POSITIVE_INFINITY
      let left = "operations" in budget ? budget.operations : Number.POSITIVE_INFINITY
      const latencies: Array<number> = []
      let found = 0
      let asked = start
      while (asked < end && left-- > 0) {
        found += (yield* ask()).length
        const now = performance.now()
        latencies.push((now - asked) * 1_000)
        asked = now
      }
      if (found === 0) return yield* Effect.die(new Error(`${name}: nothing was found`))
      return sampleOfLatencies(latencies, (performance.now() - start) / 1_000)
    }).pipe(Effect.orDie)
})
