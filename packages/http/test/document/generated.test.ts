/** Requests from a tool that knows only the document: none of them is bad input. */
import { beforeAll, describe, expect, it } from "vitest"
import { type Answer, serverForTests } from "../server.ts"
import { deafSender } from "../webhooks/deafSender.ts"
import { addressOf, type Made, Maker, type Operation, operationsOf } from "./requestsOf.ts"

const { call, get, post, sku } = serverForTests({ webhooks: { sender: deafSender } })

const seed = Number(process.env["HOLDFAST_TEST_SEED"] ?? 7)
const requestsEach = 40

/** What no schema can express: a cursor comes from a page, and nothing has happened after now. */
const sayable = (made: Made): Made => {
  const { cursor: _, ...query } = made.query
  if (typeof made.body !== "object" || made.body === null) return { ...made, query }
  const body: Record<string, unknown> = { ...made.body }
  const happened = body["occurredAt"]
  if (typeof happened === "string") body["occurredAt"] = `2020${happened.slice(4)}`
  if (body["toLocationId"] !== undefined && body["toLocationId"] === body["fromLocationId"]) {
    body["toLocationId"] = "elsewhere"
  }
  return { ...made, query, body }
}

let document: unknown
let operations: ReadonlyArray<Operation> = []
let known: Record<string, ReadonlyArray<unknown>> = {}

beforeAll(async () => {
  document = (await get("/openapi.json")).json
  operations = operationsOf(document).filter(({ isStream }) => !isStream)
  const skuId = await sku(1_000)
  await post("/api/locations", { locationId: "east", name: "East" })
  const orderIds = Array.from({ length: 20 }, (_, n) => `o-${n}`)
  const holds: Array<string> = []
  for (const orderId of orderIds) {
    const hold = await post("/api/inventory/reservations", { skuId, quantity: 2, orderId })
    holds.push(hold.json.id)
    if (orderId > "o-5") await post(`/api/inventory/reservations/${hold.json.id}/confirm`)
  }
  const places = ["default", "east"]
  known = {
    skuId: [skuId],
    skuIds: [[skuId]],
    orderId: orderIds,
    reservationId: holds,
    locationId: places,
    fromLocationId: places,
    toLocationId: places
  }
})

describe("a request that the document allows", () => {
  it(`is never bad input, whatever the operation (seed ${seed})`, async () => {
    const refused: Array<string> = []
    const statuses = new Map<string, Map<number, number>>()
    for (const [index, operation] of operations.entries()) {
      const maker = new Maker(document, seed * 1_000 + index, known)
      const counted = new Map<number, number>()
      statuses.set(operation.operationId, counted)
      for (let n = 0; n < requestsEach; n++) {
        const made = sayable(maker.request(operation))
        const address = addressOf(operation, made)
        const { body, headers } = made
        const sent = body === undefined ? { headers } : { headers, body }
        const answer: Answer = await call(operation.method, address, sent)
        counted.set(answer.status, (counted.get(answer.status) ?? 0) + 1)
        if (![400, 405, 408, 413, 415, 431].includes(answer.status) && answer.status < 500) continue
        refused.push(
          `${operation.method} ${address} ${JSON.stringify(sent)}: ${answer.status} ${answer.text}`
        )
      }
    }
    expect(refused).toEqual([])
    expect(operations.length).toBeGreaterThan(36)
    // A run in which nothing is granted would prove nothing.
    const granted = [...statuses].filter(([, counted]) =>
      [...counted.keys()].some((status) => status < 300)
    )
    expect(granted.length / operations.length).toBeGreaterThan(0.7)
  }, 120_000)
})
