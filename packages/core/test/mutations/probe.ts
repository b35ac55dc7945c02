// Runs random stories against the core beside it, and ends with 1 when a story fails. It stands on
// its own, so that it runs against a changed copy of the core too.
import * as Effect from "effect/Effect"
import { tellStories } from "../../src/testing/story/stories.ts"

const runs = 300

const { failure } = await Effect.runPromise(
  tellStories({ runs, seed: process.argv[2] ?? "seed", shrinksMax: 50 })
)
console.log(failure ?? `${runs} stories hold`)
process.exitCode = failure === undefined ? 0 : 1
