// Random stories of a fixed length, each step held to the reference model and to the invariants, and
// what they met held to a least number: stories that do not reach prove nothing. A longer campaign:
//
//   HOLDFAST_STORIES=20000 HOLDFAST_STORIES_SEED=night vitest run packages/core/test/catalog/story
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { outOfReachOfCatalog } from "../../../src/testing/catalog/story/CatalogTally.ts"
import { tellCatalogStories } from "../../../src/testing/catalog/story/catalogStories.ts"

const runs = Number(process.env["HOLDFAST_STORIES"] ?? 250)
const seed = process.env["HOLDFAST_STORIES_SEED"] ?? "catalog"
const timesLeast = 20

it.effect(
  "agrees with the model in every step, holds every invariant, and meets every case",
  () =>
    Effect.gen(function* () {
      const { failure, tally } = yield* tellCatalogStories({ runs, seed })
      if (failure !== undefined) throw new Error(failure)
      const unmet = Object.entries(outOfReachOfCatalog).map(([tag, why]) => `${tag}: ${why}`)
      console.log(
        `${runs} stories of the seed "${seed}": ${tally.table()}\nout of reach: ${unmet.join("; ")}`
      )
      expect(tally.rarer(timesLeast)).toEqual([])
    }),
  Math.max(120_000, runs * 500)
)
