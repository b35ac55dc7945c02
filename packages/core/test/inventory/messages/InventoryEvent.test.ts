import { describe, expect, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Schema from "effect/Schema"
import { InventoryEvent, readPayload } from "../../../src/inventory/messages/InventoryEvent.ts"

const units = { totalQuantity: 5, reservedQuantity: 2, availableQuantity: 3 }

const reserved = {
  eventId: "01a00000-0000-7000-8000-000000000000",
  eventType: "inventory.stock.reserved",
  aggregateId: "mug",
  aggregateType: "SKU",
  version: 2,
  timestamp: "2026-03-01T09:00:00.000Z",
  commandId: "01a00000-0000-7000-8000-000000000000",
  correlationId: null,
  traceparent: null,
  payload: {
    reservationId: "01a00000-0000-7000-8000-000000008000",
    orderId: "o-1",
    skuId: "mug",
    locationId: "default",
    level: units,
    sku: units,
    quantity: 2,
    lineId: null,
    expiresAt: "2026-03-01T09:15:00.000Z",
    replaces: null
  }
}

describe("an event", () => {
  it("has one codec, by which it goes out as it came in", () => {
    const event = Schema.decodeUnknownSync(InventoryEvent)(reserved)
    expect(DateTime.isDateTime(event.timestamp)).toBe(true)
    expect(event.eventType === "inventory.stock.reserved" && event.payload.expiresAt).toEqual(
      DateTime.makeUnsafe("2026-03-01T09:15:00.000Z")
    )
    expect(Schema.encodeSync(InventoryEvent)(event)).toEqual(reserved)
  })

  it("keeps what a later release added, in its fields and in its words", () => {
    const added = { ...reserved.payload, channel: "web" }
    expect(readPayload(JSON.stringify(added), reserved.eventType)).toMatchObject({
      channel: "web",
      expiresAt: DateTime.makeUnsafe("2026-03-01T09:15:00.000Z")
    })
    const { expiresAt, lineId, replaces, ...rest } = reserved.payload
    const released = { ...rest, reason: "DAMAGED" }
    expect(readPayload(JSON.stringify(released), "inventory.stock.released")).toEqual(released)
  })

  it("keeps what a later release added to the SKU or the location in it", () => {
    const sku = {
      id: "mug",
      code: "MUG",
      name: "Mug",
      description: null,
      weight: null,
      volume: null,
      backorderLimit: 0,
      safetyStock: 0,
      lowStockThreshold: null,
      createdAt: "2026-03-01T09:00:00.000Z",
      archivedAt: null
    }
    const later = { sku: { ...sku, brand: { name: "Hold", tags: ["new"] } }, locationId: "default" }
    const instants = { createdAt: DateTime.makeUnsafe(sku.createdAt) }
    expect(readPayload(JSON.stringify(later), "inventory.sku.created")).toEqual({
      ...later,
      sku: { ...later.sku, ...instants }
    })
    const location = {
      id: "shop",
      name: "Shop",
      priority: 1,
      isDefault: false,
      sellable: true,
      active: true,
      version: 1,
      area: "north"
    }
    const payload = readPayload(JSON.stringify({ location }), "inventory.location.created")
    expect(payload).toEqual({ location })
  })

  it("is given as plain JSON when only a later release knows its type", () => {
    for (const type of ["inventory.stock.blessed", "__proto__", "constructor", "toString"]) {
      expect(readPayload('{"expiresAt":"soon"}', type)).toEqual({ expiresAt: "soon" })
    }
  })
})
