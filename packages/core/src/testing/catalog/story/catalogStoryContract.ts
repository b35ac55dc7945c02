/**
 * The contract of `CatalogStore` by random stories. A store that loads what a batch's scope names
 * must have the same outcomes and the same log as the core, which decides requests one by one over
 * all rows.
 */
import { expect, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import { scopeOf } from "../../../catalog/batch/batchScope.ts"
import { foldBatch } from "../../../catalog/batch/foldBatch.ts"
import { CatalogReads } from "../../../catalog/ports/CatalogReads.ts"
import { CatalogStore } from "../../../catalog/ports/CatalogStore.ts"
import type { ContractClock } from "../../contract/Stage.ts"
import { batchesOf, text, textOf } from "../../retelling.ts"
import { catalogOneByOne } from "./catalogStory.ts"
import { arbitraryCatalogStory, type CatalogStep } from "./randomCatalog.ts"
import { WrittenCatalog } from "./WrittenCatalog.ts"

const seed = "catalogs"
const storyLength = 80
const storiesDefault = 6

/**
 * Declares the suite. `layer` opens an empty store for the story of a given number. Its decisions
 * use the given time.
 */
export const catalogStoryContract = <E>(
  name: string,
  layer: (clock: ContractClock, story: number) => Layer.Layer<CatalogStore | CatalogReads, E>,
  options: { readonly stories?: number; readonly timeoutMillis?: number } = {}
): void => {
  const { stories: count = storiesDefault, timeoutMillis = 240_000 } = options
  it.live(
    `${name} ends where ${count} stories of the seed "${seed}" end`,
    () =>
      Effect.gen(function* () {
        const sample = { count, seed, size: storyLength }
        const stories = yield* Arbitrary.sampleEffect(arbitraryCatalogStory(storyLength), sample)
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
  steps: ReadonlyArray<CatalogStep>,
  setTime: (to: DateTime.Utc) => Effect.Effect<void>
) {
  const store = yield* CatalogStore
  const reads = yield* CatalogReads
  const { given, requests: run } = catalogOneByOne(steps)
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
  const { rows } = given
  const log = yield* reads.events(0, rows.events.length + 1)
  const read = rows.events.map((event) => text({ ...event, incarnation: 1 }))
  expect(log.map(({ event }) => text(event))).toEqual(read)
  const products = yield* reads.products([...rows.products.keys(), ...rows.deletedProductIds])
  const categories = yield* reads.allCategories
  expect(text(WrittenCatalog.rowsOf({ ...rows, ...byIds(products, categories) }))).toBe(
    text(WrittenCatalog.rowsOf(rows))
  )
})

const byIds = <P extends { readonly id: string }, C extends { readonly id: string }>(
  products: ReadonlyArray<P>,
  categories: ReadonlyArray<C>
) => ({
  products: new Map(products.map((product) => [product.id, product])),
  categories: new Map(categories.map((category) => [category.id, category]))
})
