/**
 * Runs many random stories. Returns the first failure, made small, or none, and the tally of
 * everything that the stories met.
 */
import * as Effect from "effect/Effect"
import { runStories, type StoryRuns } from "../runStories.ts"
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
export const tellStories = (options: StoryRuns): Effect.Effect<FinishedStories> => {
  const tally = new StoryTally()
  const stories = arbitraryStory(storyLength)
  return Effect.map(
    runStories(options, storyLength, stories, (steps) => tellStory(steps, tally)),
    (failure) => ({ failure, tally })
  )
}
