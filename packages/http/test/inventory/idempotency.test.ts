import { describe, expect, it } from "vitest"
import { serverForTests } from "../server.ts"

const { call, get, post, sku } = serverForTests()

type Write = readonly [method: string, path: string, body: unknown]

/** One request of each kind that writes, in an order in which each of them is granted. */
const writesFor = async (): Promise<ReadonlyArray<Write>> => {
  const skuId = await sku(100)
  await post("/api/locations", { locationId: "annex", name: "Annex" })
  const made: Array<string> = []
  for (let n = 0; n < 5; n++) {
    const { json } = await post("/api/inventory/reservations", { skuId, quantity: 2, orderId: "a" })
    made.push(json.id)
  }
  await post(`/api/inventory/reservations/${made[1]}/confirm`)
  const stock = `/api/inventory/${skuId}`
  const hold = (index: number, action: string) =>
    `/api/inventory/reservations/${made[index]}/${action}`
  const order = "/api/inventory/orders/b%2Fc"
  return [
    ["POST", "/api/skus", { code: "replayed", name: "Replayed", initialStock: 3 }],
    ["PATCH", `/api/skus/${skuId}`, { name: "Renamed" }],
    ["POST", `/api/skus/${await sku()}/archive`, undefined],
    ["POST", "/api/locations", { locationId: "loft", name: "Loft" }],
    ["PATCH", "/api/locations/annex", { name: "New annex" }],
    ["POST", `${stock}/receive`, { quantity: 5, reference: "PO 1" }],
    ["POST", `${stock}/ship`, { quantity: 1 }],
    ["POST", `${stock}/return`, { quantity: 1 }],
    ["POST", `${stock}/adjust`, { quantity: -1, reason: "lost" }],
    ["POST", `${stock}/count`, { countedQuantity: 90 }],
    [
      "POST",
      `${stock}/transfer`,
      { fromLocationId: "default", toLocationId: "annex", quantity: 1 }
    ],
    ["POST", "/api/inventory/reservations", { skuId, quantity: 1, orderId: "z", ttl: 60 }],
    ["POST", hold(0, "confirm"), undefined],
    ["POST", hold(1, "fulfil"), { quantity: 1 }],
    ["POST", hold(2, "release"), undefined],
    ["POST", hold(3, "resize"), { quantity: 3 }],
    ["POST", hold(4, "extend"), { ttl: 600 }],
    ["PUT", `${order}/reservations`, { lines: [{ skuId, quantity: 2 }] }],
    ["POST", `${order}/reservations`, { lines: [{ skuId, quantity: 1 }] }],
    ["DELETE", `${order}/reservations`, undefined],
    ["POST", "/api/inventory/orders/a/confirm", undefined],
    ["POST", "/api/inventory/orders/a/fulfil", { reference: "box" }]
  ]
}

