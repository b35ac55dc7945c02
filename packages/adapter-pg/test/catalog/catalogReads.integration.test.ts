/**
 * Reads of the catalog: a page takes as many statements as any other, a large category is read as a
 * small one is, and what is deleted leaves its id and its events.
 */
import * as PgPool from "@effect/sql-pg/PgPool"
import { describe, expect, it, vi } from "@effect/vitest"
import {
  Catalog,
  CatalogQueries,
  CatalogReads,
  type CategoryId,
  everyProduct,
  type ProductsQuery,
  SkuId,
  StockStatus,
  searchQueryOf
} from "@holdfast/core/catalog"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Bounds } from "../../src/catalog/statements/filters/ways.ts"
import { readProductsPage } from "../../src/catalog/statements/read/readProductsPage.ts"
import { runQueries } from "../../src/connection/Session.ts"
import { diagnoseCatalog, layerCatalogMigrations, layerCatalogStorage } from "../../src/effect.ts"
import { databases } from "../engines.ts"
import { counted, Sent } from "./countedStatements.ts"

// Bounds for a machine that is busy with other tests; alone each takes a fraction.
vi.setConfig({ testTimeout: 120_000 })

/** A catalog over sessions, its tables made first. The sessions stay visible. */
const catalogOver = <E, R>(sessions: Layer.Layer<PgPool.PgPool, E, R>) =>
  Layer.mergeAll(Catalog.layer(), CatalogQueries.layer).pipe(
    Layer.provideMerge(layerCatalogStorage()),
    Layer.provide(StockStatus.layerNone),
    Layer.provide(layerCatalogMigrations()),
    Layer.provideMerge(counted(sessions))
  )

const categoryOf = (name: string, parentId: CategoryId | null = null) =>
  Effect.map(
    Effect.flatMap(Catalog, (catalog) => catalog.createCategory({ name, parentId })),
    ({ id }) => id
  )

/** A product with two options, two images and its categories. */
const productIn = (n: number, categoryIds: ReadonlyArray<CategoryId>) =>
  Effect.flatMap(Catalog, (catalog) =>
    catalog.createProduct({
      name: `Product ${n % 7}`,
      type: n % 3 === 0 ? "BUNDLE" : "NORMAL",
      status: n % 5 === 0 ? "DRAFT" : "ACTIVE",
      categoryIds,
      images: [{ url: `/${n}/1` }, { url: `/${n}/2` }],
      options: [1, 2].map((option) => ({
        name: `Option ${option}`,
        price: { amount: "10.00", currency: "EUR" },
        skuMappings: [{ skuId: `sku-${n}-${option}`, quantity: 2 }]
      }))
    })
  )

/** Bounds that no list of these tests reaches. */
const allFew: Bounds = { few: 5_000, categories: 1_000, places: 50_000, ranked: 5_000 }

const everything: ProductsQuery = { ...everyProduct, limit: 100 }

