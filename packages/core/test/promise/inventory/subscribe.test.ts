/** Subscriptions through the Promise door: what a host asks for, gets, and gets wrong. */
import { describe, expect, it } from "vitest"
import type { LoggedEvent } from "../../../src/index.ts"
import { toPromises } from "../../../src/inventory.ts"
import { memoryEngine, openMugs } from "./openMemory.ts"

const order = (n: number) => ({ orderId: `order-${n}`, lines: [{ skuId: "mug", quantity: 1 }] })

/** Collects events until so many are there. */
const collecting = (count: number) => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const events: Array<LoggedEvent> = []
  const handler = (page: ReadonlyArray<LoggedEvent>) => {
    events.push(...page)
    if (events.length >= count) resolve()
  }
  return { events, handler, isThere: promise }
}

const refusalOf = async (promise: PromiseLike<unknown>) => {
  try {
    await promise
  } catch (error) {
    return error as { code: string; details: unknown; message: string }
  }
  throw new Error("it was not refused")
}

describe("subscribing", () => {
  it("gives the events of the types that are wanted, in order, with plain values", async () => {
    await using inventory = await openMugs()
    const { events, handler, isThere } = collecting(2)
    await using subscription = await inventory.subscribe("mugs", {
      types: ["inventory.stock.reserved"],
      handler
    })
    await inventory.reserve(order(1))
    await inventory.reserve(order(2))
    await isThere
    expect(events.map(({ event }) => (event.payload as { orderId: string }).orderId)).toEqual([
      "order-1",
      "order-2"
    ])
    expect(events[0]?.event.timestamp).toBeInstanceOf(Date)
    expect(subscription.status()).toMatchObject({ state: "MOVING", problem: null })
  })

  it("gives the handler events of the types that it has named, also to the compiler", async () => {
    await using inventory = await openMugs()
    const { promise, resolve } = Promise.withResolvers<string>()
    await using _reserved = await inventory.subscribe("reserved", {
      types: ["inventory.stock.reserved"],
      handler: ([first]) => {
        // Of one type, so its payload needs no question for the type.
        if (first !== undefined) resolve(first.event.payload.orderId)
      }
    })
    await using _both = await inventory.subscribe("both", {
      types: ["inventory.stock.reserved", "ordering.order.cancelled"],
      handler: (events) => {
        for (const { event } of events) {
          const type: "inventory.stock.reserved" | "ordering.order.cancelled" = event.eventType
          expect(type).toBeTypeOf("string")
          // @ts-expect-error a cancelled order has no quantity
          void event.payload.quantity
          if (event.eventType === "ordering.order.cancelled") void event.payload.previousStatus
        }
      }
    })
    await using _all = await inventory.subscribe("all", {
      handler: (events) => {
        for (const { event } of events) {
          // @ts-expect-error not every event is about an order
          void event.payload.orderId
        }
      }
    })
    // @ts-expect-error there is no such type of event
    const unknown = inventory.subscribe("unknown", { types: ["nothing"], handler: () => undefined })
    await expect(unknown).rejects.toMatchObject({ code: "InvalidInput" })
    await inventory.reserve(order(1))
    expect(await promise).toBe("order-1")
  })

  it("goes on under the same name where it stopped", async () => {
    await using inventory = await toPromises(memoryEngine)
    await inventory.registerSku({ skuId: "mug", code: "MUG", name: "Mug", initialStock: 3 })
    const types = ["inventory.stock.reserved"] as const
    const first = collecting(1)
    const one = await inventory.subscribe("mugs", { types, handler: first.handler })
    await inventory.reserve(order(1))
    await first.isThere
    await one.close()
    await inventory.reserve(order(2))
    const second = collecting(1)
    await using _two = await inventory.subscribe("mugs", { types, handler: second.handler })
    await second.isThere
    const orders = [...first.events, ...second.events].map(
      ({ event }) => (event.payload as { orderId: string }).orderId
    )
    expect(orders).toEqual(["order-1", "order-2"])
  })

  it("ends with the door, after the handler that has begun", async () => {
    const inventory = await openMugs()
    const began = Promise.withResolvers<void>()
    const letGo = Promise.withResolvers<void>()
    let isHandled = false
    await inventory.subscribe("mugs", {
      handler: async () => {
        began.resolve()
        await letGo.promise
        isHandled = true
      }
    })
    await began.promise
    const closing = inventory.close()
    letGo.resolve()
    await closing
    expect(isHandled).toBe(true)
  })

  it("names every bad option, and runs nothing", async () => {
    await using inventory = await openMugs()
    const handler = () => undefined
    const bad: ReadonlyArray<readonly [string, unknown, string]> = [
      ["a name", { handler }, "name"],
      ["mugs", {}, "options"],
      ["mugs", { handler, handlerInTransaction: handler }, "options"],
      ["mugs", { handler: "no function" }, "options"],
      ["mugs", { handler, batchMax: 0 }, "options.batchMax"],
      ["mugs", { handler, from: "NOW" }, "options.from"],
      ["mugs", { handler, types: ["inventory.stock.gone"] }, "options.types.0"],
      ["mugs", { handler, typ: [] }, "options.typ"]
    ]
    for (const [name, options, path] of bad) {
      const { code, details } = await refusalOf(inventory.subscribe(name, options as never))
      const { issues } = details as { issues: ReadonlyArray<{ path: string }> }
      expect([code, issues[0]?.path]).toEqual(["InvalidInput", path])
    }
  })

  it("names the handlers among the fields that there are", async () => {
    await using inventory = await toPromises(memoryEngine)
    const misspelt = inventory.subscribe("mugs", { handlr: () => undefined } as never)
    await expect(misspelt).rejects.toThrow("handlr: is not a field (there are handler, handlerIn")
  })

  it("says why a handler gets nothing: it threw, or there is no transaction to move in", async () => {
    await using inventory = await openMugs()
    const throwing = await inventory.subscribe("throwing", {
      handler: () => {
        throw new Error("no table")
      }
    })
    const moving = await inventory.subscribe("moving", {
      handlerInTransaction: () => Promise.resolve()
    })
    await expect.poll(() => throwing.status().problem).toBe("no table")
    expect(throwing.status().state).toBe("RETRYING")
    await expect.poll(() => moving.status().problem).toMatch(/no transactions of a host/)
  })

  it("says that it is closed, by itself or with its door", async () => {
    const inventory = await openMugs()
    const { handler } = collecting(1)
    const one = await inventory.subscribe("one", { handler })
    const other = await inventory.subscribe("other", { handler })
    const closed = { state: "STOPPED", problem: expect.stringMatching(/is closed/) }
    await one.close()
    expect(one.status()).toMatchObject(closed)
    expect(other.status().problem).toBe(null)
    await inventory.close()
    expect(other.status()).toMatchObject(closed)
  })

  it("is refused when the door closes meanwhile", async () => {
    const inventory = await openMugs()
    let calls = 0
    const subscribing = inventory.subscribe("mugs", {
      handler: () => {
        calls += 1
      }
    })
    const refused = refusalOf(subscribing)
    await inventory.close()
    expect((await refused).code).toBe("Closed")
    expect(calls).toBe(0)
  })
})
