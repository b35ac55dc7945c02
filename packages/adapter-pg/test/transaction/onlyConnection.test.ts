/** A call inside a transaction that has the only connection is refused at once, and never waits for itself. */
import { expect, it } from "@effect/vitest"
import { Catalog, CatalogLog, CatalogQueries, StockStatus } from "@holdfast/core/catalog"
import { Inventory, InventoryLog, InventoryQueries } from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import {
  layerCatalogMigrations,
  layerCatalogStorage,
  layerMigrations,
  layerStorage
} from "../../src/effect.ts"
import { freshPglite } from "../engines.ts"

const contexts = Layer.mergeAll(
  Layer.merge(Inventory.layer(), InventoryQueries.layer).pipe(Layer.provideMerge(layerStorage())),
  Layer.merge(Catalog.layer(), CatalogQueries.layer).pipe(
    Layer.provideMerge(layerCatalogStorage()),
    Layer.provide(StockStatus.layerNone)
  )
)

const host = contexts.pipe(
  Layer.provide(Layer.merge(layerMigrations(), layerCatalogMigrations())),
  Layer.provideMerge(freshPglite)
)

/** More than a refusal takes, and much less than the wait for a connection. */
const soonMillis = 2_000

it.live("the only connection is not waited for inside a transaction that has it", () =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const inventory = yield* Inventory
    const catalog = yield* Catalog
    const stock = yield* InventoryQueries
    const products = yield* CatalogQueries
    const { cursors, head } = yield* InventoryLog
    const { read } = yield* CatalogLog
    yield* inventory.registerSku({ skuId: "mug", code: "MUG", name: "Mug", initialStock: 1 })
    const calls: ReadonlyArray<Effect.Effect<unknown, unknown>> = [
      inventory.receive({ skuId: "mug", quantity: 1 }),
      catalog.createProduct({ name: "Mug", type: "NORMAL" }),
      stock.stock({ skuId: "mug" }),
      products.products({}),
      cursors.list,
      head,
      read(0, 1)
    ]
    const began = performance.now()
    const errors = yield* sql.withTransaction(
      Effect.andThen(sql`select 1`, Effect.forEach(calls, Effect.flip))
    )
    expect(performance.now() - began).toBeLessThan(soonMillis)
    for (const error of errors) {
      expect(error).toMatchObject({
        _tag: "StoreError",
        reason: "TransactionUnusable",
        message: expect.stringContaining("call it after the commit")
      })
    }
    // The host goes on, and nothing of it was done.
    expect(yield* stock.stock({ skuId: "mug" })).toMatchObject({ totalQuantity: 1 })
    expect((yield* products.products({})).items).toEqual([])
  }).pipe(Effect.provide(host))
)
