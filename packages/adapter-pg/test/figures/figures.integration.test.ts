/** Figures on real databases: views and what was missed, written many at once, and drift that is found. */
import * as PgPool from "@effect/sql-pg/PgPool"
import { describe, expect, it, vi } from "@effect/vitest"
import { Catalog, CatalogQueries, StockStatus } from "@holdfast/core/catalog"
import { checkStock, Inventory, InventoryQueries, StockReads } from "@holdfast/core/inventory"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import { dropOldViews } from "../../src/catalog/statements/figures/productViews.ts"
import { query } from "../../src/connection/Query.ts"
import { runQueries } from "../../src/connection/Session.ts"
import { layerCatalogMigrations, layerCatalogStorage, layerMigrations } from "../../src/effect.ts"
import { dropOldMissed } from "../../src/inventory/statements/figures/missedSkus.ts"
import { databases, engineOver } from "../engines.ts"

// Bounds for a machine that is busy with other tests; alone each takes a fraction.
vi.setConfig({ testTimeout: 120_000 })

const catalogOver = <E, R>(sessions: Layer.Layer<PgPool.PgPool, E, R>) =>
  Layer.mergeAll(Catalog.layer(), CatalogQueries.layer).pipe(
    Layer.provideMerge(layerCatalogStorage()),
    Layer.provide(StockStatus.layerNone),
    Layer.provide(layerCatalogMigrations()),
    Layer.provideMerge(sessions)
  )

const inventoryOver = <E, R>(sessions: Layer.Layer<PgPool.PgPool, E, R>) =>
  Layer.provideMerge(InventoryQueries.layer, engineOver(sessions))

/** Does something with a layer over sessions that stay open, and closes the layer. */
const closedAfter = <A, E, R, E2, S>(
  layer: Layer.Layer<R, E2, PgPool.PgPool>,
  work: Effect.Effect<A, E, R | S>
) =>
  Effect.gen(function* () {
    const scope = yield* Scope.make()
    const context = yield* Layer.buildWithScope(Layer.fresh(layer), scope)
    const answer = yield* Effect.provideContext(work, context as Context.Context<R | S>)
    yield* Scope.close(scope, Exit.void)
    return answer
  })

const sqlOf = Effect.map(PgPool.PgPool, (pool) => (text: string) => runQueries(pool)([query(text)]))

