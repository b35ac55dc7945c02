import { describe, expect, it } from "vitest"
import { serverForTests } from "../server.ts"

const { get, post, sku } = serverForTests()

const path = "/api/stock/bulk"
const totalOf = async (skuId: string) =>
  (await get(`/api/inventory/${skuId}`)).json.totalQuantity as number

describe("bulk requests over HTTP", () => {
  it("counts, receives and adjusts by id and by code", async () => {
    const [tea, salt] = [await sku(5), await sku()]
    const { code } = (await get(`/api/skus/${salt}`)).json
    const answer = await post(path, {
      reference: "feed-1",
      lines: [
        { type: "COUNT", skuId: tea, countedQuantity: 7, expectedQuantity: 5 },
        { type: "RECEIPT", code, quantity: 4 },
        { type: "ADJUSTMENT", skuId: tea, quantity: -1, reason: "broken" }
      ]
    })
    expect(answer.status).toBe(200)
    expect(answer.json).toMatchObject({ changed: 3, refused: 0 })
    expect(answer.json.lines[1]).toMatchObject({
      _tag: "Changed",
      line: 1,
      skuId: salt,
      movements: [{ type: "RECEIPT", quantity: 4, reference: "feed-1" }],
      levels: [{ totalQuantity: 4 }]
    })
    expect([await totalOf(tea), await totalOf(salt)]).toEqual([6, 4])
  })

  it("refuses a line that cannot be read without the others, and names its fields", async () => {
    const skuId = await sku()
    const answer = await post(path, {
      lines: [
        { type: "RECEIPT", skuId, quantity: 1.5 },
        { type: "RECEIPT", skuId, code: "A", quantity: 1 },
        { type: "RECEIPT", skuId, quantity: 1, colour: "red" },
        { type: "SHIPMENT", skuId, quantity: 1 },
        null,
        { type: "COUNT", code: " A", countedQuantity: 1 },
        { type: "RECEIPT", skuId, quantity: 2 },
        { type: "UNREADABLE", issues: [] },
        { type: "RECEIPT", quantity: 1 }
      ]
    })
    expect(answer.status).toBe(200)
    const lines: ReadonlyArray<{ readonly path?: string }> = answer.json.lines
    expect(lines.map(({ path }) => path)).toEqual([
      "lines.0.quantity",
      "lines.1.code",
      "lines.2.colour",
      "lines.3.type",
      "lines.4",
      "lines.5.code",
      undefined,
      "lines.7.type",
      "lines.8.skuId"
    ])
    expect(answer.json.lines[1].message).toContain("takes the place of skuId; give one of the two")
    expect(answer.json.lines[8].message).toContain("is missing; give it, or code in its place")
    expect(answer.json.lines[3].message).toContain("COUNT, RECEIPT or ADJUSTMENT")
    expect(answer.json.lines[0].refusal.issues).toHaveLength(1)
    expect(await totalOf(skuId)).toBe(2)
  })

  it("is a 400 that names every field that cannot be read when it is all or nothing", async () => {
    const skuId = await sku()
    const answer = await post(path, {
      allOrNothing: true,
      lines: [
        { type: "RECEIPT", skuId, quantity: -1, reason: "" },
        { type: "RECEIPT", skuId, quantity: 1 },
        { type: "ADJUSTMENT", skuId, quantity: 1 }
      ]
    })
    expect(answer.status).toBe(400)
    expect(answer.json.issues.map((issue: { path: string }) => issue.path)).toEqual([
      "lines.0.quantity",
      "lines.0.reason"
    ])
    expect(await totalOf(skuId)).toBe(0)
  })

  it("is a 409 that names every refused line when it is all or nothing", async () => {
    const skuId = await sku(3)
    const answer = await post(path, {
      allOrNothing: true,
      lines: [
        { type: "RECEIPT", skuId, quantity: 1 },
        { type: "RECEIPT", code: "NOBODY", quantity: 1 },
        { type: "ADJUSTMENT", skuId, quantity: 1 }
      ]
    })
    expect(answer.status).toBe(409)
    expect(answer.json).toMatchObject({
      type: "urn:holdfast:problem:lines-refused",
      lines: [
        { line: 1, path: "lines.1.code", refusal: { codes: ["NOBODY"] } },
        { line: 2, path: "lines.2.reason", refusal: { _tag: "InvalidInput" } }
      ]
    })
    expect(await totalOf(skuId)).toBe(3)
  })

  it("takes 1,000 lines and no more, and at least one", async () => {
    const skuId = await sku()
    const lines = Array.from({ length: 1_001 }, () => ({ type: "RECEIPT", skuId, quantity: 1 }))
    const many = await post(path, { lines })
    expect([many.status, many.json.issues]).toEqual([
      400,
      [{ path: "lines", message: "must hold at most 1000 lines" }]
    ])
    expect((await post(path, { lines: [] })).json.issues).toEqual([
      { path: "lines", message: "must hold at least 1 line" }
    ])
    expect((await post(path, { lines: lines.slice(1) })).json).toMatchObject({ changed: 1_000 })
    expect(await totalOf(skuId)).toBe(1_000)
  })

  it("names a misspelt field of the request", async () => {
    const skuId = await sku()
    const lines = [{ type: "RECEIPT", skuId, quantity: 1 }]
    const answer = await post(path, { lines, allOrNone: true })
    expect([answer.status, answer.json.issues[0].path]).toEqual([400, "allOrNone"])
  })

  it("answers a repeat under its key the same, refused lines and all", async () => {
    const skuId = await sku()
    const body = {
      lines: [
        { type: "RECEIPT", skuId, quantity: 1 },
        { type: "COUNT", skuId, countedQuantity: 5, expectedQuantity: 4 },
        { type: "RECEIPT", skuId, quantity: 0 }
      ]
    }
    const headers = { "idempotency-key": "feed-of-tonight" }
    const first = await post(path, body, headers)
    await post(`/api/inventory/${skuId}/receive`, { quantity: 3 })
    const again = await post(path, body, headers)
    expect(again.headers["idempotent-replayed"]).toBe("true")
    expect(again.json).toEqual(first.json)
    const other = await post(path, { lines: body.lines.slice(1) }, headers)
    expect([other.status, other.json.type]).toEqual([
      422,
      "urn:holdfast:problem:idempotency-mismatch"
    ])
    expect(await totalOf(skuId)).toBe(4)
  })
})
