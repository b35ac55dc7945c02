/** Orders through the Promise door: events about them go in, and their state is read. */
import { describe, expect, it } from "@effect/vitest"
import * as Layer from "effect/Layer"
import { HoldfastError, isHoldfastError, type OrderEventInput } from "../../../src/index.ts"
import { toPromises } from "../../../src/inventory.ts"
import { layerMemoryParkedEvents, OrderFlow } from "../../../src/ordering.ts"
import { memoryEngine, openMugs } from "./openMemory.ts"

const openFlow = async () => {
  const flow = Layer.provide(OrderFlow.layer(), layerMemoryParkedEvents)
  const inventory = await toPromises(Layer.provideMerge(flow, memoryEngine))
  await inventory.registerSku({ skuId: "mug", code: "MUG", name: "Mug", initialStock: 3 })
  return inventory
}

const eventOf = (
  eventType: string,
  payload: object = {},
  { eventId = `${eventType}-1`, orderId = "order-1" } = {}
): OrderEventInput => ({
  eventId,
  eventType,
  aggregateId: orderId,
  timestamp: new Date("2026-03-04T05:06:07Z"),
  payload
})

const created = (quantity: number, about: { eventId?: string; orderId?: string } = {}) => {
  const orderId = about.orderId ?? "order-1"
  return eventOf("order.created", { orderId, lines: [{ skuId: "mug", quantity }] }, about)
}

