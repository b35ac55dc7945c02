import { describe, expect, it } from "vitest"
import { serverForTests } from "../server.ts"

const { call, clock, get, post, sku } = serverForTests()

const reserve = (skuId: string, quantity: number, more: Readonly<Record<string, unknown>> = {}) =>
  post("/api/inventory/reservations", { skuId, quantity, orderId: "order-1", ...more })

const at = (id: string, action: string) => `/api/inventory/reservations/${id}/${action}`

describe("reservations over HTTP", () => {
  it("holds units for an order, for as long as it says", async () => {
    const skuId = await sku(5)
    const answer = await reserve(skuId, 2, { ttl: 60, lineId: "1" })
    expect(answer.status).toBe(201)
    expect(answer.json).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      orderId: "order-1",
      lineId: "1",
      skuId,
      locationId: "default",
      quantity: 2,
      fulfilledQuantity: 0,
      status: "PENDING",
      expiresAt: new Date(clock.millis + 60_000).toISOString(),
      createdAt: new Date(clock.millis).toISOString(),
      resolvedAt: null,
      releaseReason: null,
      replaces: null
    })
    const read = await get(`/api/inventory/reservations/${answer.json.id}`)
    expect(read.text).toBe(answer.text)
    expect((await get(`/api/inventory/${skuId}`)).json).toMatchObject({
      totalQuantity: 5,
      reservedQuantity: 2,
      availableQuantity: 3
    })
  })

  it("takes an id that the caller chose, once", async () => {
    const skuId = await sku(5)
    const reservationId = "01890a5d-ac96-774b-bcce-b302099a8057"
    expect((await reserve(skuId, 1, { reservationId })).json.id).toBe(reservationId)
    const again = await reserve(skuId, 1, { reservationId })
    expect([again.status, again.json.kind]).toEqual([409, "reservation"])
  })

  it("names what is short", async () => {
    const skuId = await sku(2)
    const answer = await reserve(skuId, 3)
    expect(answer.status).toBe(409)
    expect(answer.json).toEqual({
      instance: expect.stringMatching(/^urn:uuid:/),
      type: "urn:holdfast:problem:insufficient-stock",
      title: "Not enough stock",
      status: 409,
      detail: `not enough stock, nothing was reserved: SKU "${skuId}" has 2 available of 3 requested`,
      lines: [{ line: 0, lineId: null, skuId, locationId: null, requested: 3, available: 2 }]
    })
  })

  it("never lets more through than there is, however many ask at once", async () => {
    const skuId = await sku(20)
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, n) => reserve(skuId, 1, { orderId: `rush-${n}` }))
    )
    expect(answers.filter(({ status }) => status === 201).length).toBe(20)
    expect(answers.filter(({ status }) => status === 409).length).toBe(80)
    expect((await get(`/api/inventory/${skuId}`)).json.availableQuantity).toBe(0)
  })

  it("confirms, and answers a repeat alike", async () => {
    const { json } = await reserve(await sku(5), 2)
    const confirmed = await post(at(json.id, "confirm"))
    expect(confirmed.status).toBe(200)
    expect(confirmed.json).toMatchObject({ status: "CONFIRMED", expiresAt: null })
    expect((await post(at(json.id, "confirm"))).text).toBe(confirmed.text)
  })

  it("fulfils in parts, and tells the state that stands in the way", async () => {
    const skuId = await sku(5)
    const { json } = await reserve(skuId, 3)
    const early = await post(at(json.id, "fulfil"))
    expect(early.status).toBe(409)
    expect(early.json).toMatchObject({
      type: "urn:holdfast:problem:reservation-conflict",
      status: 409,
      reservationStatus: "PENDING",
      action: "fulfil"
    })
    await post(at(json.id, "confirm"))
    const part = await post(at(json.id, "fulfil"), { quantity: 1, reference: "box 1" })
    expect(part.json).toMatchObject({ fulfilledQuantity: 1, status: "CONFIRMED" })
    const tooMuch = await post(at(json.id, "fulfil"), { quantity: 3 })
    expect(tooMuch.json).toMatchObject({ status: 409, requested: 3, fulfilledQuantity: 1 })
    const rest = await post(at(json.id, "fulfil"))
    expect(rest.json).toMatchObject({ fulfilledQuantity: 3, status: "FULFILLED" })
    expect((await get(`/api/inventory/${skuId}`)).json).toMatchObject({
      totalQuantity: 2,
      reservedQuantity: 0
    })
  })

  it("releases what is held", async () => {
    const skuId = await sku(5)
    const { json } = await reserve(skuId, 5)
    expect((await post(at(json.id, "release"))).json.status).toBe("RELEASED")
    expect((await get(`/api/inventory/${skuId}`)).json.availableQuantity).toBe(5)
    const late = await post(at(json.id, "confirm"))
    expect([late.status, late.json.reservationStatus]).toEqual([409, "RELEASED"])
  })

  it("S7 releases a confirmed hold only with confirmed: true", async () => {
    const skuId = await sku(5)
    const { json } = await reserve(skuId, 5)
    await post(at(json.id, "confirm"))
    for (const body of [undefined, {}, { confirmed: false }]) {
      const refused = await post(at(json.id, "release"), body)
      expect(refused.status).toBe(409)
      expect(refused.json).toMatchObject({
        type: "urn:holdfast:problem:reservation-conflict",
        reservationId: json.id,
        reservationStatus: "CONFIRMED",
        action: "release"
      })
    }
    const unread = await post(at(json.id, "release"), { confirmed: "yes" })
    expect([unread.status, unread.json.issues[0].path]).toEqual([400, "confirmed"])
    expect((await get(`/api/inventory/${skuId}`)).json.availableQuantity).toBe(0)
    const released = await post(at(json.id, "release"), { confirmed: true })
    expect([released.status, released.json.status]).toEqual([200, "RELEASED"])
    expect((await get(`/api/inventory/${skuId}`)).json.availableQuantity).toBe(5)
  })

  it("resizes and extends a pending hold", async () => {
    const { json } = await reserve(await sku(5), 2, { ttl: 60 })
    expect((await post(at(json.id, "resize"), { quantity: 5 })).json.quantity).toBe(5)
    const short = await post(at(json.id, "resize"), { quantity: 6 })
    expect(short.json.type).toBe("urn:holdfast:problem:insufficient-stock")
    clock.advance(30)
    const extended = await post(at(json.id, "extend"), { ttl: 90 })
    expect(extended.json.expiresAt).toBe(new Date(clock.millis + 90_000).toISOString())
    const byDefault = await post(at(json.id, "extend"))
    expect(byDefault.json.expiresAt).toBe(new Date(clock.millis + 900_000).toISOString())
  })

  it("lets a hold lapse at its instant, and takes it up again when asked to", async () => {
    const skuId = await sku(2)
    const { json } = await reserve(skuId, 2, { ttl: 10 })
    clock.advance(10)
    expect((await get(`/api/inventory/reservations/${json.id}`)).json.status).toBe("EXPIRED")
    expect((await get(`/api/inventory/${skuId}`)).json.availableQuantity).toBe(2)
    const expired = await post(at(json.id, "confirm"))
    expect(expired.status).toBe(409)
    expect(expired.json.reservationIds).toEqual([json.id])
    const again = await post(at(json.id, "confirm"), { reacquire: true })
    expect(again.json).toMatchObject({ status: "CONFIRMED", replaces: json.id, quantity: 2 })
  })

  it("answers 404 for a reservation that nobody made", async () => {
    const ghost = "01890a5d-ac96-774b-bcce-b302099a0000"
    const answers = [
      await get(`/api/inventory/reservations/${ghost}`),
      await post(at(ghost, "confirm")),
      await post(at(ghost, "release"), {}),
      await post(at(ghost, "fulfil")),
      await post(at(ghost, "resize"), { quantity: 1 }),
      await post(at(ghost, "extend"))
    ]
    for (const answer of answers) {
      expect([answer.status, answer.json.reservationId]).toEqual([404, ghost])
    }
    expect((await call("GET", "/api/inventory/reservations/not-a-uuid")).status).toBe(400)
  })
})
