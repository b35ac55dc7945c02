/**
 * The catalog as its events say it is: replayed from nothing, one event after another. What a store
 * wrote must be equal to it.
 */
import type * as DateTime from "effect/DateTime"
import {
  evolveAttribute,
  evolveCategory,
  evolveProduct,
  levelShiftOf
} from "../../catalog/decide/evolve.ts"
import { namesOfProduct } from "../../catalog/decide/OpenBook.ts"
import {
  type AttributeEvent,
  type CatalogEvent,
  type CategoryEvent,
  isAttributeEvent,
  isCategoryEvent,
  type ProductEvent
} from "../../catalog/messages/CatalogEvent.ts"
import { type Attribute, textsOfValue } from "../../catalog/state/Attribute.ts"
import type {
  LoadedCatalog,
  OwnedName,
  SeenStock,
  ValueCount
} from "../../catalog/state/CatalogBook.ts"
import type { Category } from "../../catalog/state/Category.ts"
import { type CategoryTree, descendantsOf } from "../../catalog/state/CategoryTree.ts"
import type { Product } from "../../catalog/state/Product.ts"
import type { AttributeId, CategoryId, ProductId } from "../../kernel/Identifier.ts"

/** A catalog that takes events. */
export class ReplayedCatalog implements CategoryTree {
  readonly products = new Map<ProductId, Product>()
  readonly categories = new Map<CategoryId, Category>()
  readonly deletedProductIds = new Set<ProductId>()
  readonly deletedCategoryIds = new Set<CategoryId>()
  readonly attributes = new Map<AttributeId, Attribute>()
  readonly deletedAttributeIds = new Set<AttributeId>()
  readonly slugs = new Map<string, ProductId>()
  readonly seenStock = new Map<string, SeenStock>()
  readonly events: Array<CatalogEvent> = []

  readonly category = (id: CategoryId): Category | undefined => this.categories.get(id)

  readonly childrenOf = (parentId: CategoryId | null): ReadonlyArray<Category> =>
    [...this.categories.values()].filter((category) => category.parentId === parentId)

  /** Takes events in their order. */
  apply(events: ReadonlyArray<CatalogEvent>): void {
    for (const event of events) {
      this.events.push(event)
      if (isAttributeEvent(event)) this.applyToAttribute(event)
      else if (isCategoryEvent(event)) this.applyToTree(event)
      else this.applyToProduct(event)
    }
  }

  /** Notes the versions of stock that were seen, which no event says. */
  see(seen: ReadonlyArray<SeenStock>): void {
    for (const it of seen) this.seenStock.set(`${it.productId} ${it.skuId}`, it)
  }

  /** Everything, as a store would load it for a scope that names everything. */
  loaded(now: DateTime.Utc): LoadedCatalog {
    const products = [...this.products.values()]
    const names: ReadonlyArray<OwnedName> = [
      ...products.flatMap(namesOfProduct),
      ...[...this.slugs].map(([name, ownerId]) => ({ kind: "SLUG" as const, name, ownerId })),
      ...[...this.categories.values()].flatMap(({ externalId: name, id: ownerId }) =>
        name === null ? [] : [{ kind: "CATEGORY_EXTERNAL_ID" as const, name, ownerId }]
      ),
      ...[...this.attributes.values()].map(({ code: name, id: ownerId }) => ({
        kind: "ATTRIBUTE_CODE" as const,
        name,
        ownerId
      }))
    ]
    return {
      now,
      products,
      categories: [...this.categories.values()],
      deletedProductIds: [...this.deletedProductIds],
      deletedCategoryIds: [...this.deletedCategoryIds],
      productCounts: [...this.categories.keys()].map((categoryId) => ({
        categoryId,
        products: products.filter(({ categories }) =>
          categories.some((it) => it.categoryId === categoryId)
        ).length
      })),
      attributes: [...this.attributes.values()],
      deletedAttributeIds: [...this.deletedAttributeIds],
      valueCounts: this.valueCounts(products),
      names,
      seenStock: [...this.seenStock.values()],
      receipts: []
    }
  }

  private valueCounts(products: ReadonlyArray<Product>): ReadonlyArray<ValueCount> {
    const counts = new Map<string, ValueCount>()
    for (const [code, value] of products.flatMap(({ attributes }) => Object.entries(attributes))) {
      const texts = textsOfValue(value)
      for (const text of [...texts, ...texts.map(() => null)]) {
        const key = JSON.stringify([code, text])
        const { values = 0 } = counts.get(key) ?? {}
        counts.set(key, { code, value: text, values: values + 1 })
      }
    }
    return [...counts.values()]
  }

  private applyToAttribute(event: AttributeEvent): void {
    const id = event.aggregateId
    const after = evolveAttribute(event)
    if (after === undefined) {
      this.attributes.delete(id)
      this.deletedAttributeIds.add(id)
    } else this.attributes.set(id, after)
  }

  private applyToProduct(event: ProductEvent): void {
    const id = event.aggregateId
    const after = evolveProduct(this.products.get(id), event)
    if (after !== undefined) {
      this.products.set(id, after)
      if (after.slug !== null) this.slugs.set(after.slug, id)
      return
    }
    this.products.delete(id)
    this.deletedProductIds.add(id)
    for (const [slug, owner] of this.slugs) if (owner === id) this.slugs.delete(slug)
    for (const [key, { productId }] of this.seenStock) {
      if (productId === id) this.seenStock.delete(key)
    }
  }

  private applyToTree(event: CategoryEvent): void {
    const id = event.aggregateId
    const after = evolveCategory(event)
    if (after === undefined) {
      this.categories.delete(id)
      this.deletedCategoryIds.add(id)
      return
    }
    this.categories.set(id, after)
    const shift = levelShiftOf(event)
    if (shift === 0) return
    for (const below of descendantsOf(this, id)) {
      this.categories.set(below.id, { ...below, level: below.level + shift })
    }
  }
}
