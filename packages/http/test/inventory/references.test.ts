import { describe, expect, it } from "vitest"
import { serverForTests } from "../server.ts"

const { get, post, sku } = serverForTests()

describe("references over HTTP", () => {
  it("books a delivery note once, and says which movement was the first", async () => {
    const skuId = await sku()
    const note = { quantity: 5, reference: "DN-1", onceOnly: true }
    const first = await post(`/api/inventory/${skuId}/receive`, note)
    const second = await post(`/api/inventory/${skuId}/receive`, { ...note, quantity: 4 })
    expect([second.status, second.json]).toMatchObject([
      409,
      {
        type: "urn:holdfast:problem:reference-taken",
        movementId: first.json.movements[0].id,
        movementType: "RECEIPT",
        quantity: 5
      }
    ])
    const found = await get("/api/inventory/movements?reference=DN-1")
    expect(found.json).toEqual({ items: first.json.movements, next: null })
    expect((await get(`/api/inventory/${skuId}/movements?reference=DN-2`)).json.items).toEqual([])
  })

  it("is for a reference", async () => {
    const skuId = await sku()
    const answer = await post(`/api/inventory/${skuId}/receive`, { quantity: 1, onceOnly: true })
    expect([answer.status, answer.json.issues[0].path]).toEqual([400, "onceOnly"])
    const lines = [{ type: "RECEIPT", skuId, quantity: 1, onceOnly: true }]
    const bulk = await post("/api/stock/bulk", { lines })
    expect(bulk.json.lines[0]).toMatchObject({ path: "lines.0.onceOnly" })
  })

  it("takes back no more of an order than it got", async () => {
    const skuId = await sku(9)
    const hold = await post("/api/inventory/reservations", { skuId, quantity: 3, orderId: "o-1" })
    await post(`/api/inventory/reservations/${hold.json.id}/confirm`)
    await post(`/api/inventory/reservations/${hold.json.id}/fulfil`)
    const back = (quantity: number) =>
      post(`/api/inventory/${skuId}/return`, { quantity, orderId: "o-1" })
    expect((await back(2)).json.movements).toMatchObject([{ orderId: "o-1", quantity: 2 }])
    expect((await back(2)).json).toMatchObject({
      type: "urn:holdfast:problem:return-exceeds-order",
      fulfilledQuantity: 3,
      returnedQuantity: 2
    })
    const events = await get("/api/inventory/events?orderId=o-1&types=inventory.stock.updated")
    expect(events.json.items).toHaveLength(1)
  })

  it("goes on from a page of what was booked under a reference", async () => {
    const skuIds = [await sku(), await sku(), await sku()]
    for (const skuId of skuIds) {
      await post(`/api/inventory/${skuId}/receive`, { quantity: 1, reference: "DN 9" })
    }
    const path = "/api/inventory/movements?reference=DN%209&size=2"
    const first = await get(path)
    const second = await get(`${path}&cursor=${first.json.next}`)
    const found = [...first.json.items, ...second.json.items].map((row) => row.skuId)
    expect([found.sort(), second.json.next]).toEqual([[...skuIds].sort(), null])
  })
})
