/** The web handler over what the Promise API gave. */
import type { HoldfastInventory } from "@holdfast/core"
import { Catalog, catalogToPromises, MemoryCatalog, StockStatus } from "@holdfast/core/catalog"
import { servicesOf, toPromises } from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { describe, expect, it } from "vitest"
import { webHandler } from "../../src/index.ts"
import { HandClock, memoryEngine } from "../server.ts"

const openMugs = async (): Promise<HoldfastInventory> => {
  const inventory = await toPromises(memoryEngine(new HandClock()))
  await inventory.registerSku({ skuId: "mug", code: "MUG", name: "Mug", initialStock: 3 })
  return inventory
}

const reserve = (quantity: number, orderId = "order-1"): Request =>
  new Request("https://shop.example/api/inventory/reservations", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ skuId: "mug", quantity, orderId })
  })

const get = (path: string): Request => new Request(`https://shop.example${path}`)

describe("H4 a web handler over an inventory of the host's own", () => {
  it("serves the same stock that the host sees", async () => {
    await using inventory = await openMugs()
    const { dispose, handler } = webHandler(inventory)
    expect((await handler(reserve(2))).status).toBe(201)
    expect((await inventory.stock("mug")).availableQuantity).toBe(1)
    await inventory.receive({ skuId: "mug", quantity: 4 })
    const stock = await handler(get("/api/inventory/mug"))
    expect(await stock.json()).toMatchObject({ availableQuantity: 5 })
    await dispose()
  })

  it("leaves the inventory open when it is disposed of", async () => {
    await using inventory = await openMugs()
    const first = webHandler(inventory)
    await first.handler(get("/health/ready"))
    await first.dispose()
    expect((await inventory.stock("mug")).availableQuantity).toBe(3)
    const second = webHandler(inventory)
    expect((await second.handler(get("/health/ready"))).status).toBe(200)
    await second.dispose()
  })

  it("answers 503 once the host has closed the inventory", async () => {
    const inventory = await openMugs()
    const { dispose, handler } = webHandler(inventory)
    expect((await handler(reserve(1))).status).toBe(201)
    await inventory.close()
    const refused = await handler(reserve(1, "order-2"))
    expect(refused.status).toBe(503)
    expect(await refused.json()).toMatchObject({ type: "urn:holdfast:problem:shutting-down" })
    await dispose()
  })

  it("answers the reads under way before the inventory closes, and none that comes later", async () => {
    const began = Promise.withResolvers<void>()
    const letGo = Promise.withResolvers<void>()
    let hasClosed = false
    const ping = Effect.suspend(() => {
      began.resolve()
      return Effect.promise(() => letGo.promise)
    })
    const closing = Layer.effectDiscard(
      Effect.addFinalizer(() =>
        Effect.sync(() => {
          hasClosed = true
        })
      )
    )
    const engine = memoryEngine(new HandClock(), { reads: { ping } })
    const inventory = await toPromises(Layer.merge(engine, closing))
    const { dispose, handler } = webHandler(inventory)
    const asked = handler(get("/health/ready"))
    await began.promise
    const closed = inventory.close()
    const late = await handler(get("/api/inventory/mug"))
    expect([late.status, await late.json()]).toMatchObject([
      503,
      { type: "urn:holdfast:problem:shutting-down" }
    ])
    expect(hasClosed).toBe(false)
    letGo.resolve()
    expect((await asked).status).toBe(200)
    await closed
    expect(hasClosed).toBe(true)
    await dispose()
  })

  it("lets go of a read that takes longer than the inventory may take to close", async () => {
    const began = Promise.withResolvers<void>()
    const ping = Effect.suspend(() => {
      began.resolve()
      return Effect.never
    })
    const inventory = await toPromises(memoryEngine(new HandClock(), { reads: { ping } }))
    const { dispose, handler } = webHandler(inventory)
    const asked = handler(get("/health/ready"))
    await began.promise
    await expect(inventory.close({ timeout: 10 })).rejects.toMatchObject({
      code: "CloseTimedOut",
      details: { calls: [{ method: "ping", count: 1 }] }
    })
    expect((await asked).status).toBe(503)
    await dispose()
  })

  it("finds the services through an object that inherits from it, and shows them in no listing", async () => {
    await using inventory = await openMugs()
    const decorated = Object.create(inventory) as HoldfastInventory
    const { dispose, handler } = webHandler(decorated)
    expect((await handler(get("/health/ready"))).status).toBe(200)
    await dispose()
    expect(Object.keys(inventory)).not.toContain("services")
    expect(Object.getOwnPropertySymbols({ ...inventory })).toEqual([Symbol.asyncDispose])
  })

  it("says how a catalog is mounted alone", async () => {
    const catalog = await catalogToPromises(
      Layer.provideMerge(Catalog.layer(), Layer.merge(MemoryCatalog.layer, StockStatus.layerNone))
    )
    const alone = () => webHandler(catalog as unknown as HoldfastInventory)
    expect(alone).toThrow("inventory: is a catalog; to mount it alone, write { catalog }")
    await catalog.close()
  })

  it("refuses by name what is neither", async () => {
    await using inventory = await openMugs()
    for (const wrong of [{ ...inventory }, {}, null, undefined, "postgres://127.0.0.1/shop"]) {
      expect(servicesOf(wrong)).toBeUndefined()
      expect(() => webHandler(wrong as HoldfastInventory)).toThrow(
        expect.objectContaining({
          code: "InvalidInput",
          details: {
            issues: [
              {
                path: "inventory",
                message:
                  "must be what createInventory or createHoldfast gave, or a layer of the engine"
              }
            ]
          }
        })
      )
    }
  })
})
