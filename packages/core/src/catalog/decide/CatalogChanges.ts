/**
 * The rows that a batch writes. They can only be made from a book, and a book changes only by
 * events. So `CatalogChanges` holds nothing but the consequences of events, and the versions of
 * stock that were followed.
 */
import type { AttributeId, CategoryId, ProductId } from "../../kernel/Identifier.ts"
import type { Receipt } from "../../kernel/Receipt.ts"
import type { CatalogEvent } from "../messages/CatalogEvent.ts"
import type { Attribute } from "../state/Attribute.ts"
import type { SeenStock } from "../state/CatalogBook.ts"
import type { Category } from "../state/Category.ts"
import type { Product } from "../state/Product.ts"
import type { OpenBook } from "./OpenBook.ts"

/**
 * A product as it is now and as it was loaded: what differs is what is to be written. A writer may
 * write only over `before.version`.
 */
export interface UpdatedProduct {
  readonly product: Product
  readonly before: Product
}

/**
 * A category as it is now and as it was loaded. When its version is the same, only its level
 * differs, because an ancestor moved.
 */
export interface UpdatedCategory {
  readonly category: Category
  readonly before: Category
}

/** An attribute as it is now and as it was loaded; a writer may write only over `before.version`. */
export interface UpdatedAttribute {
  readonly attribute: Attribute
  readonly before: Attribute
}

/**
 * Every row that a batch writes, each at its final state. The rows are right together, not one by
 * one: within a batch a name may go from one row to another, also in a swap, and a row may refer to
 * one that is made, or have referred to one that is deleted. `isOfBook` makes the type nominal: an
 * object that only has the same fields does not compile as one.
 */
export class CatalogChanges {
  readonly createdProducts: ReadonlyArray<Product>
  readonly updatedProducts: ReadonlyArray<UpdatedProduct>
  /** Products to delete, as they were loaded. */
  readonly deletedProducts: ReadonlyArray<Product>
  /**
   * Every id that no product may have again, also of products that were made and deleted within
   * the batch.
   */
  readonly deletedProductIds: ReadonlyArray<ProductId>
  /** New categories, parents before their children. */
  readonly createdCategories: ReadonlyArray<Category>
  readonly updatedCategories: ReadonlyArray<UpdatedCategory>
  /** Categories to delete, as they were loaded. */
  readonly deletedCategories: ReadonlyArray<Category>
  readonly deletedCategoryIds: ReadonlyArray<CategoryId>
  readonly createdAttributes: ReadonlyArray<Attribute>
  readonly updatedAttributes: ReadonlyArray<UpdatedAttribute>
  /** Attributes to delete, as they were loaded. */
  readonly deletedAttributes: ReadonlyArray<Attribute>
  readonly deletedAttributeIds: ReadonlyArray<AttributeId>
  /** Slugs that products have got, with the product; those that they had before stay theirs. */
  readonly slugs: ReadonlyArray<{ readonly slug: string; readonly productId: ProductId }>
  /** The versions of stock that products have followed now. */
  readonly seenStock: ReadonlyArray<SeenStock>
  readonly events: ReadonlyArray<CatalogEvent>
  readonly receipts: ReadonlyArray<Receipt>
  declare protected readonly isOfBook: true

  private constructor(book: OpenBook, receipts: ReadonlyArray<Receipt>) {
    const products = differences(book.products, (id) => book.base.product(id))
    this.createdProducts = products.created
    this.updatedProducts = products.updated.map(([product, before]) => ({ product, before }))
    this.deletedProducts = products.deleted
    this.deletedProductIds = products.deletedIds
    const categories = differences(book.categories, (id) => book.base.category(id))
    this.createdCategories = [...categories.created].sort((a, b) => a.level - b.level)
    this.updatedCategories = categories.updated.map(([category, before]) => ({ category, before }))
    this.deletedCategories = categories.deleted
    this.deletedCategoryIds = categories.deletedIds
    const attributes = differences(book.attributes, (id) => book.base.attribute(id))
    this.createdAttributes = attributes.created
    this.updatedAttributes = attributes.updated.map(([attribute, before]) => ({
      attribute,
      before
    }))
    this.deletedAttributes = attributes.deleted
    this.deletedAttributeIds = attributes.deletedIds
    this.slugs = slugsOf(book)
    this.seenStock = [...book.seenStock].filter(
      ({ productId }) => book.product(productId) !== undefined
    )
    this.events = [...book.events]
    this.receipts = receipts
  }

  /** The rows of a book and its events, and the answers to keep. */
  static of(book: OpenBook, receipts: ReadonlyArray<Receipt>): CatalogChanges {
    return new CatalogChanges(book, receipts)
  }

  /** Whether nothing is to be written. */
  get isEmpty(): boolean {
    return this.events.length === 0 && this.receipts.length === 0 && this.seenStock.length === 0
  }
}

const differences = <Id, Row>(
  here: Iterable<readonly [Id, Row | undefined]>,
  loaded: (id: Id) => Row | undefined
) => {
  const created: Array<Row> = []
  const updated: Array<readonly [Row, Row]> = []
  const deleted: Array<Row> = []
  const deletedIds: Array<Id> = []
  for (const [id, row] of here) {
    const before = loaded(id)
    if (row === undefined) {
      deletedIds.push(id)
      if (before !== undefined) deleted.push(before)
    } else if (before === undefined) created.push(row)
    else updated.push([row, before])
  }
  return { created, updated, deleted, deletedIds }
}

/** Every slug that a product got within the batch and kept, though it may have another one by now. */
const slugsOf = (book: OpenBook) => {
  const slugs = new Map<string, ProductId>()
  for (const event of book.events) {
    if (event.eventType !== "product.created" && event.eventType !== "product.updated") continue
    const { id, slug } = event.payload.product
    if (slug !== null && book.product(id) !== undefined) slugs.set(slug, id)
  }
  return [...slugs].map(([slug, productId]) => ({ slug, productId }))
}
