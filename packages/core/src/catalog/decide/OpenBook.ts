/**
 * Two kinds of book. A loaded book is made of the rows that a store loaded. An open book lies over
 * another book and takes events. The fold of a batch keeps an open book over the loaded one. A
 * decision drafts in an open book over the fold's, and a refusal drops that draft. The book below
 * never changes. An open book changes by its events, and by the versions of stock that it has seen.
 */
import type { AttributeId, CategoryId, ProductId, SkuId } from "../../kernel/Identifier.ts"
import {
  type AttributeEvent,
  type CatalogEvent,
  isAttributeEvent,
  isCategoryEvent,
  type ProductEvent
} from "../messages/CatalogEvent.ts"
import { type Attribute, textsOfValue } from "../state/Attribute.ts"
import {
  type CatalogBook,
  countedProductsMax,
  type LoadedCatalog,
  type NameKind,
  type OwnedName,
  type SeenStock
} from "../state/CatalogBook.ts"
import { bySiblingOrder, type Category } from "../state/Category.ts"
import { descendantsOf } from "../state/CategoryTree.ts"
import type { Product } from "../state/Product.ts"
import { evolveAttribute, evolveCategory, evolveProduct, levelShiftOf } from "./evolve.ts"

const nameKey = (kind: NameKind, name: string): string => `${kind} ${name}`
const valueKey = (code: string, value: string | null): string =>
  value === null ? code : `${code} ${value}`
const seenKey = (productId: ProductId, skuId: SkuId): string => `${productId} ${skuId}`

/** The book of what a store has loaded. */
export const fromLoaded = (loaded: LoadedCatalog): CatalogBook => {
  const products = new Map(loaded.products.map((product) => [product.id, product]))
  const categories = new Map(loaded.categories.map((category) => [category.id, category]))
  const children = new Map<CategoryId | null, Array<Category>>()
  for (const category of [...categories.values()].sort(bySiblingOrder)) {
    const siblings = children.get(category.parentId)
    if (siblings === undefined) children.set(category.parentId, [category])
    else siblings.push(category)
  }
  const deletedProducts = new Set(loaded.deletedProductIds)
  const deletedCategories = new Set(loaded.deletedCategoryIds)
  const counts = new Map(
    loaded.productCounts.map(({ categoryId, products }) => [categoryId, products])
  )
  const attributes = new Map(loaded.attributes.map((attribute) => [attribute.id, attribute]))
  const attributesByCode = new Map(loaded.attributes.map((it) => [it.code, it]))
  const deletedAttributes = new Set(loaded.deletedAttributeIds)
  const valueCounts = new Map(
    loaded.valueCounts.map(({ code, value, values }) => [valueKey(code, value), values])
  )
  const owners = new Map(
    loaded.names.map(({ kind, name, ownerId }) => [nameKey(kind, name), ownerId])
  )
  const seen = new Map(
    loaded.seenStock.map(({ productId, skuId, version }) => [seenKey(productId, skuId), version])
  )
  return {
    now: loaded.now,
    product: (id) => products.get(id),
    category: (id) => categories.get(id),
    childrenOf: (parentId) => children.get(parentId) ?? [],
    wasProduct: (id) => deletedProducts.has(id),
    wasCategory: (id) => deletedCategories.has(id),
    productCountOf: (categoryId) => counts.get(categoryId) ?? 0,
    attribute: (id) => attributes.get(id),
    attributeOfCode: (code) => attributesByCode.get(code),
    wasAttribute: (id) => deletedAttributes.has(id),
    valueCountOf: (code, value) => valueCounts.get(valueKey(code, value)) ?? 0,
    ownerOf: (kind, name) => owners.get(nameKey(kind, name)),
    seenVersionOf: (productId, skuId) => seen.get(seenKey(productId, skuId)) ?? 0
  }
}

const isOptionEvent = ({ eventType }: ProductEvent): boolean =>
  eventType === "product.option.sold-out" || eventType === "product.option.back"

/** The names that a product has, and its options; a slug that it had before is no more among them. */
export const namesOfProduct = (product: Product): ReadonlyArray<OwnedName> => [
  ...(product.externalId === null
    ? []
    : [
        {
          kind: "PRODUCT_EXTERNAL_ID" as const,
          name: product.externalId,
          ownerId: product.id as string
        }
      ]),
  ...(product.slug === null
    ? []
    : [{ kind: "SLUG" as const, name: product.slug, ownerId: product.id as string }]),
  ...product.options.flatMap(
    ({ externalId, id }): ReadonlyArray<OwnedName> => [
      { kind: "OPTION_ID", name: id, ownerId: product.id },
      ...(externalId === null
        ? []
        : [{ kind: "OPTION_EXTERNAL_ID" as const, name: externalId, ownerId: id as string }])
    ]
  )
]

