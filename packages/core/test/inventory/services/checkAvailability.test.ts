import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import { checkAvailability } from "../../../src/inventory/services/checkAvailability.ts"
import {
  Inventory,
  InventoryQueries,
  MemoryInventory,
  OrderId,
  StockReads
} from "../../../src/inventory.ts"
import { line } from "../decide/words.ts"

const engine = Layer.provideMerge(Inventory.layer(), MemoryInventory.layer)

const shop = Effect.gen(function* () {
  const inventory = yield* Inventory
  yield* inventory.registerSku({ skuId: "mug", code: "MUG", name: "Mug", initialStock: 3 })
  yield* inventory.registerSku({ skuId: "cup", code: "CUP", name: "Cup", initialStock: 1 })
  return inventory
})

it.effect("sums the lines of one SKU, and names every line that is short", () =>
  Effect.gen(function* () {
    yield* shop
    const fits = { isAvailable: true, shortLines: [] }
    expect(yield* checkAvailability({ lines: [line("mug", 1), line("mug", 2)] })).toEqual(fits)
    const asked = { lines: [line("mug", 2), line("mug", 2), line("cup", 2)] }
    const { isAvailable, shortLines } = yield* checkAvailability(asked)
    expect(isAvailable).toBe(false)
    expect(shortLines.map((it) => [it.line, it.requested, it.available])).toEqual([
      [1, 2, 1],
      [2, 2, 1]
    ])
  }).pipe(Effect.provide(engine))
)

it.effect("says what `reserve` then does", () =>
  Effect.gen(function* () {
    const inventory = yield* shop
    yield* inventory.registerLocation({ locationId: "attic", name: "Attic", priority: 1 })
    yield* inventory.receive({ skuId: "mug", locationId: "attic", quantity: 2 })
    for (const quantity of [1, 2, 3, 4, 5]) {
      const lines = [line("mug", quantity), line("mug", 2)]
      const { isAvailable, shortLines } = yield* checkAvailability({ lines })
      const reserved = yield* Effect.result(inventory.reserve({ orderId: `o${quantity}`, lines }))
      expect(reserved._tag === "Success").toBe(isAvailable)
      if (reserved._tag === "Failure") {
        expect(reserved.failure).toEqual({ _tag: "InsufficientStock", lines: shortLines })
      } else yield* inventory.releaseOrder({ orderId: `o${quantity}` })
    }
  }).pipe(Effect.provide(engine))
)

it.effect("counts lapsed holds as free from their instant, and writes nothing", () =>
  Effect.gen(function* () {
    const inventory = yield* shop
    const reads = yield* StockReads
    yield* inventory.reserve({ orderId: "o1", lines: [line("mug", 3)], ttl: 60 })
    expect((yield* checkAvailability({ lines: [line("mug", 1)] })).isAvailable).toBe(false)
    yield* TestClock.adjust("60 seconds")
    const events = yield* reads.events(0, 100)
    expect((yield* checkAvailability({ lines: [line("mug", 3)] })).isAvailable).toBe(true)
    expect(yield* reads.events(0, 100)).toEqual(events)
  }).pipe(Effect.provide(engine))
)

it.effect("does not let the order's own pending holds stand in its way, on any SKU", () =>
  Effect.gen(function* () {
    const inventory = yield* shop
    yield* inventory.reserve({ orderId: "cart", lines: [line("mug", 3), line("cup", 1)] })
    yield* inventory.registerSku({ skuId: "jar", code: "JAR", name: "Jar", initialStock: 1 })
    const lines = [line("mug", 3), line("jar", 1)]
    expect((yield* checkAvailability({ lines })).isAvailable).toBe(false)
    expect((yield* checkAvailability({ lines, orderId: OrderId.make("cart") })).isAvailable).toBe(
      true
    )
    expect((yield* checkAvailability({ lines, orderId: OrderId.make("other") })).isAvailable).toBe(
      false
    )
    yield* inventory.confirmOrder({ orderId: "cart" })
    const refusal = yield* Effect.flip(checkAvailability({ lines, orderId: OrderId.make("cart") }))
    expect(refusal).toEqual({ _tag: "OrderAlreadyConfirmed", orderId: "cart" })
  }).pipe(Effect.provide(engine))
)

it.effect("answers though a hold of the order is released between its two reads", () =>
  Effect.gen(function* () {
    const inventory = yield* shop
    const reads = yield* StockReads
    yield* inventory.reserve({ orderId: "cart", lines: [line("mug", 2)] })
    const racing = {
      ...reads,
      linesOfOrder: (orderId: OrderId) =>
        Effect.tap(reads.linesOfOrder(orderId), () =>
          Effect.orDie(inventory.releaseOrder({ orderId }))
        )
    }
    const asked = checkAvailability({ lines: [line("mug", 1)], orderId: OrderId.make("cart") })
    expect(yield* Effect.provideService(asked, StockReads, racing)).toMatchObject({
      isAvailable: true
    })
  }).pipe(Effect.provide(engine))
)

it.effect("B10 takes no id of a hold, since it makes no holds", () =>
  Effect.gen(function* () {
    const reservationId = "018f0000-0000-7000-8000-000000000001"
    const lines = [{ ...line("mug", 1), reservationId }]
    const refused = yield* Effect.flip((yield* InventoryQueries).checkAvailability({ lines }))
    expect(refused).toMatchObject({ issues: [{ path: "lines.0.reservationId" }] })
  }).pipe(Effect.provide(Layer.provideMerge(InventoryQueries.layer, engine)))
)

it.effect("refuses what `reserve` refuses before it counts", () =>
  Effect.gen(function* () {
    const inventory = yield* shop
    const unknown = yield* Effect.flip(
      checkAvailability({ lines: [line("jar", 1), line("urn", 1)] })
    )
    expect(unknown).toEqual({ _tag: "SkuNotFound", skuIds: ["jar", "urn"] })
    yield* inventory.registerSku({ skuId: "old", code: "OLD", name: "Old" })
    yield* inventory.archiveSku({ skuId: "old" })
    const archived = yield* Effect.flip(checkAvailability({ lines: [line("old", 1)] }))
    expect(archived).toEqual({ _tag: "SkuArchived", skuIds: ["old"] })
  }).pipe(Effect.provide(engine))
)