describe("idempotency over HTTP", () => {
  it("answers a repeat of any write byte for byte as the first time", async () => {
    for (const [index, [method, path, body]] of (await writesFor()).entries()) {
      const sent = { body, headers: { "idempotency-key": `repeat ${index}` } }
      const first = await call(method, path, sent)
      expect([method, path, first.status < 300]).toEqual([method, path, true])
      expect(first.headers["idempotent-replayed"]).toBeUndefined()
      const events = (await get("/api/inventory/events?size=1000")).json.next
      const again = await call(method, path, sent)
      expect([path, again.status, again.text]).toEqual([path, first.status, first.text])
      expect(again.headers["idempotent-replayed"]).toBe("true")
      expect((await get("/api/inventory/events?size=1000")).json.next).toBe(events)
    }
  })

  it("refuses a key that was used with another request", async () => {
    const skuId = await sku(5)
    const headers = { "idempotency-key": "one of a kind" }
    await post(`/api/inventory/${skuId}/receive`, { quantity: 1 }, headers)
    const other = await post(`/api/inventory/${skuId}/receive`, { quantity: 2 }, headers)
    expect(other.status).toBe(422)
    expect(other.json).toMatchObject({
      type: "urn:holdfast:problem:idempotency-mismatch",
      key: "one of a kind"
    })
    const hold = await post(
      "/api/inventory/reservations",
      { skuId, quantity: 1, orderId: "o" },
      headers
    )
    expect(hold.status).toBe(422)
  })

  it("gives twins that arrive together one answer", async () => {
    const skuId = await sku(10)
    const headers = { "idempotency-key": "twins" }
    const body = { skuId, quantity: 1, orderId: "twins" }
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => post("/api/inventory/reservations", body, headers))
    )
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
    expect((await get(`/api/inventory/${skuId}`)).json.reservedQuantity).toBe(1)
  })

  it("does not keep the answer of a request that was refused", async () => {
    const skuId = await sku(1)
    const headers = { "idempotency-key": "after a delivery" }
    const body = { skuId, quantity: 2, orderId: "o" }
    expect((await post("/api/inventory/reservations", body, headers)).status).toBe(409)
    await post(`/api/inventory/${skuId}/receive`, { quantity: 1 })
    expect((await post("/api/inventory/reservations", body, headers)).status).toBe(201)
  })

  it("refuses a key that is empty or too long", async () => {
    const skuId = await sku(1)
    for (const [path, body] of [
      [`/api/inventory/${skuId}/receive`, { quantity: 1 }],
      ["/api/inventory/reservations", { skuId, quantity: 1, orderId: "o" }]
    ] as const) {
      for (const key of ["", "k".repeat(256)]) {
        const answer = await post(path, body, { "idempotency-key": key })
        expect([path, answer.status]).toEqual([path, 400])
        expect(answer.json.issues.map((issue: { path: string }) => issue.path)).toEqual([
          "idempotency-key"
        ])
      }
    }
  })

  it("passes on where a request came from, and says it back", async () => {
    const skuId = await sku(5)
    const traceparent = `00-${"4bf92f3577b34da6a3ce929d0e0e4736"}-${"00f067aa0ba902b7"}-01`
    const headers = { "x-correlation-id": "cart 42", traceparent }
    const after = (await get("/api/inventory/events?size=1000")).json.next
    const received = await post(`/api/inventory/${skuId}/receive`, { quantity: 1 }, headers)
    const body = { skuId, quantity: 1, orderId: "o" }
    const reserved = await post("/api/inventory/reservations", body, headers)
    for (const answer of [received, reserved]) {
      expect(answer.headers["x-correlation-id"]).toBe("cart 42")
    }
    const malformed = { traceparent: "00-nonsense" }
    expect((await post("/api/inventory/reservations", body, malformed)).status).toBe(201)
    const events = (await get(`/api/inventory/events?after=${after}`)).json.items
    expect(
      events.map((event: { correlationId: string; traceparent: string }) => [
        event.correlationId,
        event.traceparent
      ])
    ).toEqual([
      ["cart 42", traceparent],
      ["cart 42", traceparent],
      [null, null]
    ])
    const refused = await post("/api/inventory/reservations", {}, { "x-correlation-id": "cart 43" })
    expect(refused.headers["x-correlation-id"]).toBe("cart 43")
    const long = await post(
      `/api/inventory/${skuId}/receive`,
      { quantity: 1 },
      {
        "x-correlation-id": "c".repeat(256)
      }
    )
    expect([long.status, long.json.issues[0].path]).toEqual([400, "x-correlation-id"])
  })
})

describe("two callers over HTTP", () => {
  const named = serverForTests({
    callerOf: (headers) => ({ caller: headers["x-user"] ?? "", actor: headers["x-user"] })
  })
  const keyed = (user: string | undefined) => ({
    "idempotency-key": "the same",
    ...(user === undefined ? {} : { "x-user": user })
  })

  it("do not share a key, in whatever way they write", async () => {
    const skuId = await named.sku(100)
    const writes = [
      ["/api/inventory/reservations", { skuId, quantity: 1, orderId: "o" }],
      [`/api/inventory/${skuId}/receive`, { quantity: 1 }]
    ] as const
    for (const [index, [path, body]] of writes.entries()) {
      const [ann, bob] = [`ann ${index}`, `bob ${index}`]
      const anns = await named.post(path, body, keyed(ann))
      const bobs = await named.post(path, { ...body, quantity: 2 }, keyed(bob))
      expect([anns.status, bobs.status].map((status) => status < 300)).toEqual([true, true])
      expect(bobs.headers["idempotent-replayed"]).toBeUndefined()
      const again = await named.post(path, body, keyed(ann))
      expect([again.text, again.headers["idempotent-replayed"]]).toEqual([anns.text, "true"])
      const mixed = await named.post(path, body, keyed(bob))
      expect(mixed.json.type).toBe("urn:holdfast:problem:idempotency-mismatch")
    }
    const { items } = (await named.get(`/api/inventory/${skuId}/movements`)).json
    expect(items.map(({ actor }: { actor: string }) => actor)).toEqual(["bob 1", "ann 1", null])
  })
})
