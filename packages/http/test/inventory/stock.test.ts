import { describe, expect, it } from "vitest"
import { serverForTests } from "../server.ts"

const { call, clock, get, post, sku } = serverForTests()

const stockOf = async (skuId: string) => (await get(`/api/inventory/${skuId}`)).json

describe("stock over HTTP", () => {
  it("receives, ships and takes back goods", async () => {
    const skuId = await sku()
    const received = await post(`/api/inventory/${skuId}/receive`, {
      quantity: 10,
      reference: "PO-1",
      actor: "dock 4",
      occurredAt: "2026-01-30T08:00:00+09:00"
    })
    expect(received.status).toBe(200)
    expect(received.json.movements).toMatchObject([
      {
        type: "RECEIPT",
        quantity: 10,
        balanceAfter: 10,
        reference: "PO-1",
        actor: "dock 4",
        occurredAt: "2026-01-29T23:00:00.000Z"
      }
    ])
    expect(received.json.levels).toMatchObject([{ totalQuantity: 10, availableQuantity: 10 }])
    const shipped = await post(`/api/inventory/${skuId}/ship`, { quantity: 4 })
    expect(shipped.json.movements).toMatchObject([{ type: "SHIPMENT", quantity: -4 }])
    const returned = await post(`/api/inventory/${skuId}/return`, { quantity: 1, reason: "torn" })
    expect(returned.json.movements).toMatchObject([{ type: "RETURN", quantity: 1 }])
    expect(await stockOf(skuId)).toMatchObject({ totalQuantity: 7 })
  })

  it("does not ship units that are promised", async () => {
    const skuId = await sku(5)
    await post("/api/inventory/reservations", { skuId, quantity: 4, orderId: "o" })
    const answer = await post(`/api/inventory/${skuId}/ship`, { quantity: 2 })
    expect(answer.status).toBe(409)
    expect(answer.json).toMatchObject({
      type: "urn:holdfast:problem:insufficient-on-hand",
      requested: 2,
      removable: 1
    })
  })

  it("adjusts with a reason, and lists the holds that stand in the way", async () => {
    const skuId = await sku(5)
    const hold = await post("/api/inventory/reservations", { skuId, quantity: 5, orderId: "o-1" })
    const body = { quantity: -2, reason: "broken" }
    const refused = await post(`/api/inventory/${skuId}/adjust`, body)
    expect(refused.status).toBe(409)
    expect(refused.json).toMatchObject({ shortfallQuantity: 2 })
    expect(refused.json.holds).toMatchObject([{ reservationId: hold.json.id, status: "PENDING" }])
    const taken = await post(`/api/inventory/${skuId}/adjust`, {
      ...body,
      onShortfall: "RELEASE_NEWEST"
    })
    expect(taken.json.released).toMatchObject([{ id: hold.json.id, status: "RELEASED" }])
    const without = await post(`/api/inventory/${skuId}/adjust`, { quantity: 1 })
    expect(without.json.issues).toEqual([{ path: "reason", message: "is required" }])
  })

  it("counts, and refuses a count of a stock that has changed", async () => {
    const skuId = await sku(5)
    const stale = await post(`/api/inventory/${skuId}/count`, {
      countedQuantity: 7,
      expectedQuantity: 6
    })
    expect(stale.status).toBe(412)
    expect(stale.json).toMatchObject({ expected: 6, actual: 5 })
    const counted = await post(`/api/inventory/${skuId}/count`, {
      countedQuantity: 7,
      expectedQuantity: 5
    })
    expect(counted.json.levels).toMatchObject([{ totalQuantity: 7 }])
  })

  it("moves units between locations, and shows each of them", async () => {
    await post("/api/locations", { locationId: "backroom", name: "Back room", sellable: false })
    const skuId = await sku(6)
    const moved = await post(`/api/inventory/${skuId}/transfer`, {
      fromLocationId: "default",
      toLocationId: "backroom",
      quantity: 2
    })
    expect(moved.json.movements).toMatchObject([
      { type: "TRANSFER_OUT", quantity: -2 },
      { type: "TRANSFER_IN", quantity: 2 }
    ])
    const status = (await get(`/api/inventory/${skuId}?locations=true`)).json
    expect(status).toMatchObject({ totalQuantity: 4, largestSingleQuantity: 4 })
    expect(
      status.locations.map((level: { locationId: string; totalQuantity: number }) => [
        level.locationId,
        level.totalQuantity
      ])
    ).toEqual([
      ["default", 4],
      ["backroom", 2]
    ])
    expect((await get(`/api/inventory/${skuId}?locations=false`)).json.locations).toBeUndefined()
    const same = await post(`/api/inventory/${skuId}/transfer`, {
      fromLocationId: "default",
      toLocationId: "default",
      quantity: 1
    })
    expect(same.json.issues).toEqual([
      { path: "toLocationId", message: "must be another location than fromLocationId" }
    ])
  })

  it("tells the stock as of an instant", async () => {
    const skuId = await sku(3)
    const before = new Date(clock.millis).toISOString()
    clock.advance(60)
    await post(`/api/inventory/${skuId}/receive`, { quantity: 4 })
    const then = await get(`/api/inventory/${skuId}?at=${before}`)
    expect(then.json).toEqual({
      skuId,
      at: before,
      totalQuantity: 3,
      locations: [{ locationId: "default", totalQuantity: 3 }]
    })
    const now = new Date(clock.millis).toISOString().replace("Z", "%2B00:00")
    expect((await get(`/api/inventory/${skuId}?at=${now}`)).json.totalQuantity).toBe(7)
    const local = await get(`/api/inventory/${skuId}?at=2026-01-31T09:30:00`)
    expect(local.status).toBe(400)
    expect(local.json.issues[0].path).toBe("at")
  })

  it("S6 leaves places out on request, also of the stock at an instant", async () => {
    const skuId = await sku(3)
    const at = new Date(clock.millis).toISOString()
    const total = { skuId, at, totalQuantity: 3 }
    expect((await get(`/api/inventory/${skuId}?at=${at}&locations=false`)).json).toEqual(total)
    const both = await get(`/api/inventory/${skuId}?at=${at}&locations=true`)
    expect(both.json).toEqual({
      ...total,
      locations: [{ locationId: "default", totalQuantity: 3 }]
    })
  })

  it("lists the ledger newest first, page by page", async () => {
    const skuId = await sku(1)
    for (let quantity = 2; quantity <= 5; quantity++) {
      clock.advance(1)
      await post(`/api/inventory/${skuId}/receive`, { quantity })
    }
    const seen: Array<number> = []
    let next: string | null = null
    do {
      const page: { items: Array<{ quantity: number }>; next: string | null } = (
        await get(
          `/api/inventory/${skuId}/movements?size=2&locationId=default` +
            (next === null ? "" : `&cursor=${next}`)
        )
      ).json
      seen.push(...page.items.map((row) => row.quantity))
      next = page.next
    } while (next !== null)
    expect(seen).toEqual([5, 4, 3, 2, 1])
    expect((await get(`/api/inventory/${skuId}/movements?locationId=else`)).json.items).toEqual([])
  })

  it("tells the stock of many SKUs, and names those that nobody knows", async () => {
    const [one, two] = [await sku(1), await sku(2)]
    const answer = await get(`/api/inventory/stock-status?skuIds=${one},ghost&skuIds=${two}`)
    expect(answer.json.items).toMatchObject([
      { skuId: one, availableQuantity: 1 },
      { skuId: two, availableQuantity: 2 }
    ])
    expect(answer.json.unknownSkuIds).toEqual(["ghost"])
    const skuIds = [one, ...Array.from({ length: 999 }, (_, n) => `none-${n}`)]
    const many = await post("/api/inventory/stock-status", { skuIds })
    expect(many.json.items).toMatchObject([{ skuId: one }])
    expect(many.json.unknownSkuIds.length).toBe(999)
  })

  it("bounds how many SKUs one question may name", async () => {
    const ids = (count: number) => Array.from({ length: count }, (_, n) => `n-${n}`)
    expect((await get(`/api/inventory/stock-status?skuIds=${ids(100)}`)).status).toBe(200)
    expect((await get(`/api/inventory/stock-status?skuIds=${ids(101)}`)).status).toBe(400)
    expect((await get("/api/inventory/stock-status")).status).toBe(400)
    expect((await get("/api/inventory/stock-status?skuIds=")).status).toBe(400)
    const body = { skuIds: ids(1_001) }
    expect((await call("POST", "/api/inventory/stock-status", { body })).status).toBe(400)
  })

  it("says whether lines could be reserved, and which of them are short", async () => {
    const [plenty, few] = [await sku(10), await sku(3)]
    const question = (...quantities: ReadonlyArray<number>) =>
      post("/api/inventory/check-availability", {
        lines: [
          { skuId: plenty, quantity: 10 },
          ...quantities.map((quantity) => ({ skuId: few, quantity, lineId: `few ${quantity}` }))
        ]
      })
    expect((await question(1, 2)).json).toEqual({ isAvailable: true, shortLines: [] })
    const short = await question(2, 2)
    expect(short.status).toBe(200)
    expect(short.json).toMatchObject({
      isAvailable: false,
      shortLines: [{ line: 2, lineId: "few 2", skuId: few, requested: 2, available: 1 }]
    })
    expect((await get(`/api/inventory/${few}`)).json.reservedQuantity).toBe(0)
    const unknown = await post("/api/inventory/check-availability", {
      lines: [{ skuId: "ghost", quantity: 1 }]
    })
    expect([unknown.status, unknown.json.skuIds]).toEqual([404, ["ghost"]])
  })
})
