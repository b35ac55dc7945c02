// Tells random stories to the core beside it, and ends with 1 when one of them breaks an invariant.
// It stands on its own, so that it can be run against a changed copy of the core.
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import { arbitraryStory } from "../../src/testing/arbitraries.ts"
import { tellStory } from "../../src/testing/story.ts"

const runs = 1_500

const result = await Effect.runPromise(
  Arbitrary.checkEffect(
    arbitraryStory(60),
    (steps) =>
      Effect.try({
        try: () => {
          tellStory(steps)
          return true
        },
        catch: (error) => (error instanceof Error ? error.message : String(error))
      }),
    { runs, size: 60, maxShrinks: 100, seed: process.argv[2] ?? "seed" }
  )
)
console.log(Arbitrary.formatCheckFailure(result) ?? `${runs} stories hold`)
process.exitCode = result._tag === "Passed" ? 0 : 1
