// Random interleavings of the events of three orders that compete for a few units: repeated, early,
// late, out of order, at the same instant. After each step the log must be one that the life of an
// order allows. What the runs met is held to a least number.
import { expect, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { deliveries, FlowWorld } from "./FlowWorld.ts"
import { FlowTally } from "./flowChecks.ts"

const runs = Number(process.env["HOLDFAST_FLOWS"] ?? 400)
const seed = process.env["HOLDFAST_FLOWS_SEED"] ?? "flows"
const stepsOfRun = 40
const timesLeast = 20

const below = (count: number) =>
  Arbitrary.schema(Schema.Literals(Array.from({ length: count }, (_, n) => n)), {
    shrink: (n) => (n > 0 ? [0, Math.floor(n / 2)] : [])
  })

it.effect(
  "S9 any interleaving of order events ends where an order may end, and units are conserved",
  () =>
    Effect.gen(function* () {
      const tally = new FlowTally()
      const story = (steps: ReadonlyArray<number>) =>
        Effect.scoped(
          Effect.gen(function* () {
            const world = yield* FlowWorld.open(tally)
            for (const step of steps) yield* world.take(step)
            yield* world.settle
            return true
          })
        ).pipe(
          Effect.catchCause((cause) => Effect.fail(`${String(cause)}\nafter ${steps.join(" ")}`))
        )
      const result = yield* Arbitrary.checkEffect(
        Arbitrary.array(below(deliveries), { minLength: stepsOfRun, maxLength: stepsOfRun }),
        story,
        { runs, seed, size: stepsOfRun, maxShrinks: 300 }
      )
      if (result._tag !== "Passed") {
        const isTold = result._tag === "Falsified" && result.failure._tag === "PropertyError"
        throw new Error(
          isTold ? String(result.failure.error) : Arbitrary.formatCheckFailure(result)
        )
      }
      console.log(`${runs} interleavings of the seed "${seed}": ${tally.table()}`)
      expect(tally.rarer(timesLeast)).toEqual([])
    }),
  Math.max(120_000, runs * 500)
)
