/**
 * What an event does to what it touches. Pure, total, and never refusing: an event has happened.
 * Most events carry the state after them, so replaying a log gives the rows that were written.
 */

import type { CatalogEvent } from "../messages/CatalogEvent.ts"
import {
  type AttributeEvent,
  type CategoryEvent,
  isCategoryEvent,
  type ProductEvent
} from "../messages/CatalogEvent.ts"
import type { Attribute } from "../state/Attribute.ts"
import type { Category } from "../state/Category.ts"
import type { Product } from "../state/Product.ts"
import type { ProductOption } from "../state/ProductOption.ts"

/** A product after an event of its own; undefined when it was deleted. */
export const evolveProduct = (
  before: Product | undefined,
  event: ProductEvent
): Product | undefined => {
  switch (event.eventType) {
    case "product.created":
    case "product.updated":
      return event.payload.product
    case "product.deleted":
      return undefined
    case "product.option.sold-out":
    case "product.option.back": {
      if (before === undefined) return undefined
      const { optionId, statusBy } = event.payload
      const status = event.eventType === "product.option.back" ? "ACTIVE" : "SOLD_OUT"
      const options = before.options.map(
        (option): ProductOption =>
          option.id === optionId ? { ...option, status, statusBy } : option
      )
      return { ...before, options, version: event.version, updatedAt: event.timestamp }
    }
  }
}

/** A category after an event of its own; undefined when it was deleted. */
export const evolveCategory = (event: CategoryEvent): Category | undefined =>
  event.eventType === "category.deleted" ? undefined : event.payload.category

/** An attribute after an event of its own; undefined when it was deleted. */
export const evolveAttribute = (event: AttributeEvent): Attribute | undefined =>
  event.eventType === "attribute.deleted" ? undefined : event.payload.attribute

/** By how many levels what is below the category of an event moves with it. */
export const levelShiftOf = (event: CatalogEvent): number =>
  isCategoryEvent(event) && event.eventType === "category.moved"
    ? event.payload.category.level - event.payload.previousLevel
    : 0
