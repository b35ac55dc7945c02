/**
 * The tables of the in-memory catalog, and the two ways to touch them: load a scope, apply changes.
 * The executable specification of what a store keeps; nothing here decides or waits.
 */
import type * as DateTime from "effect/DateTime"
import type { CatalogChanges } from "../../catalog/decide/CatalogChanges.ts"
import { namesOfProduct } from "../../catalog/decide/OpenBook.ts"
import type { CatalogEvent } from "../../catalog/messages/CatalogEvent.ts"
import type { CatalogScope } from "../../catalog/ports/CatalogStore.ts"
import { type Attribute, textsOfValue } from "../../catalog/state/Attribute.ts"
import {
  countedProductsMax,
  type LoadedCatalog,
  type OwnedName,
  type UniqueName,
  type ValueCount
} from "../../catalog/state/CatalogBook.ts"
import type { Category } from "../../catalog/state/Category.ts"
import { type CategoryTree, descendantsOf } from "../../catalog/state/CategoryTree.ts"
import type { Product } from "../../catalog/state/Product.ts"
import type { AttributeId, CategoryId, ProductId, SkuId } from "../../kernel/Identifier.ts"
import { DailyCounts } from "../engine/DailyCounts.ts"
import { KeptAnswers } from "../engine/KeptAnswers.ts"

/** The rows of the in-memory catalog. */
export class MemoryCatalogTables implements CategoryTree {
  readonly products = new Map<ProductId, Product>()
  readonly categories = new Map<CategoryId, Category>()
  readonly attributes = new Map<AttributeId, Attribute>()
  readonly deletedAttributeIds = new Set<AttributeId>()
  /** Every slug that a product has or had, unless the product was deleted. */
  readonly slugs = new Map<string, ProductId>()
  readonly deletedProductIds = new Set<ProductId>()
  readonly deletedCategoryIds = new Set<CategoryId>()
  readonly seenStock = new Map<ProductId, Map<SkuId, number>>()
  readonly events: Array<CatalogEvent> = []
  readonly receipts = new KeptAnswers()
  readonly views = new DailyCounts()

  readonly category = (id: CategoryId): Category | undefined => this.categories.get(id)

  readonly childrenOf = (parentId: CategoryId | null): ReadonlyArray<Category> =>
    [...this.categories.values()].filter((category) => category.parentId === parentId)

  /** The part of the tree that a scope needs. */
  private treeOf(scope: CatalogScope): ReadonlyArray<Category> {
    const named = scope.treeIds.flatMap((id) => this.categories.get(id) ?? [])
    const parts = [
      named,
      ...named.flatMap((category) => [
        this.childrenOf(category.id),
        this.childrenOf(category.parentId)
      ]),
      ...scope.movedIds.map((id) => descendantsOf(this, id)),
      scope.namesRoots ? this.childrenOf(null) : [],
      scope.categoryIds.flatMap((id) => this.categories.get(id) ?? [])
    ]
    return [...new Set(parts.flat())]
  }

  private ownersOf(names: ReadonlyArray<UniqueName>): ReadonlyArray<OwnedName> {
    const wanted = new Set(names.map(({ kind, name }) => `${kind} ${name}`))
    const owned: ReadonlyArray<OwnedName> = [
      ...[...this.products.values()].flatMap(namesOfProduct),
      ...[...this.slugs].map(([name, ownerId]) => ({ kind: "SLUG" as const, name, ownerId })),
      ...[...this.categories.values()].flatMap(({ externalId, id }) =>
        externalId === null
          ? []
          : [{ kind: "CATEGORY_EXTERNAL_ID" as const, name: externalId, ownerId: id }]
      ),
      ...[...this.attributes.values()].map(({ code: name, id: ownerId }) => ({
        kind: "ATTRIBUTE_CODE" as const,
        name,
        ownerId
      }))
    ]
    return owned.filter(({ kind, name }) => wanted.has(`${kind} ${name}`))
  }

  private countIn(categoryId: CategoryId): number {
    const products = [...this.products.values()].filter(({ categories }) =>
      categories.some((category) => category.categoryId === categoryId)
    )
    return Math.min(products.length, countedProductsMax)
  }

