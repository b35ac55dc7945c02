/**
 * Runs many random stories of the catalog. Returns the first failure, made small, or none, and the
 * tally of everything that the stories met.
 */
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import { CatalogTally } from "./CatalogTally.ts"
import { tellCatalogStory } from "./catalogStory.ts"
import { arbitraryCatalogStory } from "./randomCatalog.ts"

/** Steps of every story. */
export const catalogStoryLength = 80

/** Runs so many stories of a seed, the same ones each time. */
export const tellCatalogStories = (options: {
  readonly runs: number
  readonly seed: string
  readonly shrinksMax?: number
}): Effect.Effect<{ readonly failure: string | undefined; readonly tally: CatalogTally }> =>
  Effect.gen(function* () {
    const { runs, seed, shrinksMax = 2_000 } = options
    const tally = new CatalogTally()
    const result = yield* Arbitrary.checkEffect(
      arbitraryCatalogStory(catalogStoryLength),
      (steps) =>
        Effect.try({
          try: () => tellCatalogStory(steps, tally) !== undefined,
          catch: (error) => (error instanceof Error ? error.message : String(error))
        }),
      { runs, seed, size: catalogStoryLength, maxShrinks: shrinksMax }
    )
    if (result._tag === "Passed") return { failure: undefined, tally }
    const failure =
      result._tag === "Falsified" && result.failure._tag === "PropertyError"
        ? result.failure.error
        : Arbitrary.formatCheckFailure(result)
    return { failure: `Stories of the seed "${seed}" were broken:\n${failure}`, tally }
  })
