/** Compares what each endpoint lists with the table of operations. */
import { everyRefusalOf, type OperationName, operations, refusals } from "@holdfast/core/inventory"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { serverForTests } from "../server.ts"
import { operationsOf } from "./requestsOf.ts"

const { clock, get, post, sku } = serverForTests()

const trimmed = serverForTests(
  {},
  {
    reads: {
      stockAsOf: () =>
        Effect.succeed({ levels: [], horizon: DateTime.makeUnsafe("2026-01-01T00:00:00Z") })
    }
  }
)

/** The row of the table behind each endpoint, and the refusals that the endpoint cannot cause. */
const rows: Readonly<Record<string, readonly [OperationName, ...ReadonlyArray<string>]>> = {
  "skus.register": ["registerSku"],
  "skus.list": ["skus"],
  "skus.get": ["sku"],
  "skus.update": ["updateSku"],
  "skus.archive": ["archiveSku"],
  "skus.unarchive": ["unarchiveSku"],
  "locations.register": ["registerLocation"],
  "locations.list": ["locations"],
  "locations.get": ["location"],
  "locations.update": ["updateLocation"],
  "stock.statuses": ["stockStatus"],
  "stock.manyStatuses": ["stockStatus"],
  "stock.many": ["stocks"],
  "stock.get": ["stockAsOf"],
  "stock.movements": ["movements"],
  "stock.movementsOfReference": ["movementsOfReference"],
  "stock.reservations": ["reservationsOfSku"],
  "stock.receive": ["receive"],
  "stock.returnStock": ["returnStock"],
  "stock.ship": ["ship"],
  "stock.adjust": ["adjust"],
  "stock.count": ["count"],
  "stock.transfer": ["transfer"],
  "stock.changeStock": ["changeStock"],
  "stock.checkAvailability": ["checkAvailability"],
  "stock.heldOptions": ["heldOptions"],
  "reservations.reserve": ["reserve", "OrderAlreadyConfirmed"],
  "reservations.get": ["reservation"],
  "reservations.confirm": ["confirm"],
  "reservations.release": ["release"],
  "reservations.fulfil": ["fulfil"],
  "reservations.resize": ["resize"],
  "reservations.extend": ["extend"],
  "orders.replace": ["reserve"],
  "orders.add": ["reserve", "OrderAlreadyConfirmed"],
  "orders.get": ["reservationsOfOrder"],
  "orders.confirm": ["confirmOrder"],
  "orders.release": ["releaseOrder"],
  "orders.fulfil": ["fulfilOrder"],
  "orders.releaseBundle": ["releaseBundle"],
  "orders.resizeBundle": ["resizeBundle"],
  "orders.extendBundle": ["extendBundle"],
  "orders.place": ["placeOrder"],
  "orders.state": ["order"],
  "orders.pay": ["payOrder"],
  "orders.cancel": ["cancelOrder"],
  "orders.complete": ["completeOrder"],
  "carts.claim": ["claimOrder"],
  "orders.customer": ["customer"],
  "orders.eraseCustomer": ["eraseCustomer"],
  "operations.reconciliation": ["reconcilePart"],
  "operations.events": ["events"],
  "stockReports.mostMissed": ["mostMissed"],
  "stockReports.accuracy": ["accuracy"],
  "events.list": ["events"],
  "events.stream": ["events"]
}

/** Rows that no endpoint of its own has: `stock.get` has levels and stock, health is ping. */
const withoutEndpoint: ReadonlyArray<OperationName> = [
  "expireLapsed",
  "stock",
  "levels",
  "reconcile",
  "reconciledLevels",
  "ping"
]

/** Endpoints that say what they do themselves, since they are one way of several into a row. */
const ownSentences = ["reservations.reserve", "orders.replace", "orders.add"].concat([
  "stock.statuses",
  "stock.get",
  "events.stream"
])

describe("B4 the contract", () => {
  it("lists exactly the refusals of the row behind each endpoint, and its sentence", async () => {
    const { json } = await get("/openapi.json")
    const listed = (responses: unknown) =>
      [...JSON.stringify(responses).matchAll(/schemas\/(\w+)Problem"/g)]
        .map(([, name]) => name ?? "")
        .filter((name) => name in refusals)
        .sort()
    const asked = operationsOf(json).filter(
      ({ operationId }) =>
        !/^(health|carts\.create|audit|history|webhooks|products|productReports|options|categories|attributes)/.test(
          operationId
        )
    )
    expect(asked.map(({ operationId }) => operationId).sort()).toEqual(Object.keys(rows).sort())
    for (const { method, operationId, path } of asked) {
      const [name, ...without] = rows[operationId] ?? []
      if (name === undefined) continue
      const { responses, summary } = json.paths[path][method.toLowerCase()]
      const expected = everyRefusalOf(name).filter((tag) => !without.includes(tag))
      expect([operationId, listed(responses)]).toEqual([operationId, [...expected].sort()])
      if (ownSentences.includes(operationId)) continue
      expect([operationId, summary]).toEqual([operationId, operations[name].summary])
    }
    const reached = new Set(Object.values(rows).map(([name]) => name))
    const unreached = Object.keys(operations).filter((name) => !reached.has(name as OperationName))
    expect(unreached.sort()).toEqual([...withoutEndpoint].sort())
  })

  it("has an expired hold where it is fulfilled, extended or resized", async () => {
    const skuId = await sku(5)
    const order = { skuId, quantity: 1, orderId: "o", ttl: 1 }
    const { json: hold } = await post("/api/inventory/reservations", order)
    clock.advance(1)
    for (const [action, body] of [
      ["fulfil", undefined],
      ["extend", { ttl: 60 }],
      ["resize", { quantity: 2 }]
    ] as const) {
      // The caller in these tests checks every answer against the document.
      const answer = await post(`/api/inventory/reservations/${hold.id}/${action}`, body)
      expect([action, answer.status, answer.json.type]).toEqual([
        action,
        409,
        "urn:holdfast:problem:reservation-expired"
      ])
    }
  })

  it("has the ledger that begins later, by the same name as the Promise door", async () => {
    const skuId = await trimmed.sku(1)
    const at = "2025-12-31T00:00:00.000Z"
    const answer = await trimmed.get(`/api/inventory/${skuId}?at=${at}`)
    expect([answer.status, answer.json]).toEqual([
      409,
      {
        type: "urn:holdfast:problem:before-ledger",
        title: "The ledger begins later",
        status: 409,
        detail:
          `the ledger of SKU "${skuId}" reaches back to 2026-01-01T00:00:00.000Z, ` +
          `not to ${at}`,
        skuId,
        at,
        horizon: "2026-01-01T00:00:00.000Z"
      }
    ])
  })
})