/** The values that a product has, each choice one, and each once more among all of its attribute. */
const valueKeysOf = (product: Product | undefined): ReadonlyArray<string> =>
  Object.entries(product?.attributes ?? {}).flatMap(([code, value]) =>
    textsOfValue(value).flatMap((text) => [valueKey(code, null), valueKey(code, text)])
  )

/** A count with what was added here; one that the store cut off stays as it is. */
const counted = (below: number, added: number | undefined): number =>
  below >= countedProductsMax ? below : below + (added ?? 0)

const addTo = <Key>(counts: Map<Key, number>, key: Key, products: number): void => {
  counts.set(key, (counts.get(key) ?? 0) + products)
}

/** A book that takes events, lying over another that it reads through to. */
export class OpenBook implements CatalogBook {
  readonly base: CatalogBook
  private readonly taken: Array<CatalogEvent> = []
  private readonly productsHere = new Map<ProductId, Product | undefined>()
  private readonly categoriesHere = new Map<CategoryId, Category | undefined>()
  private readonly attributesHere = new Map<AttributeId, Attribute | undefined>()
  private readonly ownersHere = new Map<string, string | undefined>()
  private readonly addedTo = new Map<CategoryId, number>()
  private readonly valuesAdded = new Map<string, number>()
  private readonly seenHere = new Map<string, SeenStock>()

  constructor(base: CatalogBook) {
    this.base = base
  }

  /** The events that it took, in their order. */
  get events(): ReadonlyArray<CatalogEvent> {
    return this.taken
  }

  /** The products that its events changed, as they are now; undefined when they were deleted. */
  get products(): Iterable<readonly [ProductId, Product | undefined]> {
    return this.productsHere
  }

  /** The categories that its events changed, as they are now; undefined when they were deleted. */
  get categories(): Iterable<readonly [CategoryId, Category | undefined]> {
    return this.categoriesHere
  }

  /** The attributes that its events changed, as they are now; undefined when they were deleted. */
  get attributes(): Iterable<readonly [AttributeId, Attribute | undefined]> {
    return this.attributesHere
  }

  /** The versions of stock that were seen here, each newer than what was seen before. */
  get seenStock(): Iterable<SeenStock> {
    return this.seenHere.values()
  }

  get now() {
    return this.base.now
  }

  /** Takes one event, and applies it to everything that it touches. */
  record(event: CatalogEvent): void {
    this.taken.push(event)
    if (isAttributeEvent(event)) {
      this.keepAttribute(event)
      return
    }
    if (!isCategoryEvent(event)) {
      const before = this.product(event.aggregateId)
      const after = evolveProduct(before, event)
      // The status of an option is in no name and no count, and a thousand may move at once.
      if (isOptionEvent(event)) this.productsHere.set(event.aggregateId, after)
      else this.keepProduct(event.aggregateId, before, after)
      return
    }
    const before = this.category(event.aggregateId)
    const after = evolveCategory(event)
    this.keepCategory(event.aggregateId, before, after)
    const shift = levelShiftOf(event)
    if (shift === 0) return
    for (const below of descendantsOf(this, event.aggregateId)) {
      this.categoriesHere.set(below.id, { ...below, level: below.level + shift })
    }
  }

  /** Notes that the stock of a SKU was seen at a version. */
  see(seen: SeenStock): void {
    this.seenHere.set(seenKey(seen.productId, seen.skuId), seen)
  }

  /** Takes over the events of a book that is open over this one, and their results. */
  absorb(book: OpenBook): void {
    if (book.base !== this) throw new Error("a book takes events of books over itself alone")
    for (const event of book.events) this.taken.push(event)
    for (const [id, product] of book.productsHere) this.productsHere.set(id, product)
    for (const [id, category] of book.categoriesHere) this.categoriesHere.set(id, category)
    for (const [name, owner] of book.ownersHere) this.ownersHere.set(name, owner)
    for (const [key, seen] of book.seenHere) this.seenHere.set(key, seen)
    for (const [id, attribute] of book.attributesHere) this.attributesHere.set(id, attribute)
    for (const [id, added] of book.addedTo) addTo(this.addedTo, id, added)
    for (const [key, added] of book.valuesAdded) addTo(this.valuesAdded, key, added)
  }

  product(id: ProductId): Product | undefined {
    return this.productsHere.has(id) ? this.productsHere.get(id) : this.base.product(id)
  }

