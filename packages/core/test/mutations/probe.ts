// Tells random stories to the core beside it, and ends with 1 when one of them breaks something. It
// stands on its own, so that it can be run against a changed copy of the core.
import * as Effect from "effect/Effect"
import { tellStories } from "../../src/testing/stories.ts"

const runs = 300

const { failure } = await Effect.runPromise(
  tellStories({ runs, seed: process.argv[2] ?? "seed", shrinksMax: 50 })
)
console.log(failure ?? `${runs} stories hold`)
process.exitCode = failure === undefined ? 0 : 1
