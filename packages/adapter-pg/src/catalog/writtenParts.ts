/** What of a batch's products is to be written beside their own rows: only what differs. */
import {
  type CatalogChanges,
  isFoundOtherwise,
  type OptionId,
  Product,
  type ProductOption,
  type UpdatedProduct
} from "@holdfast/core/catalog"

/** The parts to write. What a product lost is in the lists of deleted ones alone. */
export interface WrittenParts {
  readonly deletedOptionIds: ReadonlyArray<OptionId>
  readonly updatedOptions: ReadonlyArray<ProductOption.ProductOption>
  readonly createdOptions: ReadonlyArray<ProductOption.ProductOption>
  /** Options that keep their row and have other mappings. */
  readonly remappedOptions: ReadonlyArray<ProductOption.ProductOption>
  readonly newImages: ReadonlyArray<Product.Product>
  /** Products that have other places in categories, or whose places have something else of them. */
  readonly newPlaces: ReadonlyArray<Product.Product>
  readonly newValues: ReadonlyArray<Product.Product>
  /** Products that are found by other text. */
  readonly foundOtherwise: ReadonlyArray<Product.Product>
}

const differs = (one: unknown, other: unknown): boolean =>
  one !== other && JSON.stringify(one) !== JSON.stringify(other)

const rowOf = ({ skuMappings: _, ...row }: ProductOption.ProductOption) => row

/** What the places of a product in categories have of it. */
const placesOf = (product: Product.Product) => ({
  categories: product.categories,
  listed: [product.status, product.type, product.name],
  prices: [Product.lowestPriceOf(product), Product.highestPriceOf(product)]
})

const optionsOf = ({ before, product }: UpdatedProduct) => {
  const known = new Map(before.options.map((option) => [option.id, option]))
  const kept = new Set(product.options.map(({ id }) => id))
  const pairs = product.options.flatMap((option) => {
    const was = known.get(option.id)
    return was === undefined ? [] : [{ option, was }]
  })
  return {
    deletedOptionIds: before.options.flatMap(({ id }) => (kept.has(id) ? [] : [id])),
    createdOptions: product.options.filter(({ id }) => !known.has(id)),
    updatedOptions: pairs.flatMap(({ option, was }) =>
      differs(rowOf(option), rowOf(was)) ? [option] : []
    ),
    remappedOptions: pairs.flatMap(({ option, was }) =>
      differs(option.skuMappings, was.skuMappings) ? [option] : []
    )
  }
}

/** The parts of the products that a batch makes and changes. */
export const writtenParts = ({
  createdProducts,
  updatedProducts
}: Pick<CatalogChanges, "createdProducts" | "updatedProducts">): WrittenParts => {
  const options = updatedProducts
    .filter(({ before, product }) => before.options !== product.options)
    .map(optionsOf)
  const changed = (part: "images" | "categories" | "attributes") =>
    updatedProducts.flatMap(({ before, product }) =>
      differs(before[part], product[part]) ? [product] : []
    )
  return {
    deletedOptionIds: options.flatMap((of) => of.deletedOptionIds),
    updatedOptions: options.flatMap((of) => of.updatedOptions),
    createdOptions: [
      ...createdProducts.flatMap((product) => product.options),
      ...options.flatMap((of) => of.createdOptions)
    ],
    remappedOptions: options.flatMap((of) => of.remappedOptions),
    newImages: updatedProducts.flatMap(({ before, product }) =>
      differs(before.images, product.images) ? [product] : []
    ),
    newPlaces: updatedProducts.flatMap(({ before, product }) =>
      differs(placesOf(before), placesOf(product)) ? [product] : []
    ),
    newValues: changed("attributes"),
    foundOtherwise: updatedProducts.flatMap(({ before, product }) =>
      isFoundOtherwise(before, product) ? [product] : []
    )
  }
}