  readonly category = (id: CategoryId): Category | undefined =>
    this.categoriesHere.has(id) ? this.categoriesHere.get(id) : this.base.category(id)

  readonly childrenOf = (parentId: CategoryId | null): ReadonlyArray<Category> => {
    const below = this.base.childrenOf(parentId)
    if (this.categoriesHere.size === 0) return below
    const kept = below.filter(({ id }) => !this.categoriesHere.has(id))
    for (const category of this.categoriesHere.values()) {
      if (category !== undefined && category.parentId === parentId) kept.push(category)
    }
    return kept.sort(bySiblingOrder)
  }

  wasProduct(id: ProductId): boolean {
    return this.isGoneHere(id) || this.base.wasProduct(id)
  }

  wasCategory(id: CategoryId): boolean {
    const isGoneHere = this.categoriesHere.has(id) && this.categoriesHere.get(id) === undefined
    return isGoneHere || this.base.wasCategory(id)
  }

  productCountOf(categoryId: CategoryId): number {
    return counted(this.base.productCountOf(categoryId), this.addedTo.get(categoryId))
  }

  attribute(id: AttributeId): Attribute | undefined {
    return this.attributesHere.has(id) ? this.attributesHere.get(id) : this.base.attribute(id)
  }

  attributeOfCode(code: string): Attribute | undefined {
    for (const attribute of this.attributesHere.values()) {
      if (attribute?.code === code) return attribute
    }
    const below = this.base.attributeOfCode(code)
    return below === undefined || this.attributesHere.has(below.id) ? undefined : below
  }

  wasAttribute(id: AttributeId): boolean {
    const isGoneHere = this.attributesHere.has(id) && this.attributesHere.get(id) === undefined
    return isGoneHere || this.base.wasAttribute(id)
  }

  valueCountOf(code: string, value: string | null): number {
    const key = valueKey(code, value)
    return counted(this.base.valueCountOf(code, value), this.valuesAdded.get(key))
  }

  ownerOf(kind: NameKind, name: string): string | undefined {
    const key = nameKey(kind, name)
    const owner = this.ownersHere.has(key)
      ? this.ownersHere.get(key)
      : this.base.ownerOf(kind, name)
    // With a product go also the slugs that it had before, which nothing here lists.
    return kind === "SLUG" && this.isGoneHere(owner) ? undefined : owner
  }

  seenVersionOf(productId: ProductId, skuId: SkuId): number {
    const here = this.seenHere.get(seenKey(productId, skuId))
    return here?.version ?? this.base.seenVersionOf(productId, skuId)
  }

  private isGoneHere(id: string | undefined): boolean {
    const productId = id as ProductId
    return this.productsHere.has(productId) && this.productsHere.get(productId) === undefined
  }

  private keepProduct(
    id: ProductId,
    before: Product | undefined,
    after: Product | undefined
  ): void {
    this.productsHere.set(id, after)
    for (const { categoryId } of before?.categories ?? []) addTo(this.addedTo, categoryId, -1)
    for (const { categoryId } of after?.categories ?? []) addTo(this.addedTo, categoryId, 1)
    for (const key of valueKeysOf(before)) addTo(this.valuesAdded, key, -1)
    for (const key of valueKeysOf(after)) addTo(this.valuesAdded, key, 1)
    // A slug stays with the product, until the product is deleted.
    const released = before === undefined ? [] : namesOfProduct(before)
    for (const { kind, name } of released) {
      if (kind !== "SLUG" || after === undefined) this.release(kind, name)
    }
    if (after !== undefined) for (const owned of namesOfProduct(after)) this.own(owned)
  }

  private keepCategory(
    id: CategoryId,
    before: Category | undefined,
    after: Category | undefined
  ): void {
    this.categoriesHere.set(id, after)
    const kind = "CATEGORY_EXTERNAL_ID"
    if (before !== undefined && before.externalId !== null) this.release(kind, before.externalId)
    if (after !== undefined && after.externalId !== null) {
      this.own({ kind, name: after.externalId, ownerId: id })
    }
  }

  private keepAttribute(event: AttributeEvent): void {
    const id = event.aggregateId
    const after = evolveAttribute(event)
    const kind = "ATTRIBUTE_CODE"
    this.attributesHere.set(id, after)
    if (event.eventType === "attribute.deleted") this.release(kind, event.payload.code)
    else this.own({ kind, name: event.payload.attribute.code, ownerId: id })
  }

  private own({ kind, name, ownerId }: OwnedName): void {
    this.ownersHere.set(nameKey(kind, name), ownerId)
  }

  private release(kind: NameKind, name: string): void {
    this.ownersHere.set(nameKey(kind, name), undefined)
  }
}
