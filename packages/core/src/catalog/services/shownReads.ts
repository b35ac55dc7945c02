/**
 * The reads of a USER: products that buyers see now, and active categories. Any other reads as one
 * that does not exist.
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type { StoreError } from "../../kernel/StoreError.ts"
import type { CatalogReads, ProductsQuery } from "../ports/CatalogReads.ts"
import type { Category } from "../state/Category.ts"
import { isShownAt, type Product } from "../state/Product.ts"

type Reads = CatalogReads["Service"]

const onlyActive = (categories: ReadonlyArray<Category>) =>
  categories.filter(({ isActive }) => isActive)

/** The reads of a store, as far as buyers see what is read. */
export const shownReads = (reads: Reads): Reads => {
  const shown = <A>(
    read: Effect.Effect<A, StoreError>,
    keep: (found: A, isShown: (product: Product) => boolean) => A
  ) =>
    Effect.flatMap(read, (found) =>
      Effect.map(DateTime.now, (now) => keep(found, (product) => isShownAt(product, now)))
    )
  const ofShown = (query: ProductsQuery) =>
    query.shownAt === null
      ? Effect.map(DateTime.now, (now) => ({ ...query, shownAt: now }))
      : Effect.succeed(query)
  /** Nothing is in a category that is not there, whatever the products in it are. */
  const inCategory = <A>(
    { categoryId }: Pick<ProductsQuery, "categoryId">,
    read: Effect.Effect<A, StoreError>,
    nothing: A
  ): Effect.Effect<A, StoreError> =>
    categoryId === null
      ? read
      : Effect.flatMap(reads.categories([categoryId]), (found) =>
          onlyActive(found).length === 0 ? Effect.succeed(nothing) : read
        )
  return {
    ...reads,
    products: (productIds) =>
      shown(reads.products(productIds), (found, isShown) => found.filter(isShown)),
    productBySlug: (slug) =>
      shown(reads.productBySlug(slug), (found, isShown) =>
        found !== undefined && isShown(found) ? found : undefined
      ),
    productsPage: (query) =>
      inCategory(query, Effect.flatMap(ofShown(query), reads.productsPage), []),
    facets: (query, facets) =>
      Effect.flatMap(ofShown(query), (narrowed) => reads.facets(narrowed, facets)),
    categories: (categoryIds) => Effect.map(reads.categories(categoryIds), onlyActive),
    allCategories: Effect.map(reads.allCategories, onlyActive)
  }
}
