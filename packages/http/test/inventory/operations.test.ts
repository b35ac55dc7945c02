import { LocationId, SkuId, StoreError, type StoreErrorReason } from "@holdfast/core/inventory"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { afterAll, describe, expect, it, vi } from "vitest"
import {
  HandClock,
  type Listening,
  listen,
  memoryEngine,
  sendBytes,
  serverForTests
} from "../server.ts"

const { get, post, sku } = serverForTests()

const opened: Array<Listening> = []
afterAll(() => Promise.all(opened.map((server) => server.close())))

const open = async (...parameters: Parameters<typeof listen>) => {
  const server = await listen(...parameters)
  opened.push(server)
  return server
}

const levelsOf = (count: number, drifting: ReadonlySet<number>) =>
  Array.from({ length: count }, (_, n) => ({
    skuId: SkuId.make(`sku-${String(n).padStart(6, "0")}`),
    locationId: LocationId.make("default"),
    totalQuantity: drifting.has(n) ? 12 : 10,
    ledgerQuantity: 10,
    reservedQuantity: 3,
    heldQuantity: drifting.has(n) ? 4 : 3
  }))

/** A server whose levels are these, read by key as a store reads them. */
const reconcilingServer = (levels: ReturnType<typeof levelsOf>) => {
  const reconciled = (after: { readonly skuId: string } | null, limit: number) =>
    Effect.sync(() =>
      levels.filter((level) => after === null || level.skuId > after.skuId).slice(0, limit)
    )
  return open(memoryEngine(new HandClock(), { reads: { reconciled } }))
}

