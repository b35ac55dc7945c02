import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import {
  Inventory,
  layerBundleKeeper,
  MemoryInventory,
  OptionMappings,
  StockReads
} from "../../../src/inventory.ts"
import { OptionId, OrderId, ProductId, SkuId } from "../../../src/kernel/Identifier.ts"
import { settle } from "../../shelf/soldOutWorld.ts"

const optionId = OptionId.make("00000000-0000-7000-8000-000000000001")
const productId = ProductId.make("00000000-0000-7000-8000-000000000002")

/** A catalog with one option, of one cup and two saucers. */
const catalog = Layer.succeed(OptionMappings, {
  isJoined: true,
  optionsOf: (ids) =>
    Effect.succeed(
      ids.map((id) => ({
        _tag: "ForSale" as const,
        optionId: id,
        productId,
        skuMappings: [
          { skuId: SkuId.make("cup"), quantity: 1 },
          { skuId: SkuId.make("saucer"), quantity: 2 }
        ]
      }))
    )
})

const engine = Inventory.layer().pipe(
  Layer.provide(catalog),
  Layer.provideMerge(MemoryInventory.layer)
)
const kept = Layer.provideMerge(layerBundleKeeper(), engine)

const correct = Effect.gen(function* () {
  const inventory = yield* Inventory
  const orderId = OrderId.make("set")
  for (const skuId of ["cup", "saucer"]) {
    yield* inventory.registerSku({ skuId, code: skuId, name: skuId, initialStock: 4 })
  }
  yield* TestClock.adjust("1 seconds")
  yield* settle
  const lines = [{ optionId, quantity: 2 }]
  yield* inventory.reserve({ orderId, lines, ttl: 3_600 })
  yield* inventory.adjust({
    skuId: "cup",
    quantity: -3,
    reason: "broken",
    onShortfall: "RELEASE_NEWEST"
  })
  yield* settle
  yield* TestClock.adjust("2 seconds")
  yield* settle
  const holds = yield* (yield* StockReads).linesOfOrder(orderId)
  return holds.map(({ releaseReason, skuId, status }) => [skuId, status, releaseReason]).sort()
})

it.effect("S3 frees the rest of a bundle of which a correction took a part", () =>
  Effect.gen(function* () {
    expect(yield* correct).toEqual([
      ["cup", "RELEASED", "SHORTFALL"],
      ["saucer", "RELEASED", "SHORTFALL"]
    ])
    const inventory = yield* Inventory
    yield* inventory.receive({ skuId: "cup", quantity: 3 })
    const again = yield* inventory.confirmOrder({ orderId: "set", reacquire: true })
    expect(new Map(again.map(({ quantity, skuId }) => [skuId as string, quantity]))).toEqual(
      new Map([
        ["cup", 2],
        ["saucer", 4]
      ])
    )
  }).pipe(Effect.provide(kept))
)

it.effect("S3 leaves the rest of a bundle without a keeper, until one runs", () =>
  Effect.gen(function* () {
    expect(yield* correct).toEqual([
      ["cup", "RELEASED", "SHORTFALL"],
      ["saucer", "PENDING", null]
    ])
  }).pipe(Effect.provide(engine))
)
