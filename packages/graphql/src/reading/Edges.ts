/**
 * What leads from one thing to another, read together for all that ask in one tick: SKUs with their
 * levels, products, categories, and the stock that the catalog knows. Each request has its own.
 */
import { isPlainUser, type Principal } from "@holdfast/core/access"
import {
  type Category,
  type Product,
  type ProductId,
  type SkuStock,
  shownReads
} from "@holdfast/core/catalog"
import type { Location, ReadStock, SkuId, StoreError } from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import { type Batched, batched, byId } from "./batched.ts"
import type { ServedCatalog, ServedInventory, Services } from "./Services.ts"

/** What leads from one thing to another. */
export interface Edges {
  /** A SKU with all of its levels, by its id. */
  readonly sku: Batched<ReadStock, StoreError>
  readonly location: Batched<Location.Location, StoreError>
  readonly product: Batched<Product.Product, StoreError>
  readonly category: Batched<Category.Category, StoreError>
  /** The stock of a SKU as the catalog knows it, wherever the inventory is. */
  readonly seenStock: Batched<SkuStock, StoreError>
}

const nothing = batched(() => Effect.succeed(new Map<string, never>()))

const ofInventory = ({ reads }: ServedInventory) => ({
  sku: batched<ReadStock, StoreError>((ids) =>
    Effect.map(
      reads.stock(ids as ReadonlyArray<SkuId>),
      (found) => new Map(found.map((stock) => [stock.sku.id, stock]))
    )
  ),
  location: batched<Location.Location, StoreError>(() => Effect.map(reads.locations, byId))
})

const ofCatalog = ({ reads: all, stock }: ServedCatalog, principal: Principal | undefined) => {
  const reads = principal !== undefined && isPlainUser(principal) ? shownReads(all) : all
  return {
    product: batched<Product.Product, StoreError>((ids) =>
      Effect.map(reads.products(ids as ReadonlyArray<ProductId>), byId)
    ),
    category: batched<Category.Category, StoreError>((ids) =>
      Effect.map(reads.categories(ids as ReadonlyArray<Category.Category["id"]>), byId)
    ),
    seenStock: batched<SkuStock, StoreError>((ids) =>
      Effect.map(
        stock.stockOf(ids as ReadonlyArray<SkuId>),
        (found) => new Map(found.map((it) => [it.skuId, it]))
      )
    )
  }
}

/** The edges of one request. */
export const edgesOf = (
  { catalog, inventory }: Services,
  principal: Principal | undefined
): Edges => ({
  ...(inventory === undefined ? { sku: nothing, location: nothing } : ofInventory(inventory)),
  ...(catalog === undefined
    ? { product: nothing, category: nothing, seenStock: nothing }
    : ofCatalog(catalog, principal))
})
