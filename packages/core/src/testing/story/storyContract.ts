/**
 * The contract of `StockStore` by random stories. A store that runs requests in batches must have
 * the same outcomes and the same log as the core, which decides them one by one over all rows.
 */
import { expect, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import { scopeOf } from "../../inventory/batch/batchScope.ts"
import { foldBatch } from "../../inventory/batch/foldBatch.ts"
import { StockReads } from "../../inventory/ports/StockReads.ts"
import { StockStore } from "../../inventory/ports/StockStore.ts"
import type { ContractClock } from "../contract/Stage.ts"
import { batchesOf, text, textOf } from "../retelling.ts"
import { arbitraryStory } from "./arbitraries.ts"
import type { Step } from "./Step.ts"
import { oneByOne } from "./telling.ts"

const seed = "stores"
const storyLength = 80
const storiesDefault = 6

/**
 * Declares the suite. `layer` opens an empty store for the story of a given number. Its decisions
 * use the given time.
 */
export const storyContract = <E>(
  name: string,
  layer: (clock: ContractClock, story: number) => Layer.Layer<StockStore | StockReads, E>,
  options: { readonly stories?: number; readonly timeoutMillis?: number } = {}
): void => {
  const { stories: count = storiesDefault, timeoutMillis = 240_000 } = options
  it.live(
    `T4 ${name} ends where ${count} stories of the seed "${seed}" end`,
    () =>
      Effect.gen(function* () {
        const sample = { count, seed, size: storyLength }
        const stories = yield* Arbitrary.sampleEffect(arbitraryStory(storyLength), sample)
        for (const [story, steps] of stories.entries()) {
          const clock = yield* TestClock.make()
          const now = Effect.sync(() => DateTime.makeUnsafe(clock.currentTimeMillisUnsafe()))
          yield* retold(steps, (to) => clock.setTime(to.epochMilliseconds)).pipe(
            Effect.provide(Layer.fresh(layer({ clock, now }, story)))
          )
        }
      }),
    timeoutMillis
  )
}

/** Runs a story on a store, a few requests of one instant at a time. */
const retold = Effect.fnUntraced(function* (
  steps: ReadonlyArray<Step>,
  setTime: (to: DateTime.Utc) => Effect.Effect<void>
) {
  const store = yield* StockStore
  const reads = yield* StockReads
  const { stock, requests: run } = oneByOne(steps)
  for (const batch of batchesOf(run)) {
    const [first] = batch
    if (first === undefined) continue
    yield* setTime(first.now)
    const requests = batch.map(({ request }) => request)
    const outcomes = yield* store.transact(
      scopeOf(first.request.origin.commandId, requests),
      (loaded) => foldBatch(loaded, requests)
    )
    expect(outcomes.map(textOf)).toEqual(batch.map(({ outcome }) => textOf(outcome)))
  }
  const log = yield* reads.events(0, stock.rows.events.length + 1)
  const read = stock.rows.events.map((event) => text({ ...event, incarnation: 1 }))
  expect(log.map(({ event }) => text(event))).toEqual(read)
})