describe("handleOrderEvent", () => {
  it("reserves an order, confirms it when it is paid, and knows a repeat", async () => {
    await using inventory = await openFlow()
    const handled = await inventory.handleOrderEvent(created(2))
    expect(handled).toMatchObject({
      _tag: "Decided",
      isReplayed: false,
      applied: [],
      state: { _tag: "Reserved", reservations: [{ skuId: "mug", quantity: 2, status: "PENDING" }] }
    })
    expect(await inventory.handleOrderEvent(JSON.stringify(created(2)))).toMatchObject({
      _tag: "Decided",
      isReplayed: true
    })
    const bytes = new TextEncoder().encode(JSON.stringify(eventOf("order.paid")))
    const paid = await inventory.handleOrderEvent(bytes)
    expect(paid).toMatchObject({ state: { _tag: "Confirmed", version: 2 } })
    expect((await inventory.stock("mug"))?.reservedQuantity).toBe(2)
  })

  it("is not for a MANAGER who is bound to locations, since orders lie anywhere", async () => {
    await using inventory = await openFlow()
    const boss = { id: "boss", kind: "USER", roles: ["MANAGER"] } as const
    const bound = inventory.as({ ...boss, locationIds: ["elsewhere"] })
    await expect(bound.handleOrderEvent(created(2))).rejects.toMatchObject({ code: "Forbidden" })
    expect((await inventory.stock("mug"))?.reservedQuantity).toBe(0)
    expect(await inventory.as(boss).handleOrderEvent(created(2))).toMatchObject({
      state: { _tag: "Reserved" }
    })
  })

  it("answers a rejection as a decision, and a refusal with the error that a command has", async () => {
    await using inventory = await openFlow()
    expect(await inventory.handleOrderEvent(created(9))).toMatchObject({
      _tag: "Decided",
      state: { _tag: "Rejected", short: [{ requested: 9, available: 3 }] }
    })
    const lines = [{ skuId: "unknown", quantity: 1 }]
    const unknown = { orderId: "order-2", lines }
    const refused = await inventory.handleOrderEvent(
      eventOf("order.created", unknown, { eventId: "e-2", orderId: "order-2" })
    )
    if (refused._tag !== "Refused") return expect.unreachable()
    expect(refused.refusal).toBeInstanceOf(HoldfastError)
    expect(isHoldfastError(refused.refusal, "SkuNotFound")).toBe(true)
    expect(refused.refusal.details).toEqual({ skuIds: ["unknown"] })
    expect(refused.refusal.message).toContain("unknown")
  })

  it("parks an event that comes too early, and applies it after the one that it needs", async () => {
    await using inventory = await openFlow()
    expect(await inventory.handleOrderEvent(eventOf("order.paid"))).toEqual({ _tag: "Parked" })
    const handled = await inventory.handleOrderEvent(created(1))
    expect(handled).toMatchObject({
      state: { _tag: "Reserved" },
      applied: [{ eventId: "order.paid-1", eventType: "order.paid", state: { _tag: "Confirmed" } }]
    })
    expect(await inventory.order("order-1")).toMatchObject({ status: "CONFIRMED", version: 2 })
  })

  it("carries its correlation into the events that it causes", async () => {
    await using inventory = await openFlow()
    await inventory.handleOrderEvent(created(1), { correlationId: "checkout-7" })
    const [reserved] = await inventory.events({ types: ["ordering.order.reserved"] })
    expect(reserved?.event.correlationId).toBe("checkout-7")
  })

  it.each([
    ["no JSON", "{", ["event"]],
    ["no object", [], ["event"]],
    ["nothing", undefined, ["event"]],
    ["an unknown type", eventOf("order.lost"), ["event.eventType"]],
    [
      "bad fields",
      { ...created(0), eventId: "", timestamp: new Date(Number.NaN) },
      ["event.eventId", "event.timestamp", "event.payload.lines.0.quantity"]
    ]
  ])("refuses %s, and names every bad field", async (_, event, paths) => {
    await using inventory = await openFlow()
    const error = await inventory.handleOrderEvent(event as OrderEventInput).then(
      () => expect.unreachable(),
      (reason: unknown) => reason
    )
    if (!isHoldfastError(error, "InvalidInput")) throw error
    expect(error.details.issues.map(({ path }) => path).sort()).toEqual([...paths].sort())
  })

  it("refuses options that it does not have", async () => {
    await using inventory = await openFlow()
    const options = { idempotencyKey: "k", traceparent: "" } as object
    await expect(inventory.handleOrderEvent(created(1), options)).rejects.toMatchObject({
      code: "InvalidInput",
      details: {
        issues: expect.arrayContaining([
          expect.objectContaining({ path: "options.idempotencyKey" }),
          expect.objectContaining({ path: "options.traceparent" })
        ])
      }
    })
    await expect(
      inventory.handleOrderEvent(created(1), { signal: AbortSignal.abort(new Error("enough")) })
    ).rejects.toThrow("enough")
  })

  it("says what is missing when the layer has no flow", async () => {
    await using inventory = await openMugs()
    await expect(inventory.handleOrderEvent(created(1))).rejects.toMatchObject({
      code: "Rejected",
      message: expect.stringContaining("OrderFlow")
    })
  })
})

describe("order", () => {
  it("is a placed order with its holds, and undefined when it was never placed", async () => {
    await using inventory = await openMugs()
    expect(await inventory.order("order-1")).toBe(undefined)
    await inventory.reserve({ orderId: "order-1", lines: [{ skuId: "mug", quantity: 1 }] })
    expect(await inventory.order("order-1")).toBe(undefined)
    await inventory.placeOrder({
      orderId: "order-2",
      lines: [{ skuId: "mug", quantity: 2, lineId: "line-1" }],
      ownerId: "ann"
    })
    const order = await inventory.order("order-2")
    expect(order).toMatchObject({
      orderId: "order-2",
      status: "RESERVED",
      version: 1,
      ownerId: "ann",
      short: [],
      reservations: [{ lineId: "line-1", skuId: "mug", quantity: 2, status: "PENDING" }]
    })
    expect(order?.placedAt).toBeInstanceOf(Date)
    expect(order?.changedAt).toEqual(order?.placedAt)
    await expect(inventory.order("")).rejects.toMatchObject({ code: "InvalidInput" })
  })
})
