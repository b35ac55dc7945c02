/** The words of the questions about the catalog, and of their answers. */
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import type * as EventLog from "../../events/EventLog.ts"
import type { LoggedPage } from "../../events/EventView.ts"
import { AggregateId, ProductId, unchecked } from "../../kernel/Identifier.ts"
import { pageOf } from "../../kernel/Page.ts"
import { Day } from "../../kernel/ReportDays.ts"
import { Attribute, AttributeKind } from "../state/Attribute.ts"
import { Category } from "../state/Category.ts"
import type { CategoryBranch } from "../state/CategoryTree.ts"
import { Product } from "../state/Product.ts"
import { ProductOption } from "../state/ProductOption.ts"
import { type CatalogEvent, EventType } from "./CatalogEvent.ts"

export { EventsView } from "../../events/EventView.ts"

const optional = Schema.optionalKey

/** A category of a product, whole, and whether it is the primary one. */
export const CategoryOfProduct = Schema.Struct({
  ...Category.fields,
  isPrimary: Schema.Boolean
}).annotate({ identifier: "CategoryOfProduct" })

/**
 * A product as it is read: whole, its categories too. `isShown` says whether buyers see it at the
 * instant of the read: it is ACTIVE, and within its time of publication.
 */
export const ProductView = Schema.Struct({
  ...Product.mapFields(Struct.omit(["categories"])).fields,
  categories: Schema.Array(CategoryOfProduct),
  isShown: Schema.Boolean
}).annotate({ identifier: "ProductView" })
export interface ProductView extends Schema.Schema.Type<typeof ProductView> {}

/**
 * What is in stock of a mapped SKU, in units; null while it is unknown, because the inventory does
 * not answer or has no such SKU.
 */
export const SkuStockView = Schema.Struct({
  skuId: unchecked.skuId,
  status: Schema.Literals(["known", "unknown"]),
  availableQuantity: Schema.NullOr(Schema.Int),
  inStockQuantity: Schema.NullOr(Schema.Int)
}).annotate({ identifier: "SkuStockView" })
export interface SkuStockView extends Schema.Schema.Type<typeof SkuStockView> {}

/**
 * How many units of an option can be had at once, and the SKU that allows no more; null while that
 * is unknown, and for an option that maps nothing.
 */
export const OptionAvailabilityView = Schema.Struct({
  optionId: unchecked.optionId,
  availableQuantity: Schema.NullOr(Schema.Int),
  limitingSkuId: Schema.NullOr(unchecked.skuId)
}).annotate({ identifier: "OptionAvailability" })
export interface OptionAvailabilityView extends Schema.Schema.Type<typeof OptionAvailabilityView> {}

/**
 * A product with its options, the stock of every SKU that they map, once each, and how many of each
 * option can be had.
 */
export const ProductAnswer = Schema.Struct({
  product: ProductView,
  options: Schema.Array(ProductOption),
  stockStatus: Schema.Array(SkuStockView),
  availability: Schema.Array(OptionAvailabilityView)
}).annotate({ identifier: "ProductAnswer" })
export interface ProductAnswer extends Schema.Schema.Type<typeof ProductAnswer> {}

/** Products, in the order asked; those that nobody knows are named. */
export const ProductsAnswer = Schema.Struct({
  items: Schema.Array(ProductAnswer),
  unknownProductIds: Schema.Array(unchecked.productId)
}).annotate({ identifier: "ProductsAnswer" })

/**
 * How a list of products is sorted; a minus turns it round. Equal ones are in the order of ids. By
 * relevance, which needs a search, those come first that are found by their names. By price, which is
 * that of the cheapest option, those are listed alone that have one; currencies are not converted.
 */
export const ProductSort = Schema.Literals([
  "name",
  "-name",
  "price",
  "-price",
  "createdAt",
  "-createdAt",
  "relevance"
])
export type ProductSort = typeof ProductSort.Type

/** The most products on a page. */
export const productsOfPageMax = 250

/** Products on a page by default. */
export const productsOfPageDefault = 20

/** The most products before a page that is asked for by its number; further on, use the cursor. */
export const skippedMax = 10_000

/** How many products of a list have one of the values of an attribute; `name` is that of a choice. */
export const FacetCount = Schema.Struct({
  value: Schema.String,
  name: Schema.NullOr(Schema.String),
  products: Schema.Int
}).annotate({ identifier: "FacetCount" })

/**
 * What the products of a list have of one attribute, whatever the list is narrowed to by the attribute
 * itself. A CHOICE has a count for each choice, also for those that no product has, and a BOOLEAN for
 * true and for false; of a NUMBER there are the least and the greatest. `products` have a value at
 * all. When not `isWhole`, the list has more products than are counted, and only some of them were.
 */
