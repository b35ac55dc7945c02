import { describe, expect, it } from "vitest"
import { serverForTests } from "../server.ts"

const { call, clock, get, post, sku } = serverForTests()

const reserve = async (skuId: string, orderId: string, ttl = 900): Promise<string> =>
  (await post("/api/inventory/reservations", { skuId, quantity: 1, orderId, ttl })).json.id

const idsOf = (page: { readonly items: ReadonlyArray<{ readonly id: string }> }) =>
  page.items.map(({ id }) => id)

describe("the open holds of a SKU over HTTP", () => {
  it("S10 come by pages, oldest first, all or of one status", async () => {
    const skuId = await sku(10)
    const held: Array<string> = []
    for (const n of [1, 2, 3, 4]) {
      held.push(await reserve(skuId, `S10-${n}`))
      clock.millis += 1_000
    }
    const lapsing = await reserve(skuId, "S10-lapsing", 1)
    await post(`/api/inventory/reservations/${held[0]}/release`)
    await post(`/api/inventory/reservations/${held[2]}/confirm`)
    const path = `/api/inventory/${skuId}/reservations`
    expect(idsOf((await get(path)).json)).toEqual([...held.slice(1), lapsing])
    clock.millis += 1_000
    const first = (await get(`${path}?status=open&size=2`)).json
    expect(first.items).toMatchObject([
      { id: held[1], orderId: "S10-2", status: "PENDING" },
      { id: held[2], orderId: "S10-3", status: "CONFIRMED" }
    ])
    const second = (await get(`${path}?status=open&size=2&cursor=${first.next}`)).json
    expect([idsOf(second), second.next]).toEqual([[held[3]], null])
    expect(idsOf((await get(`${path}?status=confirmed`)).json)).toEqual([held[2]])
    expect(idsOf((await get(`${path}?status=pending`)).json)).toEqual([held[1], held[3]])
  })

  it("S10 need a known status and a known SKU", async () => {
    const skuId = await sku()
    for (const [query, path] of [
      ["status=OPEN", "status"],
      ["status=released", "status"],
      ["cursor=nonsense", "cursor"],
      ["size=0", "size"],
      ["limit=2", "limit"]
    ] as const) {
      const answer = await get(`/api/inventory/${skuId}/reservations?${query}`)
      expect([query, answer.status]).toEqual([query, 400])
      expect(answer.json.issues).toMatchObject([{ path }])
    }
    const unknown = await get("/api/inventory/ghost/reservations")
    expect([unknown.status, unknown.json.skuIds]).toEqual([404, ["ghost"]])
    const written = await call("POST", `/api/inventory/${skuId}/reservations`, { body: {} })
    expect(written.status).toBe(405)
  })
})

describe("events over HTTP", () => {
  it("S10 are found by lists and by order, with the position as the cursor", async () => {
    const [skuId, other] = [await sku(5), await sku(5)]
    const hold = await reserve(skuId, "S10 what happened?")
    await reserve(other, "S10 what happened?")
    await post(`/api/inventory/reservations/${hold}/confirm`)
    const order = `/api/inventory/events?orderId=${encodeURIComponent("S10 what happened?")}`
    const typesOf = (items: ReadonlyArray<{ readonly eventType: string }>) =>
      items.map(({ eventType }) => eventType.replace("inventory.stock.", ""))
    const happened = (await get(order)).json
    expect(typesOf(happened.items)).toEqual(["reserved", "reserved", "confirmed"])
    const first = (await get(`${order}&size=1`)).json
    const rest = (await get(`${order}&after=${first.next}`)).json
    expect([...first.items, ...rest.items]).toEqual(happened.items)
    expect((await get(`${order}&after=${rest.next}`)).json).toEqual({ items: [], next: rest.next })
    const ofSku = (await get(`/api/inventory/events?aggregateIds=${skuId}`)).json.items
    expect(typesOf(ofSku)).toEqual([
      "inventory.sku.created",
      "updated",
      "replenished",
      "reserved",
      "confirmed"
    ])
    const both = await get(`${order}&aggregateIds=${other}&types=inventory.stock.reserved`)
    expect(both.json.items).toMatchObject([{ aggregateId: other }])
    const type = "inventory.stock.confirmed"
    const ofType = (await get(`/api/inventory/events?types=${type}&size=1000`)).json.items
    expect(ofType.at(-1)).toMatchObject({ eventType: type, payload: { reservationId: hold } })
    await post("/api/locations", { locationId: "S10-place", name: "Place" })
    for (const ids of [`${skuId},S10-place`, `${skuId}&aggregateIds=S10-place`]) {
      const types = "types=inventory.stock.reserved&types=inventory.location.created"
      const listed = await get(`/api/inventory/events?aggregateIds=${ids}&${types}`)
      expect(listed.json.items).toMatchObject([
        { aggregateId: skuId, eventType: "inventory.stock.reserved" },
        { aggregateId: "S10-place", eventType: "inventory.location.created" }
      ])
    }
    const list = (value: string, count: number) => Array(count).fill(value).join(",")
    for (const [query, path, message] of [
      ["types=inventory.stock.low,reserved", "types.1", 'must be one of "inventory.sku.created",'],
      ["types=", "types", "must have 1 to 16 event types"],
      [`types=${list("inventory.stock.low", 17)}`, "types", "must have 1 to 16 event types"],
      ["aggregateIds=mug,a%20b", "aggregateIds.1", "must be 1 to 100 of the characters"],
      ["aggregateIds=,", "aggregateIds", "must have 1 to 100 ids"],
      [`aggregateIds=${list("mug", 101)}`, "aggregateIds", "must have 1 to 100 ids"],
      ["orderId=", "orderId", ""],
      [
        "type=inventory.stock.low",
        "type",
        "types, aggregateIds, orderId, after, afterEventId, size"
      ],
      ["skuId=mug", "skuId", "types, aggregateIds, orderId, after, afterEventId, size"]
    ] as const) {
      const refused = await get(`/api/inventory/events?${query}`)
      expect([query, refused.status]).toEqual([query, 400])
      expect(refused.json.issues).toEqual([{ path, message: expect.stringContaining(message) }])
    }
  })
})
