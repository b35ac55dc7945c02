/** Compares the refusals that each operation lists with the table of core. */
import { type CommandTag, refusals, refusalsOf, refusalsOfAny } from "@holdfast/core/effect"
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

/** The command of each operation that writes, and the refusals that the operation cannot cause. */
const commands: Readonly<Record<string, readonly [CommandTag, ...ReadonlyArray<string>]>> = {
  "skus.register": ["RegisterSku"],
  "skus.update": ["UpdateSku"],
  "skus.archive": ["ArchiveSku"],
  "skus.unarchive": ["UnarchiveSku"],
  "locations.register": ["RegisterLocation"],
  "locations.update": ["UpdateLocation"],
  "stock.receive": ["ReceiveStock"],
  "stock.returnStock": ["ReturnStock"],
  "stock.ship": ["ShipStock"],
  "stock.adjust": ["AdjustStock"],
  "stock.count": ["CountStock"],
  "stock.transfer": ["TransferStock"],
  "stock.checkAvailability": [
    "ReserveStock",
    "IdempotencyMismatch",
    "IdTaken",
    "InsufficientStock"
  ],
  "reservations.reserve": ["ReserveStock", "OrderAlreadyConfirmed"],
  "reservations.confirm": ["ConfirmReservation"],
  "reservations.release": ["ReleaseReservation"],
  "reservations.fulfil": ["FulfilReservation"],
  "reservations.resize": ["ResizeReservation"],
  "reservations.extend": ["ExtendReservation"],
  "orders.replace": ["ReserveStock"],
  "orders.add": ["ReserveStock", "OrderAlreadyConfirmed"],
  "orders.confirm": ["ConfirmOrder"],
  "orders.release": ["ReleaseOrder"],
  "orders.fulfil": ["FulfilOrder"]
}

describe("B4 the contract", () => {
  it("lists exactly the refusals of the command behind each operation", async () => {
    const { json } = await get("/openapi.json")
    const listed = (responses: unknown) =>
      [...JSON.stringify(responses).matchAll(/schemas\/(\w+)Problem"/g)]
        .map(([, name]) => name ?? "")
        .filter((name) => name in refusals)
        .sort()
    const writing = operationsOf(json).filter(
      ({ operationId, parameters }) =>
        operationId in commands || parameters.some(({ name }) => name === "idempotency-key")
    )
    const ids = writing.map(({ operationId }) => operationId).sort()
    expect(ids).toEqual(Object.keys(commands).sort())
    for (const { method, operationId, path } of writing) {
      const [command, ...without] = commands[operationId] ?? []
      if (command === undefined) continue
      const row: ReadonlyArray<string> = [...refusalsOfAny, ...refusalsOf[command]]
      const { responses } = json.paths[path][method.toLowerCase()]
      const expected = row.filter((tag) => !without.includes(tag)).sort()
      expect([operationId, listed(responses)]).toEqual([operationId, expected])
    }
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
        skuId,
        at,
        horizon: "2026-01-01T00:00:00.000Z"
      }
    ])
  })
})
