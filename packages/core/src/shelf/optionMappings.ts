/**
 * What the inventory asks of the catalog: which SKUs leave for an option that is for sale, and why
 * another is not. Over any way to read the catalog: that of the same process, or one over a network.
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { CatalogReads } from "../catalog/ports/CatalogReads.ts"
import { isShownAt } from "../catalog/state/Product.ts"
import type { ProductOption } from "../catalog/state/ProductOption.ts"
import {
  type MappedOption,
  type NotForSale,
  OptionMappings
} from "../inventory/ports/OptionMappings.ts"
import type { OptionId, ProductId } from "../kernel/Identifier.ts"
import type { StoreError } from "../kernel/StoreError.ts"
import { productsOf } from "./productsOf.ts"

/** A product as far as it decides whether its options are for sale. */
export interface SoldProduct {
  readonly id: ProductId
  /** Whether buyers see it now. */
  readonly isShown: boolean
  readonly options: ReadonlyArray<
    Pick<ProductOption, "id" | "status" | "statusBy" | "price" | "skuMappings">
  >
}

/** A way to read the catalog, where it is written. */
export interface AskedCatalog {
  /** The products of these options, each once; of options that map no SKU there need be none. */
  readonly productIdsOf: (
    optionIds: ReadonlyArray<OptionId>
  ) => Effect.Effect<ReadonlyArray<ProductId>, StoreError>
  /** Up to 100 products. */
  readonly products: (
    productIds: ReadonlyArray<ProductId>
  ) => Effect.Effect<ReadonlyArray<SoldProduct>, StoreError>
}

/** Products that are read at once. */
const productsAtOnce = 100

/** Why an option is not for sale; undefined when it is. */
const obstacleTo = (
  { isShown }: SoldProduct,
  { price, skuMappings, status, statusBy }: SoldProduct["options"][number]
): NotForSale | undefined => {
  if (status === "INACTIVE") return "INACTIVE"
  // What the stock has closed is for sale: the reservation finds out.
  if (status === "SOLD_OUT" && statusBy === "PERSON") return "SOLD_OUT"
  if (!isShown) return "PRODUCT_NOT_SHOWN"
  return price === null || skuMappings.length === 0 ? "INCOMPLETE" : undefined
}

const mappedOptions = (product: SoldProduct): ReadonlyArray<MappedOption> =>
  product.options.map((option) => {
    const of = { optionId: option.id, productId: product.id }
    const reason = obstacleTo(product, option)
    return reason === undefined
      ? { _tag: "ForSale", ...of, skuMappings: option.skuMappings }
      : { _tag: "NotForSale", ...of, reason }
  })

/** The port over a way to read the catalog. An option that maps no SKU is not known by it. */
export const optionMappingsOver = ({
  productIdsOf,
  products
}: AskedCatalog): OptionMappings["Service"] => ({
  isJoined: true,
  optionsOf: Effect.fnUntraced(function* (optionIds) {
    const productIds = yield* productIdsOf(optionIds)
    const known = new Map<OptionId, MappedOption>()
    for (let from = 0; from < productIds.length; from += productsAtOnce) {
      const page = yield* products(productIds.slice(from, from + productsAtOnce))
      for (const option of page.flatMap(mappedOptions)) known.set(option.optionId, option)
    }
    return optionIds.map((optionId) => known.get(optionId) ?? { _tag: "Unknown", optionId })
  })
})

/** The port over a catalog in the same process. */
export const layerOptionMappings: Layer.Layer<OptionMappings, never, CatalogReads> = Layer.effect(
  OptionMappings,
  Effect.map(CatalogReads, (reads) =>
    optionMappingsOver({
      productIdsOf: (optionIds) =>
        Effect.provideService(productsOf({ optionIds }), CatalogReads, reads),
      products: (productIds) =>
        Effect.gen(function* () {
          const now = yield* DateTime.now
          const products = yield* reads.products(productIds)
          return products.map((product) => ({ ...product, isShown: isShownAt(product, now) }))
        })
    })
  )
)
