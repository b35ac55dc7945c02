/**
 * What a trial of the catalog would have written so far, laid over what a store loads: the tree of
 * categories, and who has which name. So a category finds the parent that an earlier line of the
 * file makes, and two products cannot both get a slug.
 */
import type { CatalogTypes } from "../../catalog/batch/catalogDomain.ts"
import { namesOfProduct } from "../../catalog/decide/OpenBook.ts"
import type { OwnedName } from "../../catalog/state/CatalogBook.ts"
import type { Category } from "../../catalog/state/Category.ts"
import type { CategoryId } from "../../kernel/Identifier.ts"
import type { Overlay } from "./writers.ts"

const keyOf = ({ kind, name }: Pick<OwnedName, "kind" | "name">) => `${kind} ${name}`

/** Makes an overlay that has nothing yet. */
export const catalogOverlay = (): Overlay<CatalogTypes> => {
  const categories = new Map<CategoryId, Category>()
  const names = new Map<string, OwnedName>()
  const keep = (name: OwnedName) => names.set(keyOf(name), name)
  return {
    loadedWith: (loaded) =>
      categories.size + names.size === 0
        ? loaded
        : {
            ...loaded,
            categories: [
              ...loaded.categories.filter(({ id }) => !categories.has(id)),
              ...categories.values()
            ],
            names: [...loaded.names, ...names.values()]
          },
    decided: ({ createdCategories, createdProducts, updatedCategories, updatedProducts }) => {
      for (const category of [
        ...createdCategories,
        ...updatedCategories.map((updated) => updated.category)
      ]) {
        categories.set(category.id, category)
        if (category.externalId === null) continue
        keep({ kind: "CATEGORY_EXTERNAL_ID", name: category.externalId, ownerId: category.id })
      }
      for (const product of [
        ...createdProducts,
        ...updatedProducts.map((updated) => updated.product)
      ]) {
        for (const name of namesOfProduct(product)) {
          if (name.kind !== "OPTION_ID") keep(name)
        }
      }
    }
  }
}
