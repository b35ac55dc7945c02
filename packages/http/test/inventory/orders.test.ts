import { describe, expect, it } from "vitest"
import { serverForTests } from "../server.ts"

const { call, clock, get, post, sku } = serverForTests({ requestLinesMax: 4 })

const of = (orderId: string, rest = "reservations") =>
  `/api/inventory/orders/${encodeURIComponent(orderId)}/${rest}`

const put = (orderId: string, lines: unknown, more: Readonly<Record<string, unknown>> = {}) =>
  call("PUT", of(orderId), { body: { lines, ...more } })

describe("the reservations of an order over HTTP", () => {
  it("holds all lines or none, and names every short one", async () => {
    const [one, two] = [await sku(5), await sku(1)]
    const refused = await put("all-or-none", [
      { skuId: one, quantity: 5 },
      { skuId: two, quantity: 2 },
      { skuId: one, quantity: 1 }
    ])
    expect(refused.status).toBe(409)
    expect(refused.json.lines.map((line: { line: number }) => line.line)).toEqual([1, 2])
    expect((await get(`/api/inventory/${one}`)).json.reservedQuantity).toBe(0)
    expect((await get(of("all-or-none"))).status).toBe(404)
    const held = await put("all-or-none", [
      { skuId: one, quantity: 4, lineId: "a" },
      { skuId: two, quantity: 1, lineId: "b" }
    ])
    expect(held.status).toBe(200)
    expect(held.json).toMatchObject({
      orderId: "all-or-none",
      reservations: [{ lineId: "a" }, { lineId: "b" }]
    })
    expect((await get(of("all-or-none"))).json).toEqual({ ...held.json, next: null })
  })

  it("replaces what the order holds, and keeps the ids of lines that stay", async () => {
    const skuId = await sku(5)
    const first = await put("cart", [{ skuId, quantity: 5 }])
    const second = await put("cart", [{ skuId, quantity: 3 }], { ttl: 30 })
    expect(second.json.reservations).toMatchObject([
      { id: first.json.reservations[0].id, quantity: 3 }
    ])
    expect((await get(`/api/inventory/${skuId}`)).json.reservedQuantity).toBe(3)
  })

  it("adds lines to what the order holds", async () => {
    const skuId = await sku(5)
    await put("adding", [{ skuId, quantity: 1 }])
    const added = await post(of("adding"), { lines: [{ skuId, quantity: 2 }] })
    expect(added.status).toBe(201)
    expect(added.json.reservations).toMatchObject([{ quantity: 2 }])
    expect((await get(of("adding"))).json.reservations.length).toBe(2)
  })

  it("confirms and fulfils the whole order", async () => {
    const skuId = await sku(5)
    await put("paid", [{ skuId, quantity: 2 }])
    const early = await post(of("paid", "fulfil"))
    expect([early.status, early.json.type]).toEqual([
      409,
      "urn:holdfast:problem:order-not-confirmed"
    ])
    const confirmed = await post(of("paid", "confirm"))
    expect(confirmed.json.reservations).toMatchObject([{ status: "CONFIRMED" }])
    const late = await put("paid", [{ skuId, quantity: 1 }])
    expect([late.status, late.json.type]).toEqual([
      409,
      "urn:holdfast:problem:order-already-confirmed"
    ])
    const gone = await post(of("paid", "fulfil"), { reference: "parcel 7" })
    expect(gone.json.reservations).toMatchObject([{ status: "FULFILLED", fulfilledQuantity: 2 }])
    expect((await get(`/api/inventory/${skuId}`)).json.totalQuantity).toBe(3)
  })

  it("S7 releases an order, and a partly confirmed one only with confirmed=true", async () => {
    const skuId = await sku(5)
    const held = await put("given up", [{ skuId, quantity: 2 }])
    await post(of("given up", "confirm"))
    await post(of("given up"), { lines: [{ skuId, quantity: 1 }] })
    for (const path of [of("given up"), `${of("given up")}?confirmed=false`]) {
      const refused = await call("DELETE", path)
      expect(refused.status).toBe(409)
      expect(refused.json).toMatchObject({
        type: "urn:holdfast:problem:reservation-conflict",
        reservationId: held.json.reservations[0].id,
        reservationStatus: "CONFIRMED",
        action: "release"
      })
      expect((await get(`/api/inventory/${skuId}`)).json.reservedQuantity).toBe(3)
    }
    const released = await call("DELETE", `${of("given up")}?confirmed=true`)
    expect(released.json.reservations).toMatchObject([
      { quantity: 2, status: "RELEASED", releaseReason: "RELEASED" },
      { quantity: 1, status: "RELEASED", releaseReason: "RELEASED" }
    ])
    expect((await get(`/api/inventory/${skuId}`)).json.reservedQuantity).toBe(0)
  })

  it("S1 does not confirm what was added after a part of the order lapsed", async () => {
    const [a, b] = [await sku(1), await sku(1)]
    const body = { skuId: a, quantity: 1, orderId: "o1", ttl: 1 }
    const lapsed = (await post("/api/inventory/reservations", body)).json
    clock.advance(1)
    const added = await post(of("o1"), { lines: [{ skuId: b, quantity: 1 }] })
    expect(added.status).toBe(201)
    const refused = await post(of("o1", "confirm"))
    expect(refused.status).toBe(409)
    expect(refused.json).toMatchObject({
      type: "urn:holdfast:problem:reservation-expired",
      reservationIds: [lapsed.id]
    })
    const confirmed = await post(of("o1", "confirm"), { reacquire: true })
    expect(confirmed.status).toBe(200)
    expect(confirmed.json.reservations).toMatchObject([
      { skuId: a, status: "CONFIRMED", replaces: lapsed.id },
      { skuId: b, status: "CONFIRMED", replaces: null }
    ])
    const shipped = await post(of("o1", "fulfil"))
    expect(shipped.json.reservations.map((hold: { skuId: string }) => hold.skuId).sort()).toEqual(
      [a, b].sort()
    )
  })

  it("S1 takes back all that lapsed of an order or nothing of it", async () => {
    const [a, b] = [await sku(1), await sku(1)]
    await put("o2", [{ skuId: a, quantity: 1 }], { ttl: 1 })
    clock.advance(1)
    await post(of("o2"), { lines: [{ skuId: b, quantity: 1 }] })
    await put("another", [{ skuId: a, quantity: 1 }])
    const short = await post(of("o2", "confirm"), { reacquire: true })
    expect([short.status, short.json.type]).toEqual([
      409,
      "urn:holdfast:problem:insufficient-stock"
    ])
    expect(short.json.lines).toMatchObject([{ skuId: a, requested: 1, available: 0 }])
    const { reservations } = (await get(of("o2"))).json
    expect(reservations.map((hold: { status: string }) => hold.status)).toEqual([
      "EXPIRED",
      "PENDING"
    ])
    expect((await put("o2", [{ skuId: b, quantity: 1 }])).status).toBe(200)
    const replaced = await post(of("o2", "confirm"))
    expect(replaced.json.reservations).toMatchObject([{ skuId: b, status: "CONFIRMED" }])
  })

  it("B17 does not revive an order that was released after it lapsed", async () => {
    const skuId = await sku(5)
    await put("cancelled", [{ skuId, quantity: 1 }], { ttl: 1 })
    clock.advance(1)
    expect((await call("DELETE", of("cancelled"))).json.reservations).toMatchObject([
      { status: "RELEASED" }
    ])
    const late = await post(of("cancelled", "confirm"), { reacquire: true })
    expect([late.status, late.json.type, late.json.reservationStatus]).toEqual([
      409,
      "urn:holdfast:problem:reservation-conflict",
      "RELEASED"
    ])
    await post(of("cancelled"), { lines: [{ skuId, quantity: 2 }] })
    expect((await post(of("cancelled", "confirm"))).json.reservations).toMatchObject([
      { quantity: 2, status: "CONFIRMED" }
    ])
  })

  it("B12 gives the reservations of an order by pages", async () => {
    const skuId = await sku(9)
    for (const quantity of [1, 2, 3]) {
      await post(of("paged"), { lines: [{ skuId, quantity }] })
      clock.advance(1)
    }
    const pages: Array<ReadonlyArray<number>> = []
    let query = "?size=2"
    while (query !== "") {
      const { json, status } = await get(of("paged") + query)
      expect(status).toBe(200)
      pages.push(json.reservations.map((hold: { quantity: number }) => hold.quantity))
      query = json.next === null ? "" : `?size=2&cursor=${json.next}`
    }
    expect(pages).toEqual([[1, 2], [3]])
    const forged = await get(`${of("paged")}?cursor=x&size=0`)
    expect(forged.status).toBe(400)
    expect((await get(`${of("paged")}?cursor=x`)).json.issues[0].path).toBe("cursor")
  })

  it("B12 refuses lines beyond what one order may have", async () => {
    const skuId = await sku(9_000)
    const lines = Array.from({ length: 4 }, () => ({ skuId, quantity: 1 }))
    for (let added = 0; added < 2_000; added += 4) {
      expect((await post(of("till"), { lines })).status).toBe(201)
    }
    const refused = await post(of("till"), { lines })
    expect(refused.status).toBe(409)
    expect(refused.json).toEqual({
      instance: expect.stringMatching(/^urn:uuid:/),
      type: "urn:holdfast:problem:order-too-large",
      title: "The order has too many lines",
      status: 409,
      detail: expect.stringContaining('the order "till" would have at least 2004 lines'),
      orderId: "till",
      lines: 2_004,
      orderLinesMax: 2_000
    })
  })

  it("takes any printable text as the id of an order", async () => {
    const skuId = await sku(100)
    const ids = [
      "a/b?c=d&e#f;g",
      "../..",
      "..",
      "100%",
      "%2F",
      "quote\" ' back\\slash",
      "주문 №1 😀",
      "İstanbul",
      "__proto__",
      "constructor",
      "reservations",
      "confirm",
      "x".repeat(100),
      "😀".repeat(100)
    ]
    for (const orderId of ids) {
      const held = await put(orderId, [{ skuId, quantity: 1 }])
      expect([orderId, held.status]).toEqual([orderId, 200])
      expect(held.json.orderId).toBe(orderId)
      expect((await get(of(orderId))).json).toEqual({ ...held.json, next: null })
      expect((await post(of(orderId, "confirm"))).json.reservations.length).toBe(1)
    }
  })

  it("refuses an order id that is too long, empty or not printable", async () => {
    for (const orderId of ["x".repeat(101), "", "a\u0000b", "a\nb", "e\u0301"]) {
      const answer = await get(of(orderId))
      expect([orderId, answer.status]).toEqual([orderId, 400])
      expect(answer.json.issues[0].path).toBe("orderId")
    }
  })

  it("bounds the lines of a request as the server is set up", async () => {
    const skuId = await sku(100)
    const lines = Array.from({ length: 5 }, () => ({ skuId, quantity: 1 }))
    const refusals = [
      await put("long", lines),
      await post(of("long"), { lines }),
      await post("/api/inventory/check-availability", { lines })
    ]
    for (const refused of refusals) {
      expect(refused.status).toBe(400)
      expect(refused.json.issues).toEqual([{ path: "lines", message: "must hold at most 4 lines" }])
    }
    expect((await put("long", lines.slice(1))).status).toBe(200)
  })

  it("answers 404 for an order that has no reservations", async () => {
    const answers = [
      await get(of("nobody")),
      await call("DELETE", of("nobody")),
      await post(of("nobody", "confirm")),
      await post(of("nobody", "fulfil"))
    ]
    for (const answer of answers) {
      expect([answer.status, answer.json.orderId]).toEqual([404, "nobody"])
    }
  })
})
