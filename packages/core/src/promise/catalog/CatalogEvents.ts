/** The events of the catalog as the Promise door gives them: plain values, instants as `Date`. */
import type { ReadOptions } from "../engine/RequestOptions.ts"
import type { Attribute, Category, Product } from "./CatalogAnswers.ts"

/** The SKUs that the options of a product mapped before an event, and map after it. */
export interface SkusAround {
  readonly skuIds: { readonly before: ReadonlyArray<string>; readonly after: ReadonlyArray<string> }
}

/** What an event says of an option that moved between ACTIVE and SOLD_OUT. */
export interface OptionMoved {
  readonly productId: string
  readonly optionId: string
  /** Whether a person or the stock moved it. */
  readonly statusBy: "PERSON" | "STOCK"
  readonly skuIds: ReadonlyArray<string>
}

/** A product after an event, whole, and the fields that changed. */
export interface ProductChanged extends SkusAround {
  readonly product: Product
  readonly changed: ReadonlyArray<string>
}

/** The payload of each event type. */
export interface CatalogPayloads {
  readonly "product.created": ProductChanged
  readonly "product.updated": ProductChanged
  readonly "product.deleted": { readonly productId: string; readonly skuIds: ReadonlyArray<string> }
  readonly "product.option.sold-out": OptionMoved
  readonly "product.option.back": OptionMoved
  readonly "category.created": { readonly category: Category }
  readonly "category.updated": {
    readonly category: Category
    readonly changed: ReadonlyArray<string>
  }
  readonly "category.moved": {
    readonly category: Category
    readonly previousParentId: string | null
    readonly previousLevel: number
  }
  readonly "category.deleted": { readonly categoryId: string; readonly parentId: string | null }
  readonly "attribute.created": { readonly attribute: Attribute }
  readonly "attribute.updated": {
    readonly attribute: Attribute
    readonly changed: ReadonlyArray<string>
  }
  readonly "attribute.deleted": { readonly attributeId: string; readonly code: string }
}

/** The type of an event of the catalog. */
export type CatalogEventType = keyof CatalogPayloads

/** The event of one type. */
export interface CatalogEventOf<Type extends CatalogEventType> {
  readonly eventId: string
  readonly eventType: Type
  /** The product, the category or the attribute that it happened to. */
  readonly aggregateId: string
  /** Which of them. */
  readonly aggregateType: string
  /** The aggregate's own sequence, from 1 and without gaps. */
  readonly version: number
  readonly timestamp: Date
  readonly commandId: string
  readonly correlationId: string | null
  readonly traceparent: string | null
  /** How often the log was adopted after a restore of its database, counted from 1. */
  readonly incarnation?: number | undefined
  readonly payload: CatalogPayloads[Type]
}

/** Any event of some types; its `eventType` says which. */
export type CatalogEventAmong<Types extends CatalogEventType> = {
  readonly [Type in Types]: CatalogEventOf<Type>
}[Types]

/** Any event; its `eventType` says which. */
export type CatalogEvent = CatalogEventAmong<CatalogEventType>

/** An event and its place in the log of the catalog; of some types when they are named. */
export interface LoggedCatalogEvent<Types extends CatalogEventType = CatalogEventType> {
  readonly position: number
  readonly event: CatalogEventAmong<Types>
}

/** Events, by pages. Awaited, it is the first page; iterated, it is every page to the end of the log. */
export interface CatalogEventPages
  extends Promise<ReadonlyArray<LoggedCatalogEvent>>,
    AsyncIterable<ReadonlyArray<LoggedCatalogEvent>> {}

/** Which events. When both `types` and `aggregateIds` are given, both must hold. */
export interface CatalogEventsOptions extends ReadOptions {
  /** Events of any of these types, 1 to 16. */
  readonly types?: ReadonlyArray<CatalogEventType> | undefined
  /** What happened to these products, categories and attributes, 1 to 100 ids. */
  readonly aggregateIds?: ReadonlyArray<string> | undefined
  /** The position of the last event that you have: 0, from the start. */
  readonly after?: number | undefined
  /**
   * The id of that event: a log that does not have it there, since its database was restored to an
   * earlier state, is refused with `LogRestored`. An iteration checks so from page to page by itself.
   */
  readonly afterEventId?: string | undefined
  /** Events on a page at most, 1 to 1,000: 100. */
  readonly size?: number | undefined
  /**
   * Whether an iteration waits for more at the end of the log, until its `signal` aborts, Holdfast is
   * closed, or you leave the loop: false.
   */
  readonly follow?: boolean | undefined
}
