/** What the products of a part of a file name, looked up in a few questions for all of them. */
import * as Effect from "effect/Effect"
import type { CatalogReads } from "../../catalog/ports/CatalogReads.ts"
import type { Attribute } from "../../catalog/state/Attribute.ts"
import type { Product } from "../../catalog/state/Product.ts"
import type { StockReads } from "../../inventory/ports/StockReads.ts"
import type { CategoryId, ProductId, SkuId } from "../../kernel/Identifier.ts"
import type { StoreError } from "../../kernel/StoreError.ts"
import type { ReadRecord } from "../records/FileRecord.ts"
import { listed } from "./listed.ts"

/** Where products are looked up. `stock` is undefined where no inventory is. */
export interface ProductLookups {
  readonly reads: CatalogReads["Service"]
  readonly stock: Pick<StockReads["Service"], "skusByCodes" | "stock"> | undefined
  /** Whether an option may map a SKU id that the inventory does not know. */
  readonly allowUnknownSkus: boolean
}

/** What the names of products stand for. */
export interface ProductNames {
  readonly isJoined: boolean
  readonly products: ReadonlyMap<string, ProductId>
  readonly byId: ReadonlyMap<ProductId, Product>
  readonly categories: ReadonlyMap<string, CategoryId>
  readonly attributes: ReadonlyMap<string, Attribute>
  readonly skus: ReadonlyMap<string, SkuId>
  readonly unknownSkuIds: ReadonlySet<SkuId>
}

/** Looks up what the records name. */
export const readNames = (
  { allowUnknownSkus, reads, stock }: ProductLookups,
  records: ReadonlyArray<ReadRecord<"products">>
): Effect.Effect<ProductNames, StoreError> =>
  Effect.gen(function* () {
    const values = records.map(({ value }) => value)
    const options = values.flatMap((value) => value.options ?? [])
    const ask = <A, B>(
      items: ReadonlyArray<A>,
      question: (items: ReadonlyArray<A>) => Effect.Effect<ReadonlyArray<B>, StoreError>
    ) => (items.length === 0 ? Effect.succeed([]) : question(items))
    const owners = yield* ask(
      listed(values.map(({ externalId, id }) => (id === undefined ? externalId : undefined))),
      (names) => reads.byExternalIds("product", names)
    )
    const products = new Map(
      owners.map(({ externalId, id }) => [externalId, id as ProductId] as const)
    )
    const known = yield* ask(
      listed([...products.values(), ...values.map(({ id }) => id)]),
      reads.products
    )
    const categories = yield* ask(
      listed(values.flatMap((value) => value.categories ?? [])),
      (names) => reads.byExternalIds("category", names)
    )
    const attributes = yield* ask(
      listed(values.flatMap((value) => Object.keys(value.attributes ?? {}))),
      (codes) => reads.attributes({ codes })
    )
    const codes = listed(options.flatMap(({ skus = [] }) => skus.map(({ code }) => code)))
    const skus = stock === undefined ? [] : yield* ask(codes, stock.skusByCodes)
    const skuIds = listed(options.flatMap(({ skuIds: ids = [] }) => ids.map(({ skuId }) => skuId)))
    const unknownSkuIds = new Set(allowUnknownSkus || stock === undefined ? [] : skuIds)
    if (stock !== undefined && unknownSkuIds.size > 0) {
      for (const { sku } of yield* stock.stock(skuIds)) unknownSkuIds.delete(sku.id)
    }
    return {
      isJoined: stock !== undefined,
      products,
      byId: new Map(known.map((product) => [product.id, product])),
      categories: new Map(
        categories.map(({ externalId, id }) => [externalId, id as CategoryId] as const)
      ),
      attributes: new Map(attributes.map((attribute) => [attribute.code, attribute])),
      skus: new Map(skus.map(({ code, id }) => [code, id])),
      unknownSkuIds
    }
  })
