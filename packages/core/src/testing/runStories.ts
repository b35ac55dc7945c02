/**
 * Runs many random stories of a context. Gives the first failure, made small, to read and to run
 * again; or undefined.
 */
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import type { Random } from "./random.ts"

/** How many stories of a seed to run, the same ones each time. */
export interface StoryRuns {
  readonly runs: number
  readonly seed: string
  readonly shrinksMax?: number
}

/** Tells so many stories; `tell` throws when one is broken. */
export const runStories = <Step>(
  { runs, seed, shrinksMax = 2_000 }: StoryRuns,
  storyLength: number,
  stories: Random<Array<Step>>,
  tell: (steps: ReadonlyArray<Step>) => void
): Effect.Effect<string | undefined> =>
  Effect.gen(function* () {
    const result = yield* Arbitrary.checkEffect(
      stories,
      (steps) =>
        Effect.try({
          try: () => {
            tell(steps)
            return true
          },
          catch: (error) => (error instanceof Error ? error.message : String(error))
        }),
      { runs, seed, size: storyLength, maxShrinks: shrinksMax }
    )
    if (result._tag === "Passed") return undefined
    const failure =
      result._tag === "Falsified" && result.failure._tag === "PropertyError"
        ? result.failure.error
        : Arbitrary.formatCheckFailure(result)
    return `Stories of the seed "${seed}" were broken:\n${failure}`
  })
