// Runs random stories of the catalog against the core beside it, and ends with 1 when a story fails.
// It stands on its own, so that it runs against a changed copy of the core too.
import * as Effect from "effect/Effect"
import { tellCatalogStories } from "../../src/testing/catalog/story/catalogStories.ts"

const runs = 120

const { failure } = await Effect.runPromise(
  tellCatalogStories({ runs, seed: process.argv[2] ?? "seed", shrinksMax: 20 })
)
console.log(failure ?? `${runs} stories hold`)
process.exitCode = failure === undefined ? 0 : 1