  /** The attributes that a scope needs. */
  private attributesOf(scope: CatalogScope): ReadonlyArray<Attribute> {
    const codes = new Set([
      ...scope.valuedCodes,
      ...scope.retypedIds.flatMap((id) => Object.keys(this.products.get(id)?.attributes ?? {}))
    ])
    const ids = new Set(scope.attributeIds)
    return [...this.attributes.values()].filter(({ code, id }) => codes.has(code) || ids.has(id))
  }

  private countsOf(attributeId: AttributeId): ReadonlyArray<ValueCount> {
    const attribute = this.attributes.get(attributeId)
    if (attribute === undefined) return []
    const { choices, code } = attribute
    const texts = [...this.products.values()].flatMap(({ attributes }) =>
      Object.hasOwn(attributes, code) ? textsOfValue(attributes[code] ?? "") : []
    )
    const count = (value: string | null) => ({
      code,
      value,
      values: Math.min(
        texts.filter((text) => value === null || text === value).length,
        countedProductsMax
      )
    })
    return [count(null), ...choices.map(({ value }) => count(value))]
  }

  /** Everything that a scope names, as of now. */
  load(scope: CatalogScope, now: DateTime.Utc): LoadedCatalog {
    return {
      now,
      products: scope.productIds.flatMap((id) => this.products.get(id) ?? []),
      categories: this.treeOf(scope),
      deletedProductIds: scope.productIds.filter((id) => this.deletedProductIds.has(id)),
      deletedCategoryIds: scope.treeIds.filter((id) => this.deletedCategoryIds.has(id)),
      productCounts: scope.emptyIds.map((categoryId) => ({
        categoryId,
        products: this.countIn(categoryId)
      })),
      attributes: this.attributesOf(scope),
      deletedAttributeIds: scope.attributeIds.filter((id) => this.deletedAttributeIds.has(id)),
      valueCounts: scope.countedAttributeIds.flatMap((id) => this.countsOf(id)),
      names: this.ownersOf(scope.names),
      seenStock: scope.followingIds.flatMap((productId) =>
        [...(this.seenStock.get(productId) ?? [])].map(([skuId, version]) => ({
          productId,
          skuId,
          version
        }))
      ),
      receipts: this.receipts.of(scope.keys, now)
    }
  }

  /** Writes what a batch decided. */
  apply(changes: CatalogChanges, now: DateTime.Utc): void {
    for (const product of changes.createdProducts) this.products.set(product.id, product)
    for (const { product } of changes.updatedProducts) this.products.set(product.id, product)
    for (const { id } of changes.deletedProducts) {
      this.products.delete(id)
      this.seenStock.delete(id)
      for (const [slug, productId] of this.slugs) if (productId === id) this.slugs.delete(slug)
    }
    for (const category of changes.createdCategories) this.categories.set(category.id, category)
    for (const { category } of changes.updatedCategories) {
      this.categories.set(category.id, category)
    }
    for (const { id } of changes.deletedCategories) this.categories.delete(id)
    for (const id of changes.deletedProductIds) this.deletedProductIds.add(id)
    for (const id of changes.deletedCategoryIds) this.deletedCategoryIds.add(id)
    for (const attribute of changes.createdAttributes) this.attributes.set(attribute.id, attribute)
    for (const { attribute } of changes.updatedAttributes) {
      this.attributes.set(attribute.id, attribute)
    }
    for (const { id } of changes.deletedAttributes) this.attributes.delete(id)
    for (const id of changes.deletedAttributeIds) this.deletedAttributeIds.add(id)
    for (const { productId, slug } of changes.slugs) this.slugs.set(slug, productId)
    for (const { productId, skuId, version } of changes.seenStock) {
      const seen = this.seenStock.get(productId) ?? new Map<SkuId, number>()
      this.seenStock.set(productId, seen.set(skuId, version))
    }
    this.events.push(...changes.events)
    this.receipts.keep(changes.receipts, now)
  }
}
