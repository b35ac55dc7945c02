/** Where an event goes and what it looks like there, without a broker. */
import { unchecked } from "@holdfast/core/engine"
import { contextOf, type KeptEvent } from "@holdfast/core/events"
import * as DateTime from "effect/DateTime"
import { expect, it } from "vitest"
import { headersOf, messageOf } from "../src/messages/messageOf.ts"
import { topicOf } from "../src/messages/topicOf.ts"

const event: KeptEvent = {
  position: 7,
  eventId: unchecked.eventId.make("e-7"),
  eventType: "inventory.stock.reserved",
  aggregateId: "mug",
  aggregateType: "SKU",
  version: 3,
  timestamp: DateTime.makeUnsafe("2026-02-03T04:05:06.789Z"),
  commandId: unchecked.commandId.make("c-1"),
  correlationId: "order-1",
  traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
  payloadJson: '{"name":"Café"}'
}

it.each([
  ["inventory.stock.updated", "inventory"],
  ["ordering.order.rejected", "ordering"],
  ["product.created", "catalog"],
  ["category.renamed", "catalog"],
  ["counted", "counted"]
])("finds the context of %s: %s", (eventType, context) => {
  expect(contextOf(eventType)).toBe(context)
})

it("names a topic after the context, or after the type", () => {
  const naming = { topicPrefix: "shop" }
  expect(topicOf({ ...naming, topics: "context" }, "product.created")).toBe("shop.catalog")
  expect(topicOf({ ...naming, topics: "eventType" }, "product.created")).toBe(
    "shop.product.created"
  )
})

it("has the envelope's fields and CloudEvents 1.0 as headers", () => {
  expect(headersOf(event)).toEqual({
    eventType: "inventory.stock.reserved",
    eventId: "e-7",
    aggregateType: "SKU",
    version: "3",
    correlationId: "order-1",
    traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    "content-type": "application/json",
    ce_specversion: "1.0",
    ce_id: "e-7",
    ce_type: "inventory.stock.reserved",
    ce_source: "urn:holdfast:inventory",
    ce_subject: "mug",
    ce_time: "2026-02-03T04:05:06.789Z"
  })
})

it("leaves out the headers that an event has no value for", () => {
  const headers = headersOf({ ...event, correlationId: null, traceparent: null })
  expect(Object.keys(headers)).not.toContain("correlationId")
  expect(Object.keys(headers)).not.toContain("traceparent")
})

it("has the aggregate as key, and the envelope with the payload's own text as value", () => {
  const { bytes, key, value } = messageOf(event)
  expect(key.toString()).toBe("mug")
  expect(JSON.parse(value.toString())).toEqual({
    eventId: "e-7",
    eventType: "inventory.stock.reserved",
    aggregateId: "mug",
    timestamp: "2026-02-03T04:05:06.789Z",
    payload: { name: "Café" },
    aggregateType: "SKU",
    version: 3,
    commandId: "c-1",
    correlationId: "order-1",
    traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
  })
  expect(bytes).toBeGreaterThan(value.length)
})
