// Random stories of a fixed length, each step held to the reference model and to the invariants, and
// what they met held to a least number: stories that do not reach prove nothing. A longer campaign:
//
//   HOLDFAST_STORIES=20000 HOLDFAST_STORIES_SEED=night vitest run packages/core/test/inventory/story.prop.test.ts
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { outOfReach } from "../../../src/testing/story/StoryTally.ts"
import { tellStories } from "../../../src/testing/story/stories.ts"

const runs = Number(process.env["HOLDFAST_STORIES"] ?? 1_600)
const seed = process.env["HOLDFAST_STORIES_SEED"] ?? "stories"
const timesLeast = 20

it.effect(
  "T1 holds every invariant over random stories, and T2 agrees with the model, and all of it is met",
  () =>
    Effect.gen(function* () {
      const { failure, tally } = yield* tellStories({ runs, seed })
      if (failure !== undefined) throw new Error(failure)
      const unmet = Object.entries(outOfReach).map(([refusal, why]) => `${refusal}: ${why}`)
      console.log(
        `${runs} stories of the seed "${seed}": ${tally.table()}\nout of reach: ${unmet.join("; ")}`
      )
      expect(tally.rarer(timesLeast)).toEqual([])
    }),
  Math.max(120_000, runs * 500)
)