for (const [name, sessions] of databases) {
  describe(name, () => {
    it.live("reads pages of 1, 10 and 50 products by the same number of statements", () =>
      Effect.gen(function* () {
        const queries = yield* CatalogQueries
        const sent = yield* Sent
        const categoryId = yield* categoryOf("All")
        yield* Effect.forEach(Array.from({ length: 60 }), (_, n) => productIn(n, [categoryId]))
        const statementsOf = (asked: { readonly size: number }) =>
          Effect.gen(function* () {
            const before = sent.count
            const { items } = yield* queries.products({ categoryId, ...asked })
            const list = sent.count - before
            expect(items).toHaveLength(asked.size)
            expect(items.at(-1)?.categories).toHaveLength(1)
            const whole = yield* queries.productsByIds({ productIds: items.map(({ id }) => id) })
            expect(whole.items.every(({ options }) => options.length === 2)).toBe(true)
            return { list, whole: sent.count - before - list }
          })
        // The first one also looks at the version of the tables.
        yield* statementsOf({ size: 2 })
        const pages = yield* Effect.forEach([1, 10, 50], (size) => statementsOf({ size }))
        // The products, and their categories.
        const two = { list: 2, whole: 2 }
        expect(pages).toEqual([two, two, two])
      }).pipe(Effect.provide(catalogOver(sessions)))
    )

    it.live("reads a category with very many products as it reads one with few", () =>
      Effect.gen(function* () {
        const root = yield* categoryOf("Root")
        const [left, right] = [yield* categoryOf("Left", root), yield* categoryOf("Right", root)]
        yield* Effect.forEach(Array.from({ length: 40 }), (_, n) =>
          productIn(n, n % 4 === 0 ? [left, right] : [n % 2 === 0 ? left : right])
        )
        const run = runQueries(yield* PgPool.PgPool)
        const idsOf = (bounds: Bounds, asked: ProductsQuery) =>
          Effect.map(run([readProductsPage("catalog", bounds)(asked)]), ([rows = []]) =>
            rows.map((row) => row["id"])
          )
        const now = yield* DateTime.now
        const all: ProductsQuery = { ...everything, categoryId: root }
        const [product] = yield* Effect.flatMap(CatalogReads, (reads) =>
          reads.productsPage({ ...all, skip: 11, limit: 1 })
        )
        if (product === undefined) throw new Error("there are forty products")
        const twelfth = { ...product, rank: 0 as const, price: "10.00" }
        const price = { currency: "EUR", from: "10.00", to: "10" }
        const search = searchQueryOf("produkt 3")
        const asked: ReadonlyArray<readonly [ProductsQuery, number]> = [
          [all, 40],
          [{ ...all, descending: true }, 40],
          [{ ...all, categoryId: left, direct: true }, 20],
          [{ ...all, sortBy: "createdAt", status: "ACTIVE" }, 32],
          [{ ...all, sortBy: "createdAt", descending: true, type: "BUNDLE" }, 14],
          [{ ...all, shownAt: now, skip: 2, limit: 5 }, 5],
          [{ ...all, after: twelfth }, 28],
          [{ ...all, after: twelfth, limit: 3 }, 3],
          [{ ...all, categoryId: null, price, available: true }, 40],
          [{ ...all, categoryId: null, price: { ...price, currency: "KRW" } }, 0],
          [{ ...all, categoryId: null, search }, 14],
          [{ ...all, categoryId: right, search, descending: true }, 10],
          [{ ...all, sortBy: "price", descending: true }, 40],
          [{ ...all, skuId: SkuId.make("sku-7-2") }, 1],
          // Neither among the first products of a category nor found by its places.
          [{ ...all, skuId: SkuId.make("sku-6-1"), limit: 1 }, 1],
          [{ ...all, skuId: SkuId.make("sku-6-1"), descending: true, limit: 1 }, 1],
          [{ ...all, price, sortBy: "price", descending: true, limit: 7 }, 7],
          [{ ...all, search: searchQueryOf("product"), price }, 40],
          [{ ...all, search, sortBy: "relevance", limit: 6 }, 6],
          [{ ...all, search, sortBy: "relevance", skip: 5, limit: 6 }, 6],
          [{ ...all, search, sortBy: "relevance", skip: 12, limit: 6 }, 2]
        ]
        for (const [query, count] of asked) {
          const few = yield* idsOf(allFew, query)
          expect(few).toHaveLength(count)
          expect(yield* idsOf({ ...allFew, few: 0 }, query)).toEqual(few)
          expect(yield* idsOf({ ...allFew, few: 0, categories: 0 }, query)).toEqual(few)
          expect(yield* idsOf({ ...allFew, few: 0, categories: 0, places: 0 }, query)).toEqual(few)
        }
      }).pipe(Effect.provide(catalogOver(sessions)))
    )

    it.live("finds by relevance what is of the list, however many others have the words", () =>
      Effect.gen(function* () {
        const [categoryId, elsewhere] = [yield* categoryOf("Few"), yield* categoryOf("Many")]
        yield* Effect.forEach(
          Array.from({ length: 12 }),
          (_, n) => productIn(n, [n > 8 ? categoryId : elsewhere]),
          { discard: true }
        )
        const run = runQueries(yield* PgPool.PgPool)
        const found = (query: Partial<ProductsQuery>) =>
          Effect.map(
            run([
              readProductsPage("catalog", { ...allFew, few: 4, ranked: 4 })({
                ...everything,
                sortBy: "relevance",
                search: searchQueryOf("product"),
                limit: 3,
                ...query
              })
            ]),
            ([rows = []]) => rows.length
          )
        expect(yield* found({})).toBe(3)
        expect(yield* found({ categoryId })).toBe(3)
        expect(yield* found({ status: "DRAFT" })).toBe(3)
        expect(yield* found({ type: "BUNDLE", categoryId })).toBe(1)
        expect(yield* found({ shownAt: yield* DateTime.now, categoryId })).toBe(2)
        expect(yield* found({ skuId: SkuId.make("sku-11-1"), categoryId })).toBe(1)
      }).pipe(Effect.provide(catalogOver(sessions)))
    )

    it.live("is diagnosed, and refuses to work on tables that are not there", () =>
      Effect.gen(function* () {
        expect((yield* diagnoseCatalog()).tables).toMatchObject({
          applied: [
            { id: 1, name: "catalog" },
            { id: 2, name: "imports" },
            { id: 3, name: "attributes" },
            { id: 4, name: "lists" },
            { id: 5, name: "several_units" },
            { id: 6, name: "sorted_places" },
            { id: 7, name: "audit" },
            { id: 8, name: "pruned_audit" },
            { id: 9, name: "product_views" },
            { id: 10, name: "servers" },
            { id: 11, name: "fixed_marks" }
          ],
          missing: [],
          refusal: undefined,
          missingPartitions: [],
          defaultEvents: 0,
          cursors: []
        })
        expect((yield* diagnoseCatalog("elsewhere")).tables).toBeUndefined()
        const reads = Effect.flatMap(CatalogReads, ({ allCategories }) => allCategories)
        const unmigrated = Effect.provide(reads, layerCatalogStorage({ schema: "elsewhere" }))
        expect(yield* Effect.flip(unmigrated)).toMatchObject({ reason: "Unavailable" })
      }).pipe(Effect.provide(catalogOver(sessions)))
    )

    it.live("keeps the id and the events of a deleted product, and nothing else of it", () =>
      Effect.gen(function* () {
        const catalog = yield* Catalog
        const pool = yield* PgPool.PgPool
        const { id: productId } = yield* productIn(1, [yield* categoryOf("A category")])
        yield* catalog.updateProduct({ productId, slug: "a-product" })
        yield* catalog.deleteProduct({ productId })
        const { rows } = yield* pool.use((session) =>
          session.query(
            `select (select string_agg(event_type, ' ' order by position) from catalog.events
                where aggregate_id = $1) as events,
              (select string_agg(id::text, ' ') from catalog.deleted_ids) as deleted,
              (select count(*) from catalog.products)::int4
                + (select count(*) from catalog.product_options)::int4
                + (select count(*) from catalog.sku_mappings)::int4
                + (select count(*) from catalog.product_images)::int4
                + (select count(*) from catalog.product_categories)::int4
                + (select count(*) from catalog.product_slugs)::int4 as rows`,
            [productId],
            false
          )
        )
        expect(rows).toEqual([
          { events: "product.created product.updated product.deleted", deleted: productId, rows: 0 }
        ])
        const again = catalog.createProduct({ productId, name: "Again", type: "NORMAL" })
        expect(yield* Effect.flip(again)).toMatchObject({ _tag: "IdTaken" })
        const { rows: refused } = yield* pool.use((session) =>
          session.query(
            `do $$ begin delete from catalog.deleted_ids; raise 'deleted';
              exception when sqlstate 'HF002' then null; end $$`,
            [],
            false
          )
        )
        expect(refused).toEqual([])
      }).pipe(Effect.provide(catalogOver(sessions)))
    )
  })
}
