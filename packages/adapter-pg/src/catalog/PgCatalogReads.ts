/**
 * `CatalogReads` on PostgreSQL and PGlite. Every read is one statement, so it is of one instant, and
 * none holds a connection longer than a page.
 */
import * as PgPool from "@effect/sql-pg/PgPool"
import type {
  Attribute,
  CatalogReads,
  Category,
  ExternalOwner,
  FacetValues,
  MappingView,
  OptionId,
  Product,
  ProductId,
  SkuDemand,
  SkuId,
  ViewedProduct
} from "@holdfast/core/catalog"
import type { StoreError } from "@holdfast/core/engine"
import * as Effect from "effect/Effect"
import type * as Semaphore from "effect/Semaphore"
import { makePing } from "../connection/ping.ts"
import type { Query, Row } from "../connection/Query.ts"
import { runQueries, silenceMillisOf } from "../connection/Session.ts"
import { orStoreError, toStoreError } from "../connection/SqlFailure.ts"
import { type BehindQuery, runReads } from "../replicas/readRun.ts"
import { seenOf } from "../replicas/seenOf.ts"
import { catalogLogOver } from "./catalogEventLog.ts"
import { toAttribute, toCategory, toFacetValues, toProduct } from "./rows.ts"
import { readMostViewed } from "./statements/figures/productViews.ts"
import { loadProducts } from "./statements/load/loadProducts.ts"
import { countBehind } from "./statements/read/countBehind.ts"
import { readAttributes } from "./statements/read/readAttributes.ts"
import { readCategories, readTree } from "./statements/read/readCategories.ts"
import { readExternalIds } from "./statements/read/readExternalIds.ts"
import { readFacets } from "./statements/read/readFacets.ts"
import {
  readDemands,
  readIsMapped,
  readMappedSkus,
  readMappings,
  readMultiUnitSkus
} from "./statements/read/readMappings.ts"
import { readProductsPage } from "./statements/read/readProductsPage.ts"
import { readSlug } from "./statements/read/readSlug.ts"

/** How reads behave. */
export interface PgCatalogReadsOptions {
  readonly schema: string
  /** How long a batch may be tried, in milliseconds: a read waits a little longer at most. */
  readonly deadlineMillis?: number | undefined
  /** Seats that limit how many connections reads take, so that each lane finds one. */
  readonly seats?: Semaphore.Semaphore | undefined
}

const toMapping = (row: Row): MappingView => ({
  productId: row["product_id"] as ProductId,
  optionId: row["option_id"] as OptionId,
  skuId: row["sku_id"] as SkuId,
  quantity: row["quantity"] as number
})

const toDemand = (row: Row): SkuDemand => ({
  skuId: row["sku_id"] as SkuId,
  shown: row["shown"] as number | null,
  soldOut: row["sold_out"] as number | null
})

const toOwner = (row: Row): ExternalOwner => ({
  externalId: row["external_id"] as string,
  id: row["id"] as ExternalOwner["id"],
  productId: row["product_id"] as ProductId | null
})

const toViewed = (row: Row): ViewedProduct => ({
  productId: row["product_id"] as ProductId,
  name: row["name"] as string | null,
  views: row["views"] as number
})

/** Asks whether a replica has the products and categories that a reader has seen. */
const productsBehind = (schema: string): BehindQuery => {
  const count = countBehind(schema)
  return (versions) => {
    const [products, categories] = [seenOf("product", versions), seenOf("category", versions)]
    return products.ids.length + categories.ids.length === 0
      ? undefined
      : count(products, categories)
  }
}

/** Makes the reads over a pool. */
export const makePgCatalogReads = Effect.fnUntraced(function* (
  options: PgCatalogReadsOptions
): Effect.fn.Return<Omit<CatalogReads["Service"], "viewed">, never, PgPool.PgPool> {
  const { deadlineMillis, schema, seats } = options
  const pool = yield* PgPool.PgPool
  const lending = { silenceMillisMax: silenceMillisOf(deadlineMillis), seats }
  const run = runReads(pool, lending, productsBehind(schema))
  const rowsOf =
    <A>(read: (row: Row) => A) =>
    (one: Query): Effect.Effect<ReadonlyArray<A>, StoreError> =>
      Effect.mapBoth(run([one]), {
        onSuccess: ([rows = []]) => rows.map(read),
        onFailure: toStoreError
      })
  const products = rowsOf<Product.Product>(toProduct)
  const categories = rowsOf<Category.Category>(toCategory)
  const attributes = rowsOf<Attribute.Attribute>(toAttribute)
  const facets = rowsOf<FacetValues>(toFacetValues)
  const owners = rowsOf(toOwner)
  const statements = {
    products: loadProducts(schema),
    slug: readSlug(schema),
    externalIds: readExternalIds(schema),
    page: readProductsPage(schema),
    facets: readFacets(schema),
    attributes: readAttributes(schema),
    categories: readCategories(schema),
    tree: readTree(schema),
    mappings: readMappings(schema),
    demands: readDemands(schema),
    mappedSkus: readMappedSkus(schema),
    multiUnitSkus: readMultiUnitSkus(schema),
    isMapped: readIsMapped(schema),
    mostViewed: readMostViewed(schema)
  }
  // The log of a replica ends at the first position that is still open there.
  const readLog = catalogLogOver(schema, runQueries(pool, lending))
  const reads: Omit<CatalogReads["Service"], "viewed"> = {
    products: (productIds) => products(statements.products(productIds)),
    productBySlug: (slug) => Effect.map(products(statements.slug(slug)), ([product]) => product),
    byExternalIds: (kind, externalIds) => owners(statements.externalIds(kind, externalIds)),
    productsPage: (asked) => products(statements.page(asked)),
    facets: (asked, wanted) => facets(statements.facets(asked, wanted)),
    attributes: (asked) => attributes(statements.attributes(asked)),
    categories: (categoryIds) => categories(statements.categories(categoryIds)),
    allCategories: Effect.suspend(() => categories(statements.tree())),
    mappings: (asked) => rowsOf(toMapping)(statements.mappings(asked)),
    multiUnitSkus: (limit) =>
      rowsOf((row) => row["sku_id"] as SkuId)(statements.multiUnitSkus(limit)),
    demands: (skuIds) => rowsOf(toDemand)(statements.demands(skuIds)),
    mappedSkus: (after, limit) =>
      rowsOf((row) => row["sku_id"] as SkuId)(statements.mappedSkus(after, limit)),
    isMapped: Effect.map(
      Effect.suspend(() => rowsOf((row) => row)(statements.isMapped())),
      (rows) => rows.length > 0
    ),
    mostViewed: (ranked) => rowsOf(toViewed)(statements.mostViewed(ranked)),
    events: (after, limit, filter) => Effect.mapError(readLog(after, limit, filter), orStoreError),
    ping: makePing(pool)
  }
  return reads
})
