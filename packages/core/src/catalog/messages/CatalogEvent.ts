/**
 * What happened to the catalog: the events that `decide` returns are the events that are stored,
 * applied and published, one vocabulary. A product is the aggregate of every event about it and its
 * options; a category and an attribute are their own.
 */
import * as Schema from "effect/Schema"
import type { DomainEvent } from "../../kernel/DomainEvent.ts"
import { eventCodecOf } from "../../kernel/eventCodec.ts"
import {
  type AttributeId,
  type CategoryId,
  type ProductId,
  unchecked
} from "../../kernel/Identifier.ts"
import { Attribute } from "../state/Attribute.ts"
import { Category } from "../state/Category.ts"
import { changeableFields, Product } from "../state/Product.ts"
import { StatusBy } from "../state/ProductOption.ts"

const skuIds = Schema.Array(unchecked.skuId)

const productAfter = Product.annotate({ description: "The product after the event, whole" })

const skusAround = {
  skuIds: Schema.Struct({ before: skuIds, after: skuIds }).annotate({
    description: "The SKUs that the product's options mapped before, and map now"
  })
}

const categoryAfter = Category.annotate({
  description: "The category after the event; the levels of what is below it follow from its own"
})

const attributeAfter = Attribute.annotate({ description: "The attribute after the event, whole" })

const ofOption = {
  productId: unchecked.productId,
  optionId: unchecked.optionId,
  statusBy: StatusBy.annotate({ description: "Whether a person or the stock moved it" }),
  skuIds: skuIds.annotate({ description: "The SKUs of the option" })
}

/** The payload of each event type. Its description says when the event happens. */
export const payloads = {
  "product.created": Schema.Struct({
    product: productAfter,
    changed: Schema.Array(Schema.String).annotate({ description: "Empty: all of it is new" }),
    ...skusAround
  }).annotate({ description: "A product was made." }),
  "product.updated": Schema.Struct({
    product: productAfter,
    changed: Schema.Array(Schema.String).annotate({
      description: `The fields that changed, of: ${changeableFields.join(", ")}`
    }),
    ...skusAround
  }).annotate({ description: "A person changed a product, its options, images or categories." }),
  "product.deleted": Schema.Struct({ productId: unchecked.productId, skuIds }).annotate({
    description: "A product was deleted. Its id is never used again."
  }),
  "product.option.sold-out": Schema.Struct(ofOption).annotate({
    description: "An option became SOLD_OUT: it is on show, and cannot be bought now."
  }),
  "product.option.back": Schema.Struct(ofOption).annotate({
    description: "An option that was SOLD_OUT is ACTIVE again."
  }),
  "category.created": Schema.Struct({ category: categoryAfter }).annotate({
    description: "A category was made."
  }),
  "category.updated": Schema.Struct({
    category: categoryAfter,
    changed: Schema.Array(Schema.String).annotate({
      description:
        "The fields that changed, of: name, translations, sortOrder, isActive, externalId"
    })
  }).annotate({ description: "A category was renamed, put elsewhere in order, opened or closed." }),
  "category.moved": Schema.Struct({
    category: categoryAfter,
    previousParentId: Schema.NullOr(unchecked.categoryId),
    previousLevel: Schema.Int.annotate({
      description: "What is below the category moved by as many levels as the category itself"
    })
  }).annotate({ description: "A category has another parent, with all that is below it." }),
  "category.deleted": Schema.Struct({
    categoryId: unchecked.categoryId,
    parentId: Schema.NullOr(unchecked.categoryId)
  }).annotate({ description: "An empty category was deleted. Its id is never used again." }),
  "attribute.created": Schema.Struct({ attribute: attributeAfter }).annotate({
    description: "An attribute was made, of which products may have values."
  }),
  "attribute.updated": Schema.Struct({
    attribute: attributeAfter,
    changed: Schema.Array(Schema.String).annotate({
      description:
        "The fields that changed, of: name, translations, unit, choices, isFilterable, isActive"
    })
  }).annotate({ description: "An attribute was changed, retired, or taken into use again." }),
  "attribute.deleted": Schema.Struct({
    attributeId: unchecked.attributeId,
    code: Schema.String
  }).annotate({
    description: "An attribute of which no product has a value was deleted. Its code is free again."
  })
} as const

/** The type of a catalog event. */
export type CatalogEventType = keyof typeof payloads

/** The payload of each event type. */
export type CatalogPayloads = {
  readonly [Type in CatalogEventType]: (typeof payloads)[Type]["Type"]
}

/** The types of events, as a schema. */
export const EventType = Schema.Literals(
  Object.keys(payloads) as ReadonlyArray<CatalogEventType>
).annotate({ identifier: "CatalogEventType" })

/** The aggregate of each event type. */
export type CatalogAggregateIds = {
  readonly [Type in CatalogEventType]: Type extends `category.${string}`
    ? CategoryId
    : Type extends `attribute.${string}`
      ? AttributeId
      : ProductId
}

/** The catalog event of one type. */
export type CatalogEventOf<Type extends CatalogEventType> = DomainEvent<
  Type,
  CatalogPayloads[Type],
  CatalogAggregateIds[Type]
>

/** Any catalog event; its `eventType` says which. */
export type CatalogEvent = {
  readonly [Type in CatalogEventType]: CatalogEventOf<Type>
}[CatalogEventType]

/** An event about a category. */
export type CategoryEvent = Extract<CatalogEvent, { readonly eventType: `category.${string}` }>

/** An event about an attribute. */
export type AttributeEvent = Extract<CatalogEvent, { readonly eventType: `attribute.${string}` }>

/** An event about a product or its options. */
export type ProductEvent = Exclude<CatalogEvent, CategoryEvent | AttributeEvent>

/** Whether an event is about a category. */
export const isCategoryEvent = (event: CatalogEvent): event is CategoryEvent =>
  event.aggregateType === "CATEGORY"

/** Whether an event is about an attribute. */
export const isAttributeEvent = (event: CatalogEvent): event is AttributeEvent =>
  event.aggregateType === "ATTRIBUTE"

const codec = eventCodecOf<CatalogEvent, typeof payloads>(payloads)

/** Any catalog event, with the one codec by which it is kept and sent. */
export const CatalogEvent = codec.schema

/** Reads the payload of a kept event: see `eventCodecOf`. */
export const readPayload = codec.readPayload

/** Reads an event that the log kept. */
export const readKept = codec.readKept
