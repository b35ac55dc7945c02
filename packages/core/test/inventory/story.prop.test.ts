import { it } from "@effect/vitest"
import { arbitraryStory } from "../../src/testing/arbitraries.ts"
import { tellStory } from "../../src/testing/story.ts"

it.prop(
  "holds every invariant over random stories",
  [arbitraryStory(60)],
  ([steps]) => {
    tellStory(steps)
  },
  { arbitrary: { runs: 800, size: 60, maxShrinks: 3000 } }
)
