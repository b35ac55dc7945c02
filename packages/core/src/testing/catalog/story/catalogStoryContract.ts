/**
 * The contract of `CatalogStore` by random stories. A store that loads what a batch's scope names
 * must have the same outcomes and the same log as the core, which decides requests one by one over
 * all rows.
 */
import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import { scopeOf } from "../../../catalog/batch/batchScope.ts"
import { foldBatch } from "../../../catalog/batch/foldBatch.ts"
import { CatalogReads } from "../../../catalog/ports/CatalogReads.ts"
import { CatalogStore } from "../../../catalog/ports/CatalogStore.ts"
import type { ContractClock } from "../../contract/Stage.ts"
import { text } from "../../retelling.ts"
import { ranInBatches, type SetTime, type ToldOptions, toldStories } from "../../toldStories.ts"
import { catalogOneByOne } from "./catalogStory.ts"
import { arbitraryCatalogStory, type CatalogStep } from "./randomCatalog.ts"
import { WrittenCatalog } from "./WrittenCatalog.ts"

const seed = "catalogs"
const length = 80

/**
 * Declares the suite. `layer` opens an empty store for the story of a given number. Its decisions
 * use the given time.
 */
export const catalogStoryContract = <E>(
  name: string,
  layer: (clock: ContractClock, story: number) => Layer.Layer<CatalogStore | CatalogReads, E>,
  options: ToldOptions = {}
): void =>
  toldStories(
    (count) => `${name} ends where ${count} stories of the seed "${seed}" end`,
    { seed, length, stories: arbitraryCatalogStory(length), layer, tell },
    options
  )

/** Tells a story to a store. */
const tell = Effect.fnUntraced(function* (steps: ReadonlyArray<CatalogStep>, setTime: SetTime) {
  const store = yield* CatalogStore
  const reads = yield* CatalogReads
  const { given, requests: run } = catalogOneByOne(steps)
  yield* ranInBatches(run, setTime, (requests, first) =>
    store.transact(scopeOf(first.origin.commandId, requests), (loaded) =>
      foldBatch(loaded, requests)
    )
  )
  const { rows } = given
  const log = yield* reads.events(0, rows.events.length + 1)
  const happened = rows.events.map((event) => text({ ...event, incarnation: 1 }))
  expect(log.map(({ event }) => text(event))).toEqual(happened)
  const products = yield* reads.products([...rows.products.keys(), ...rows.deletedProductIds])
  const categories = yield* reads.allCategories
  const attributes = yield* reads.attributes({ after: null, limit: rows.attributes.size + 1 })
  const kept = byIds(products, categories, attributes)
  expect(text(WrittenCatalog.rowsOf({ ...rows, ...kept }))).toBe(text(WrittenCatalog.rowsOf(rows)))
})

type Kept = { readonly id: string }

const byIds = <P extends Kept, C extends Kept, A extends Kept>(
  products: ReadonlyArray<P>,
  categories: ReadonlyArray<C>,
  attributes: ReadonlyArray<A>
) => ({
  products: new Map(products.map((product) => [product.id, product])),
  categories: new Map(categories.map((category) => [category.id, category])),
  attributes: new Map(attributes.map((attribute) => [attribute.id, attribute]))
})
