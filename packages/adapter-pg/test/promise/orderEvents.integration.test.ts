/** Events about orders through the Promise door, on a database that outlives the process. */
import { describe, expect, it, vi } from "@effect/vitest"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import { createInventory } from "../../src/index.ts"
import { mug, ownDatabase, ownFolder } from "./opened.ts"

vi.setConfig({ testTimeout: 60_000 })

const eventOf = (eventType: string, payload: object = {}) => ({
  eventId: `${eventType}-1`,
  eventType,
  aggregateId: "order-1",
  timestamp: new Date(),
  payload
})

const created = eventOf("order.created", {
  orderId: "order-1",
  lines: [{ skuId: "mug", quantity: 2 }]
})

/** A payment comes first, in one life of the process, and its order in the next. */
const paidBeforeItIsPlaced = async (
  options: { readonly url: string } | { readonly folder: string }
) => {
  const first = await createInventory(options)
  await first.registerSku(mug)
  expect(await first.handleOrderEvent(eventOf("order.paid"))).toEqual({ _tag: "Parked" })
  await first.close()
  await using second = await createInventory(options)
  expect(await second.handleOrderEvent(JSON.stringify(created))).toMatchObject({
    _tag: "Decided",
    state: { _tag: "Reserved" },
    applied: [{ eventType: "order.paid", state: { _tag: "Confirmed" } }]
  })
  expect(await second.order("order-1")).toMatchObject({
    status: "CONFIRMED",
    version: 2,
    reservations: [{ skuId: "mug", quantity: 2, status: "CONFIRMED" }]
  })
  expect(await second.handleOrderEvent(created)).toMatchObject({ isReplayed: true })
}

describePostgres(18, "an event about an order that comes too early, on PostgreSQL", () => {
  it("waits for the one that it needs, also over a restart", async () => {
    await using database = await ownDatabase()
    await paidBeforeItIsPlaced({ url: database.url })
  })
})

describe("an event about an order that comes too early, in a folder", () => {
  it("waits for the one that it needs, also over a restart", async () => {
    using own = ownFolder()
    await paidBeforeItIsPlaced({ folder: own.folder })
  })
})
