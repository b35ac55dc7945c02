/**
 * The contract of `StockStore` by random stories. A store that runs requests in batches must have
 * the same outcomes and the same log as the core, which decides them one by one over all rows.
 */
import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import { scopeOf } from "../../inventory/batch/batchScope.ts"
import { foldBatch } from "../../inventory/batch/foldBatch.ts"
import { StockReads } from "../../inventory/ports/StockReads.ts"
import { StockStore } from "../../inventory/ports/StockStore.ts"
import type { ContractClock } from "../contract/Stage.ts"
import { text } from "../retelling.ts"
import { ranInBatches, type SetTime, type ToldOptions, toldStories } from "../toldStories.ts"
import { arbitraryStory } from "./arbitraries.ts"
import type { Step } from "./Step.ts"
import { oneByOne } from "./telling.ts"

const seed = "stores"
const length = 80

/**
 * Declares the suite. `layer` opens an empty store for the story of a given number. Its decisions
 * use the given time.
 */
export const storyContract = <E>(
  name: string,
  layer: (clock: ContractClock, story: number) => Layer.Layer<StockStore | StockReads, E>,
  options: ToldOptions = {}
): void =>
  toldStories(
    (count) => `T4 ${name} ends where ${count} stories of the seed "${seed}" end`,
    { seed, length, stories: arbitraryStory(length), layer, tell },
    options
  )

/** Tells a story to a store. */
const tell = Effect.fnUntraced(function* (steps: ReadonlyArray<Step>, setTime: SetTime) {
  const store = yield* StockStore
  const reads = yield* StockReads
  const { requests: run, stock } = oneByOne(steps)
  yield* ranInBatches(run, setTime, (requests, first) =>
    store.transact(scopeOf(first.origin.commandId, requests), (loaded) =>
      foldBatch(loaded, requests)
    )
  )
  const log = yield* reads.events(0, stock.rows.events.length + 1)
  const read = stock.rows.events.map((event) => text({ ...event, incarnation: 1 }))
  expect(log.map(({ event }) => text(event))).toEqual(read)
})