export const Facet = Schema.Struct({
  code: Schema.String,
  name: Schema.String,
  kind: AttributeKind,
  unit: Schema.NullOr(Schema.String),
  products: Schema.Int,
  counts: Schema.Array(FacetCount),
  least: Schema.NullOr(Schema.Finite),
  greatest: Schema.NullOr(Schema.Finite),
  isWhole: Schema.Boolean
}).annotate({ identifier: "Facet" })
export interface Facet extends Schema.Schema.Type<typeof Facet> {}

/**
 * A page of products; `page` is its number when it was asked for by one, `next` the cursor. `facets`
 * are those that were asked for, in that order; null when none were.
 */
export const ProductsPage = Schema.Struct({
  items: Schema.Array(ProductView),
  page: Schema.NullOr(Schema.Int),
  size: Schema.Int,
  next: Schema.NullOr(Schema.String),
  facets: Schema.NullOr(Schema.Array(Facet))
}).annotate({ identifier: "ProductsPage" })

/** A page of attributes, in the order of their codes; `next` is the cursor of the next page. */
export const AttributesPage = pageOf(Attribute).annotate({ identifier: "AttributesPage" })

/** A category with all that is below it, siblings in their order. */
export const CategoryTreeView: Schema.Codec<CategoryBranch, CategoryBranchJson> = Schema.Struct({
  ...Category.fields,
  children: Schema.Array(
    Schema.suspend((): Schema.Codec<CategoryBranch, CategoryBranchJson> => CategoryTreeView)
  )
}).annotate({ identifier: "CategoryTree" })

/** A branch of the tree as JSON has it. */
export type CategoryBranchJson = (typeof Category)["Encoded"] & {
  readonly children: ReadonlyArray<CategoryBranchJson>
}

/** The tree of categories. */
export const CategoryTreeAnswer = Schema.Struct({ categories: Schema.Array(CategoryTreeView) })

/** One mapping: so many units of a SKU leave for one unit of the option of the product. */
export const MappingView = Schema.Struct({
  productId: unchecked.productId,
  optionId: unchecked.optionId,
  skuId: unchecked.skuId,
  quantity: Schema.Int
}).annotate({ identifier: "MappingView" })
export interface MappingView extends Schema.Schema.Type<typeof MappingView> {}

/** A page of mappings, in the order of options and SKUs; `next` is the cursor of the next page. */
export const MappingsAnswer = Schema.Struct({
  mappings: Schema.Array(MappingView),
  next: Schema.NullOr(Schema.String)
}).annotate({ identifier: "MappingsAnswer" })

/** What has an external id. */
export const ExternalKind = Schema.Literals(["product", "option", "category"])
export type ExternalKind = typeof ExternalKind.Type

/** Who has an external id; `productId` is the product of an option, else null. */
export const ExternalOwner = Schema.Struct({
  externalId: Schema.String,
  id: Schema.String,
  productId: Schema.NullOr(unchecked.productId)
}).annotate({ identifier: "ExternalOwner" })
export interface ExternalOwner extends Schema.Schema.Type<typeof ExternalOwner> {}

const listOf = <S extends Schema.Top>(item: S, items: string, maximum: number) =>
  Schema.Array(item).check(
    Schema.isBetweenLength(1, maximum, { message: `must have 1 to ${maximum} ${items}` })
  )

/** Which events: of any of these types, and of any of these products and categories. */
export const EventsFilter = Schema.Struct({
  types: optional(listOf(EventType, "event types", 16)),
  aggregateIds: optional(listOf(AggregateId, "ids", 100))
})
export interface EventsFilter extends Schema.Schema.Type<typeof EventsFilter> {}

/** A product by how often it was read alone; its name is null once it is deleted. */
export const ViewedProduct = Schema.Struct({
  productId: ProductId,
  name: Schema.NullOr(Schema.String),
  views: Schema.Int
}).annotate({ identifier: "ViewedProduct" })
export interface ViewedProduct extends Schema.Schema.Type<typeof ViewedProduct> {}

/** The products that were read most from one day to another, both included, in UTC; most first. */
export const MostViewed = Schema.Struct({
  from: Day,
  to: Day,
  items: Schema.Array(ViewedProduct)
}).annotate({ identifier: "MostViewed" })
export interface MostViewed extends Schema.Schema.Type<typeof MostViewed> {}

/** An event of the catalog and its place in the log. */
export type LoggedEvent = EventLog.LoggedEvent<CatalogEvent>

/** Events after a position; `next` is where to go on, whether or not there was one. */
export type LoggedEvents = LoggedPage<CatalogEvent>
