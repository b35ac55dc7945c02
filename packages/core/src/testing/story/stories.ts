/**
 * Runs many random stories. Returns the first failure, made small, or none, and the tally of
 * everything that the stories met.
 */
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import { arbitraryStory } from "./arbitraries.ts"
import { StoryTally } from "./StoryTally.ts"
import { tellStory } from "./story.ts"

/** Steps of every story. */
export const storyLength = 80

/** The outcome of the stories: a failure to read and to run again, or undefined. */
export interface FinishedStories {
  readonly failure: string | undefined
  readonly tally: StoryTally
}

/** Runs so many stories of a seed, the same ones each time. */
export const tellStories = (options: {
  readonly runs: number
  readonly seed: string
  readonly shrinksMax?: number
}): Effect.Effect<FinishedStories> =>
  Effect.gen(function* () {
    const { runs, seed, shrinksMax = 2_000 } = options
    const tally = new StoryTally()
    const result = yield* Arbitrary.checkEffect(
      arbitraryStory(storyLength),
      (steps) =>
        Effect.try({
          try: () => tellStory(steps, tally) !== undefined,
          catch: (error) => (error instanceof Error ? error.message : String(error))
        }),
      { runs, seed, size: storyLength, maxShrinks: shrinksMax }
    )
    if (result._tag === "Passed") return { failure: undefined, tally }
    const failure =
      result._tag === "Falsified" && result.failure._tag === "PropertyError"
        ? result.failure.error
        : Arbitrary.formatCheckFailure(result)
    return { failure: `Stories of the seed "${seed}" were broken:\n${failure}`, tally }
  })
