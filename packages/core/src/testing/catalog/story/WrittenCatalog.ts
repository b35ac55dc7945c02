/** The rows that batches wrote, apart from their events: what a store would have. */
import type { CatalogChanges } from "../../../catalog/decide/CatalogChanges.ts"
import type { Attribute } from "../../../catalog/state/Attribute.ts"
import type { SeenStock } from "../../../catalog/state/CatalogBook.ts"
import type { Category } from "../../../catalog/state/Category.ts"
import type { Product } from "../../../catalog/state/Product.ts"

const sorted = <A>(entries: Iterable<readonly [string, A]>): Readonly<Record<string, A>> =>
  Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)))

/** A catalog that takes the changes of batches. */
export class WrittenCatalog {
  readonly products = new Map<string, Product>()
  readonly categories = new Map<string, Category>()
  readonly attributes = new Map<string, Attribute>()
  readonly deletedIds = new Set<string>()
  readonly slugs = new Map<string, string>()
  readonly seenStock = new Map<string, SeenStock>()
  /** The newest version of each aggregate. */
  readonly versions = new Map<string, number>()

  /** Writes what a batch decided. */
  apply(changes: CatalogChanges): void {
    for (const product of changes.createdProducts) {
      if (this.products.has(product.id)) throw new Error(`${product.id} is made twice`)
      this.products.set(product.id, product)
    }
    for (const { before, product } of changes.updatedProducts) {
      if (this.products.get(product.id)?.version !== before.version) {
        throw new Error(`${product.id} is not at version ${before.version}`)
      }
      this.products.set(product.id, product)
    }
    for (const { id } of changes.deletedProducts) {
      this.products.delete(id)
      for (const [slug, owner] of this.slugs) if (owner === id) this.slugs.delete(slug)
      for (const [key, { productId }] of this.seenStock) {
        if (productId === id) this.seenStock.delete(key)
      }
    }
    for (const category of changes.createdCategories) this.categories.set(category.id, category)
    for (const { category } of changes.updatedCategories) {
      this.categories.set(category.id, category)
    }
    for (const { id } of changes.deletedCategories) this.categories.delete(id)
    for (const attribute of changes.createdAttributes) this.attributes.set(attribute.id, attribute)
    for (const { attribute } of changes.updatedAttributes) {
      this.attributes.set(attribute.id, attribute)
    }
    for (const { id } of changes.deletedAttributes) this.attributes.delete(id)
    for (const id of [
      ...changes.deletedProductIds,
      ...changes.deletedCategoryIds,
      ...changes.deletedAttributeIds
    ]) {
      this.deletedIds.add(id)
    }
    for (const { productId, slug } of changes.slugs) this.slugs.set(slug, productId)
    for (const seen of changes.seenStock) {
      this.seenStock.set(`${seen.productId} ${seen.skuId}`, seen)
    }
  }

  /** Everything, to compare. */
  asRows(): object {
    return WrittenCatalog.rowsOf({
      ...this,
      deletedProductIds: this.deletedIds,
      deletedCategoryIds: [],
      deletedAttributeIds: []
    })
  }

  /** Everything of a catalog, to compare. */
  static rowsOf(catalog: {
    readonly products: ReadonlyMap<string, Product>
    readonly categories: ReadonlyMap<string, Category>
    readonly attributes: ReadonlyMap<string, Attribute>
    readonly deletedProductIds: Iterable<string>
    readonly deletedCategoryIds: Iterable<string>
    readonly deletedAttributeIds: Iterable<string>
    readonly slugs: ReadonlyMap<string, string>
    readonly seenStock: ReadonlyMap<string, SeenStock>
  }): object {
    return {
      products: sorted(catalog.products),
      categories: sorted(catalog.categories),
      attributes: sorted(catalog.attributes),
      deletedIds: [
        ...catalog.deletedProductIds,
        ...catalog.deletedCategoryIds,
        ...catalog.deletedAttributeIds
      ].sort(),
      slugs: sorted(catalog.slugs),
      seenStock: sorted(catalog.seenStock)
    }
  }
}
