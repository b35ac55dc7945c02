/** The kind of an event's aggregate. */
import { expect, it } from "vitest"
import { aggregateTypeOf } from "../../src/kernel/DomainEvent.ts"

it.each([
  ["inventory.stock.reserved", "SKU"],
  ["inventory.reservation.resized", "SKU"],
  ["inventory.location.updated", "LOCATION"],
  ["inventory.later.thing", "SKU"],
  ["ordering.order.rejected", "ORDER"],
  ["product.created", "PRODUCT"],
  ["category.updated", "CATEGORY"],
  ["counter.added", "COUNTER"],
  ["counted", "COUNTED"],
  ["", ""]
])("The aggregate of %s is %s, however often it is asked", (eventType, aggregateType) => {
  expect([aggregateTypeOf(eventType), aggregateTypeOf(eventType)]).toEqual([
    aggregateType,
    aggregateType
  ])
})
