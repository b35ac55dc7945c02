/**
 * Products to try things on, made of the demo stock: some with options, and a bundle. They are made
 * when they are not there yet, so a server that starts again finds its products as it left them.
 */
import { Catalog, CatalogReads, type CatalogRefusal, ProductId } from "@holdfast/core/catalog"
import type { StoreError } from "@holdfast/core/engine"
import * as Effect from "effect/Effect"
import { readDemo } from "../readDemo.ts"

type NewProduct = Parameters<Catalog["Service"]["createProduct"]>[0]

/** A product of the demo. */
export type DemoProduct = NewProduct & { readonly productId: string }

const read = readDemo<ReadonlyArray<DemoProduct>>("products")

/**
 * Makes the demo products that are not there; answers with all of them. Two servers may do it at
 * once: the second finds the id taken, and leaves the product. A deleted one is not made again.
 */
export const loadDemoProducts: Effect.Effect<
  ReadonlyArray<DemoProduct>,
  CatalogRefusal | StoreError,
  Catalog | CatalogReads
> = Effect.gen(function* () {
  const catalog = yield* Catalog
  const reads = yield* CatalogReads
  const products = yield* read
  const found = yield* reads.products(products.map(({ productId }) => ProductId.make(productId)))
  const known = new Set<string>(found.map(({ id }) => id))
  yield* Effect.forEach(
    products.filter(({ productId }) => !known.has(productId)),
    // The stock of the demo may be in another process, which may be away.
    (product) =>
      Effect.catchTag(
        Effect.asVoid(catalog.createProduct({ ...product, allowUnknownSkus: true })),
        "IdTaken",
        () => Effect.void
      ),
    { concurrency: "unbounded", discard: true }
  )
  return products
})
