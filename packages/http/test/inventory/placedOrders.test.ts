import { describe, expect, it } from "vitest"
import { serverForTests } from "../server.ts"

const { call, clock, get, post, sku } = serverForTests({ requestLinesMax: 4 })

const of = (orderId: string, rest = "") =>
  `/api/inventory/orders/${encodeURIComponent(orderId)}${rest}`

const place = (orderId: string, skuId: string, quantity: number, more: object = {}) =>
  call("PUT", of(orderId), { body: { lines: [{ skuId, quantity }], ...more } })

describe("placed orders over HTTP", () => {
  it("S9 are held, paid and completed, each once", async () => {
    const skuId = await sku(3)
    const held = await place("placed / 1", skuId, 2, { ownerId: "ann", ttl: 60 })
    expect([held.status, held.json]).toEqual([
      200,
      {
        _tag: "Reserved",
        orderId: "placed / 1",
        version: 1,
        reservations: [expect.objectContaining({ skuId, quantity: 2, status: "PENDING" })]
      }
    ])
    expect((await place("placed / 1", skuId, 3)).json).toEqual(held.json)
    const paid = await post(of("placed / 1", "/pay"))
    expect(paid.json).toMatchObject({ _tag: "Confirmed", version: 2 })
    expect((await post(of("placed / 1", "/pay"))).json).toEqual(paid.json)
    const completed = await post(of("placed / 1", "/complete"), { reference: "parcel 7" })
    expect(completed.json).toEqual({ _tag: "Fulfilled", orderId: "placed / 1", version: 3 })
    expect((await get(`/api/inventory/${skuId}`)).json.totalQuantity).toBe(1)
    const off = await post(of("placed / 1", "/cancel"))
    expect([off.status, off.json]).toMatchObject([
      409,
      { type: expect.stringContaining("order-conflict"), orderId: "placed / 1" }
    ])
    const events = `/api/inventory/events?orderId=${encodeURIComponent("placed / 1")}`
    const items: ReadonlyArray<{ aggregateType: string; eventType: string; version: number }> = (
      await get(events)
    ).json.items
    expect(
      items
        .filter(({ aggregateType }) => aggregateType === "ORDER")
        .map(({ eventType, version }) => [eventType, version])
    ).toEqual([
      ["ordering.order.reserved", 1],
      ["ordering.order.confirmed", 2],
      ["ordering.order.fulfilled", 3]
    ])
  })

  it("S9 are read as they stand", async () => {
    const skuId = await sku(3)
    const missing = await get(of("read / 1"))
    expect([missing.status, missing.json]).toMatchObject([
      404,
      { type: expect.stringContaining("order-not-placed"), orderId: "read / 1" }
    ])
    const { reservations } = (await place("read / 1", skuId, 2, { ownerId: "ann" })).json
    const placedAt = expect.stringMatching(/^\d{4}-\d\d-\d\dT/)
    const read = await get(of("read / 1"))
    expect([read.status, read.json]).toEqual([
      200,
      {
        orderId: "read / 1",
        version: 1,
        status: "RESERVED",
        ownerId: "ann",
        placedAt,
        changedAt: placedAt,
        short: [],
        reservations
      }
    ])
    await post(of("read / 1", "/cancel"))
    const cancelled = { status: "CANCELLED", version: 2, reservations: [] }
    expect((await get(of("read / 1"))).json).toMatchObject(cancelled)
    expect((await get(of("reservations"))).status).toBe(404)
  })

  it("S9 are rejected with every short line, for good", async () => {
    const skuId = await sku(1)
    const rejected = await place("short", skuId, 2)
    expect([rejected.status, rejected.json]).toMatchObject([
      200,
      { _tag: "Rejected", version: 1, short: [{ line: 0, skuId, requested: 2, available: 1 }] }
    ])
    await post(`/api/inventory/${skuId}/receive`, { quantity: 5 })
    expect((await place("short", skuId, 2)).json).toEqual(rejected.json)
  })

  it("S9 are paid late, or cancelled", async () => {
    const skuId = await sku(1)
    await place("late", skuId, 1, { ttl: 10 })
    clock.advance(10_000)
    await place("quicker", skuId, 1)
    expect((await post(of("late", "/pay"))).json).toMatchObject({ _tag: "PaidLate" })
    expect((await post(of("quicker", "/cancel"))).json).toMatchObject({ _tag: "Cancelled" })
    expect((await get(`/api/inventory/${skuId}`)).json.availableQuantity).toBe(1)
  })

  it("S9 are not there before they are placed, and bad input names the field", async () => {
    const skuId = await sku(1)
    for (const step of ["/pay", "/cancel", "/complete"]) {
      expect((await post(of("never", step))).status).toBe(404)
    }
    const many = await call("PUT", of("never"), {
      body: { lines: Array.from({ length: 5 }, () => ({ skuId, quantity: 1 })) }
    })
    expect([many.status, many.json.issues[0].path]).toEqual([400, "lines"])
    const odd = await place("never", skuId, 1, { reservationId: "x", ownerId: "" })
    expect(odd.json.issues.map(({ path }: { path: string }) => path).sort()).toEqual([
      "ownerId",
      "reservationId"
    ])
  })
})
