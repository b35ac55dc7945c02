/**
 * Runs many random stories of the catalog. Returns the first failure, made small, or none, and the
 * tally of everything that the stories met.
 */
import * as Effect from "effect/Effect"
import { runStories, type StoryRuns } from "../../runStories.ts"
import { CatalogTally } from "./CatalogTally.ts"
import { tellCatalogStory } from "./catalogStory.ts"
import { arbitraryCatalogStory } from "./randomCatalog.ts"

/** Steps of every story. */
export const catalogStoryLength = 80

/** Runs so many stories of a seed, the same ones each time. */
export const tellCatalogStories = (
  options: StoryRuns
): Effect.Effect<{ readonly failure: string | undefined; readonly tally: CatalogTally }> => {
  const tally = new CatalogTally()
  const stories = arbitraryCatalogStory(catalogStoryLength)
  return Effect.map(
    runStories(options, catalogStoryLength, stories, (steps) => tellCatalogStory(steps, tally)),
    (failure) => ({ failure, tally })
  )
}
