/** A catalog and an inventory in memory whose questions are answered from a cache. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import { noted } from "../../src/caching/CacheNotes.ts"
import {
  Caching,
  type CachingOptions,
  layerCaching,
  layerCatalogCopies,
  layerStockCopies
} from "../../src/caching/layerCopies.ts"
import { makeMemoryCache } from "../../src/caching/memoryCache.ts"
import { CacheUnavailable, ReadCache, type ReadCacheService } from "../../src/caching/ReadCache.ts"
import { Catalog, CatalogQueries, MemoryCatalog } from "../../src/catalog.ts"
import { Inventory, InventoryQueries, MemoryInventory } from "../../src/inventory.ts"
import {
  FollowedInventory,
  layerCopiedStock,
  layerOptionMappings,
  layerStockStatus
} from "../../src/shelf.ts"
import { productId, settle } from "../shelf/soldOutWorld.ts"

/** What a test does to the cache. */
export class CacheState {
  /** Whether invalidations hang, as when the one who sends them is dead. */
  isDeaf = false

  /** Whether nothing is answered. */
  isAway = false

  /** Whether processes share it. */
  readonly isShared: boolean

  /** The cache without what the test does to it. */
  readonly real = makeMemoryCache()

  constructor(isShared = false) {
    this.isShared = isShared
  }

  /** The cache as the engine has it. */
  readonly service = (): ReadCacheService => {
    const unlessAway = <A>(asked: Effect.Effect<A, CacheUnavailable>) =>
      Effect.suspend(() =>
        this.isAway ? Effect.fail(new CacheUnavailable({ cause: new Error("gone") })) : asked
      )
    return {
      isShared: this.isShared,
      get: (keys) => unlessAway(this.real.get(keys)),
      put: (fills) => unlessAway(this.real.put(fills)),
      claimLoads: (keys, millis) => unlessAway(this.real.claimLoads(keys, millis)),
      invalidate: (invalidations) =>
        unlessAway(
          Effect.suspend(() => (this.isDeaf ? Effect.never : this.real.invalidate(invalidations)))
        )
    }
  }
}

const tables = Layer.merge(MemoryInventory.layer, MemoryCatalog.layer)

const engines = Layer.merge(Inventory.layer(), Catalog.layer()).pipe(
  Layer.provideMerge(
    Layer.mergeAll(layerStockStatus(), layerOptionMappings, FollowedInventory.layerLocal)
  )
)

const of = { schema: "test" }

/** One process over the tables: its copies, and the questions over them. */
export const processOver = (state: CacheState, options: CachingOptions = {}) =>
  Layer.merge(CatalogQueries.layer, InventoryQueries.layer).pipe(
    Layer.provide(Layer.provide(layerCatalogCopies(of), layerCopiedStock())),
    Layer.provide(layerStockCopies(of)),
    Layer.provideMerge(layerCaching(options)),
    Layer.provide(Layer.succeed(ReadCache, state.service()))
  )

/** The tables and the engines that write them. */
export const written = Layer.provideMerge(engines, tables)

/** All of it: one process that writes, and reads through the cache. */
export const cachedWorld = (state = new CacheState(), options: CachingOptions = {}) => ({
  state,
  layer: Layer.provideMerge(processOver(state, options), written)
})

/** Lets the followers begin, or take note of what happened. */
export const followed = Effect.gen(function* () {
  yield* settle
  yield* TestClock.adjust("100 millis")
  yield* settle
})

/** The product of a number as a page shows it, and how it was read. */
export const page = (n: number) =>
  Effect.flatMap(CatalogQueries, (queries) => noted(queries.product({ productId: productId(n) })))

/** The stock of a SKU as a page shows it, and how it was read. */
export const stockOf = (skuId: string) =>
  Effect.flatMap(InventoryQueries, (queries) => noted(queries.stock({ skuId })))

/** What the caches of the process have done. */
export const status = Effect.flatMap(Caching, (caching) => caching.status)