describe("operations over HTTP", () => {
  it("follows the event log from any position", async () => {
    const skuId = await sku(2)
    await post("/api/inventory/reservations", { skuId, quantity: 1, orderId: "o-9" })
    const all = (await get("/api/inventory/events")).json
    expect(all.items.map((event: { position: number }) => event.position)).toEqual(
      all.items.map((_: unknown, index: number) => index + 1)
    )
    expect(all.items.at(-1)).toMatchObject({
      eventType: "inventory.stock.reserved",
      aggregateId: skuId,
      payload: { skuId, orderId: "o-9", quantity: 1 }
    })
    const rest = (await get(`/api/inventory/events?after=${all.next - 1}&size=1`)).json
    expect(rest).toEqual({ items: [all.items.at(-1)], next: all.next })
    const none = (await get(`/api/inventory/events?after=${all.next}`)).json
    expect(none).toEqual({ items: [], next: all.next })
  })

  it("reconciles levels that agree", async () => {
    await sku(2)
    expect((await get("/api/inventory/reconciliation")).json).toMatchObject({
      accuracy: 1,
      totalDrift: 0,
      reservedDrift: 0,
      drifted: [],
      next: null
    })
  })

  it("lists levels that disagree, with a repair for each, over as many pages as it takes", async () => {
    const drifting = new Set([0, 999, 1_000, 24_999])
    const server = await reconcilingServer(levelsOf(25_000, drifting))
    const path = "/api/inventory/reconciliation"
    const first = (await server.call("GET", `${path}?size=2`)).json
    expect(first).toMatchObject({ levels: 1_000, agreeing: 998, accuracy: 0.998, totalDrift: 4 })
    expect(first.drifted[0]).toEqual({
      skuId: "sku-000000",
      locationId: "default",
      totalQuantity: 12,
      ledgerQuantity: 10,
      reservedQuantity: 3,
      heldQuantity: 4,
      totalDrift: 2,
      reservedDrift: -1,
      repair: { totalQuantity: 10, reservedQuantity: 4 }
    })
    let levels = first.levels
    const drifted = [...first.drifted]
    for (let { next } = first; next !== null; ) {
      const { json } = await server.call("GET", `${path}?size=10&cursor=${next}`)
      levels += json.levels
      drifted.push(...json.drifted)
      next = json.next
    }
    expect(levels).toBe(25_000)
    expect(drifted.map((level: { skuId: string }) => level.skuId)).toEqual([
      "sku-000000",
      "sku-000999",
      "sku-001000",
      "sku-024999"
    ])
  })

  it("lives, and is ready while its store answers", async () => {
    expect((await get("/health/live")).json).toEqual({ status: "live" })
    expect((await get("/health/ready")).json).toMatchObject({
      status: "ready",
      checks: [
        { name: "inventory", status: "ok", found: "its database answers" },
        { name: "catalog", status: "ok", found: "its database answers" }
      ]
    })
  })

  it("lives and is not ready while its store does not answer, and recovers by itself", async () => {
    let isUp = false
    const down = new StoreError({ reason: "Unavailable", message: "the database is away" })
    const ping = Effect.suspend(() => (isUp ? Effect.void : Effect.fail(down)))
    const server = await open(memoryEngine(new HandClock(), { reads: { ping } }))
    const answer = await server.call("GET", "/health/ready")
    expect(answer.status).toBe(503)
    expect(answer.json.type).toBe("urn:holdfast:problem:store-unavailable")
    expect((await server.call("GET", "/health/live")).status).toBe(200)
    isUp = true
    // What the store said is kept for half a second, however many ask.
    await vi.waitFor(
      async () => expect((await server.call("GET", "/health/ready")).status).toBe(200),
      10_000
    )
  })

  it("tells a store that fails by what may be done about it", async () => {
    const expected: ReadonlyArray<readonly [StoreErrorReason, number, string]> = [
      ["Overloaded", 429, "overloaded"],
      ["Unavailable", 503, "store-unavailable"],
      ["Busy", 503, "store-busy"],
      ["TimedOut", 503, "timed-out"],
      ["OutcomeUnknown", 503, "outcome-unknown"],
      ["Closed", 503, "shutting-down"],
      ["Rejected", 500, "internal-error"]
    ]
    let reason: StoreErrorReason = "Busy"
    const transact = () => Effect.suspend(() => new StoreError({ reason, message: "it failed" }))
    const server = await open(memoryEngine(new HandClock(), { store: { transact } }))
    for (const [given, status, slug] of expected) {
      reason = given
      for (const [path, body] of [
        ["/api/inventory/reservations", { skuId: "a", quantity: 1, orderId: "o" }],
        ["/api/inventory/a/receive", { quantity: 1 }]
      ] as const) {
        const answer = await server.call("POST", path, { body })
        expect([given, answer.status, answer.json.type]).toEqual([
          given,
          status,
          `urn:holdfast:problem:${slug}`
        ])
        if (status !== 500) expect(answer.json.detail).toContain("Idempotency-Key")
      }
    }
  })

  it("gives up on a request that takes too long, and says how to repeat a write", async () => {
    const stuck = Deferred.makeUnsafe<never, StoreError>()
    // A body without an end cannot end too early, however short its time is.
    const server = await open(
      memoryEngine(new HandClock(), {
        store: { transact: () => Deferred.await(stuck) },
        reads: { sku: () => Effect.never, ping: Effect.never }
      }),
      { requestTimeout: "20 millis" }
    )
    for (const [method, path, body] of [
      ["POST", "/api/inventory/reservations", { skuId: "a", quantity: 1, orderId: "o" }],
      ["POST", "/api/inventory/a/receive", { quantity: 1 }],
      ["GET", "/api/skus/a", undefined],
      // The last request shows that the server still listens after the others.
      ["GET", "/health/ready", undefined]
    ] as const) {
      const answer = await server.call(method, path, body === undefined ? {} : { body })
      expect([path, answer.status]).toEqual([path, 503])
      expect(answer.json.type).toBe("urn:holdfast:problem:timed-out")
      expect(answer.json.detail).toContain("same Idempotency-Key")
    }
    const closed = new StoreError({ reason: "Closed", message: "over" })
    Deferred.doneUnsafe(stuck, Exit.fail(closed))
  })

  it("waits for a body as long as the host does, and the host's refusal is a problem too", async () => {
    const server = await open(
      memoryEngine(new HandClock()),
      { requestTimeout: "1 millis" },
      { requestTimeout: 50, headersTimeout: 50, connectionsCheckingInterval: 10 }
    )
    for (const path of ["/api/inventory/reservations", "/api/skus"]) {
      const line = `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\n`
      const heard = await sendBytes(server.port, `${line}content-length: 100\r\n\r\n{"sku`, false)
      expect(heard).toMatch(/^HTTP\/1\.1 408 /)
      expect(heard).toContain("urn:holdfast:problem:request-timeout")
    }
  })

  it("tells a fault of ours as a problem, and nothing of its insides", async () => {
    const server = await open(
      memoryEngine(new HandClock(), {
        store: { transact: () => Effect.die(new Error("secret of the house")) },
        reads: { sku: () => Effect.die(new Error("secret of the house")) }
      })
    )
    const answers = [
      await server.call("GET", "/api/skus/a"),
      await server.call("POST", "/api/inventory/a/receive", { body: { quantity: 1 } }),
      await server.call("POST", "/api/inventory/reservations", {
        body: { skuId: "a", quantity: 1, orderId: "o" }
      })
    ]
    for (const answer of answers) {
      expect(answer.status).toBe(500)
      expect(answer.json.type).toBe("urn:holdfast:problem:internal-error")
      expect(answer.text).not.toContain("secret")
    }
  })
})
