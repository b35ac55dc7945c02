import { describe, expect, it } from "vitest"
import { serverForTests } from "../server.ts"

const { call, get, post, sku } = serverForTests()

describe("SKUs over HTTP", () => {
  it("registers a SKU from a code, a name and an initial stock", async () => {
    const answer = await post("/api/skus", { code: "TEE-RED-M", name: "Tee", initialStock: 12 })
    expect(answer.status).toBe(201)
    expect(answer.json).toMatchObject({ code: "TEE-RED-M", name: "Tee", backorderLimit: 0 })
    const stock = await get(`/api/inventory/${answer.json.id}`)
    expect(stock.json).toMatchObject({
      skuId: answer.json.id,
      totalQuantity: 12,
      reservedQuantity: 0,
      availableQuantity: 12
    })
  })

  it("registers a SKU with everything that one can have", async () => {
    const sent = {
      skuId: "everything~1.0",
      code: "EVERY 😀",
      name: "Everything",
      description: "all of it",
      weight: 1.25,
      volume: 0.001,
      backorderLimit: 3,
      safetyStock: 2,
      lowStockThreshold: 5,
      initialStock: 10,
      locationId: "default"
    }
    const answer = await post("/api/skus", sent)
    const { initialStock, locationId, skuId, ...kept } = sent
    expect(answer.status).toBe(201)
    expect(answer.json).toMatchObject({ id: skuId, ...kept, archivedAt: null })
  })

  it("refuses an id or a code that is in use", async () => {
    const skuId = await sku()
    const sameId = await post("/api/skus", { skuId, code: "other", name: "x" })
    expect([sameId.status, sameId.json.type]).toEqual([409, "urn:holdfast:problem:id-taken"])
    const sameCode = await post("/api/skus", { code: skuId, name: "x" })
    expect([sameCode.status, sameCode.json.type]).toEqual([
      409,
      "urn:holdfast:problem:sku-code-taken"
    ])
  })

  it("refuses a SKU at a location that is unknown", async () => {
    const answer = await post("/api/skus", { code: "lost", name: "x", locationId: "nowhere" })
    expect(answer.status).toBe(404)
    expect(answer.json.locationIds).toEqual(["nowhere"])
  })

  it("reads a SKU by its id and by its code", async () => {
    const skuId = await sku()
    expect((await get(`/api/skus/${skuId}`)).json.id).toBe(skuId)
    const found = await get(`/api/skus?code=${skuId}`)
    expect(found.json.items.map((one: { id: string }) => one.id)).toEqual([skuId])
    expect((await get("/api/skus?code=nobody")).json).toEqual({ items: [], next: null })
  })

  it("lists all SKUs, page by page, each of them once", async () => {
    for (let n = 0; n < 5; n++) await sku()
    const all = (await get("/api/skus?size=1000")).json.items.map((one: { id: string }) => one.id)
    const seen: Array<string> = []
    let next: string | null = null
    do {
      const page: { items: Array<{ id: string }>; next: string | null } = (
        await get(`/api/skus?size=2${next === null ? "" : `&cursor=${next}`}`)
      ).json
      expect(page.items.length).toBeLessThanOrEqual(2)
      seen.push(...page.items.map((one) => one.id))
      next = page.next
    } while (next !== null)
    expect(seen).toEqual(all)
    expect(new Set(seen).size).toBe(seen.length)
  })

  it("changes the fields that are given and leaves the rest", async () => {
    const skuId = await sku(0, { description: "old", weight: 2 })
    const answer = await call("PATCH", `/api/skus/${skuId}`, {
      body: { description: null, safetyStock: 4 }
    })
    expect(answer.status).toBe(200)
    expect(answer.json).toMatchObject({ description: null, weight: 2, safetyStock: 4 })
  })

  it("archives an empty SKU, and not one with stock", async () => {
    const empty = await sku()
    const archived = await post(`/api/skus/${empty}/archive`)
    expect(archived.status).toBe(200)
    expect(archived.json.archivedAt).toEqual(expect.any(String))
    const received = await post(`/api/inventory/${empty}/receive`, { quantity: 1 })
    expect(received.json.type).toBe("urn:holdfast:problem:sku-archived")
    const full = await post(`/api/skus/${await sku(1)}/archive`)
    expect(full.status).toBe(409)
    expect(full.json).toMatchObject({ totalQuantity: 1, reservedQuantity: 0 })
  })

  it("S11 takes an archived SKU into use again, and gives its code away meanwhile", async () => {
    const skuId = await sku()
    const { code } = (await call("GET", `/api/skus/${skuId}`)).json
    await post(`/api/skus/${skuId}/archive`)
    const byCode = async () => (await call("GET", `/api/skus?code=${code}`)).json.items
    expect(await byCode()).toEqual([])
    const heir = await post("/api/skus", { code, name: "Heir" })
    expect(heir.status).toBe(201)
    expect(await byCode()).toEqual([heir.json])
    const refused = await post(`/api/skus/${skuId}/unarchive`)
    expect([refused.status, refused.json.type, refused.json.code]).toEqual([
      409,
      "urn:holdfast:problem:sku-code-taken",
      code
    ])
    await post(`/api/skus/${heir.json.id}/archive`)
    const back = await post(`/api/skus/${skuId}/unarchive`)
    expect([back.status, back.json.archivedAt]).toEqual([200, null])
    expect(await byCode()).toEqual([back.json])
  })

  it("answers 404 for a SKU that nobody registered", async () => {
    for (const [method, path] of [
      ["GET", "/api/skus/ghost"],
      ["PATCH", "/api/skus/ghost"],
      ["POST", "/api/skus/ghost/archive"],
      ["POST", "/api/skus/ghost/unarchive"],
      ["GET", "/api/inventory/ghost"],
      ["GET", "/api/inventory/ghost/movements"]
    ] as const) {
      const answer = await call(method, path, method === "PATCH" ? { body: {} } : {})
      expect([path, answer.status]).toEqual([path, 404])
      expect(answer.json.skuIds).toEqual(["ghost"])
    }
  })
})