describe.each(databases)("figures on %s", (_, sessions) => {
  it.live("count each view once, not those of lists, and write them when the store closes", () =>
    Effect.gen(function* () {
      const open = Layer.succeedContext(yield* Effect.context<PgPool.PgPool>())
      const ids = yield* closedAfter(
        Layer.provide(catalogOver(open), open),
        Effect.gen(function* () {
          const catalog = yield* Catalog
          const queries = yield* CatalogQueries
          const make = (name: string) => catalog.createProduct({ name, slug: name, type: "NORMAL" })
          const [a, b] = [yield* make("a"), yield* make("b")]
          yield* Effect.repeat(queries.product({ productId: a.id }), { times: 4 })
          yield* queries.productBySlug({ slug: "b" })
          yield* queries.productBySlug({ slug: "b" })
          yield* Effect.exit(queries.productBySlug({ slug: "nobody" }))
          yield* queries.productsByIds({ productIds: [a.id, b.id] })
          yield* queries.products({})
          return [a.id, b.id]
        })
      )
      const found = yield* closedAfter(
        Layer.provide(catalogOver(open), open),
        Effect.gen(function* () {
          const queries = yield* CatalogQueries
          const first = yield* queries.mostViewed({})
          yield* (yield* Catalog).deleteProduct({ productId: ids[1] ?? "" })
          return [
            first,
            yield* queries.mostViewed({ days: 1 }),
            yield* queries.mostViewed({ size: 1 })
          ]
        })
      )
      const [a, b] = ids
      expect(
        found.map(({ items }) =>
          items.map(({ name, productId, views }) => [productId, name, views])
        )
      ).toEqual([
        [
          [a, "a", 5],
          [b, "b", 2]
        ],
        [
          [a, "a", 5],
          [b, null, 2]
        ],
        [[a, "a", 5]]
      ])
    }).pipe(Effect.provide(sessions))
  )

  it.live("find a drift that was made by SQL, tell it, and find that it was mended", () =>
    Effect.gen(function* () {
      const inventory = yield* Inventory
      const queries = yield* InventoryQueries
      const sql = yield* sqlOf
      expect(yield* queries.accuracy({})).toEqual({ lastCheck: null, underWay: null })
      yield* inventory.registerSku({ skuId: "mug", code: "MUG", name: "Mug", initialStock: 5 })
      yield* inventory.registerSku({
        ...{ skuId: "cup", code: "CUP", name: "Cup" },
        ...{ initialStock: 8, lowStockThreshold: 6 }
      })
      yield* inventory.ship({ skuId: "cup", quantity: 4, reference: "s-1" })
      yield* inventory.registerSku({ skuId: "jug", code: "JUG", name: "Jug" })
      yield* checkStock("a")
      const whole = (yield* queries.accuracy({})).lastCheck
      expect(whole).toMatchObject({
        levels: 3,
        agreeing: 3,
        accuracy: 1,
        soldOutSkus: 1,
        lowStockSkus: 1
      })
      expect(whole?.cover.filter(({ skus }) => skus > 0)).toEqual([{ daysUpTo: 30, skus: 1 }])
      yield* sql(
        "update inventory.inventory set total_quantity = total_quantity + 3 where sku_id = 'mug'"
      )
      yield* checkStock("b")
      const drifted = (yield* queries.accuracy({})).lastCheck
      expect(drifted).toMatchObject({ levels: 3, agreeing: 2, totalDrift: 3, reservedDrift: 0 })
      expect(drifted?.drifted).toMatchObject([
        { skuId: "mug", locationId: "default", totalDrift: 3, repair: { totalQuantity: 5 } }
      ])
      yield* sql(
        "update inventory.inventory set total_quantity = total_quantity - 3 where sku_id = 'mug'"
      )
      yield* checkStock("a")
      expect((yield* queries.accuracy({})).lastCheck).toMatchObject({ agreeing: 3, totalDrift: 0 })
      expect(yield* (yield* StockReads).checks).toMatchObject({ underWay: null })
    }).pipe(Effect.provide(inventoryOver(sessions)))
  )

  it.live("keep what was missed, by units", () =>
    Effect.gen(function* () {
      const open = Layer.succeedContext(yield* Effect.context<PgPool.PgPool>())
      yield* closedAfter(
        Layer.provide(inventoryOver(open), open),
        Effect.gen(function* () {
          const inventory = yield* Inventory
          yield* inventory.registerSku({ skuId: "mug", code: "MUG", name: "Mug", initialStock: 5 })
          yield* inventory.registerSku({ skuId: "cup", code: "CUP", name: "Cup" })
          const ask = (skuId: string, quantity: number) =>
            Effect.exit(inventory.reserve({ orderId: `o-${skuId}`, lines: [{ skuId, quantity }] }))
          yield* ask("mug", 7)
          yield* ask("cup", 1)
          yield* ask("mug", 6)
        })
      )
      const found = yield* closedAfter(
        Layer.provide(inventoryOver(open), open),
        Effect.flatMap(InventoryQueries, (queries) => queries.mostMissed({}))
      )
      expect(found.items).toEqual([
        { skuId: "mug", shortages: 2, units: 3 },
        { skuId: "cup", shortages: 1, units: 1 }
      ])
    }).pipe(Effect.provide(sessions))
  )

  it.live("tell how many old rows they forgot, and leave those of newer days", () =>
    Effect.gen(function* () {
      const run = runQueries(yield* PgPool.PgPool)
      const gone = (queries: ReadonlyArray<ReturnType<typeof query>>) =>
        Effect.forEach(queries, (one) =>
          Effect.map(run([one]), ([rows]) => Number(rows?.[0]?.["gone"]))
        )
      const sql = yield* sqlOf
      const days = "'2026-01-01'::date + n from generate_series(0, 4) n"
      yield* sql(
        `insert into catalog.product_views select ${days.replace(" from", ", gen_random_uuid(), 1 from")}`
      )
      yield* sql(
        `insert into inventory.missed_skus select ${days.replace(" from", ", 'sku', 1, 1 from")}`
      )
      const views = dropOldViews("catalog")("2026-01-04", 2)
      const missed = dropOldMissed("inventory")("2026-01-04", 2)
      expect(yield* gone([views, views, views])).toEqual([2, 1, 0])
      expect(yield* gone([missed, missed, missed])).toEqual([2, 1, 0])
    }).pipe(
      Effect.provide(
        Layer.provideMerge(Layer.mergeAll(layerCatalogMigrations(), layerMigrations()), sessions)
      )
    )
  )
})
