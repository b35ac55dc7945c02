import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import { Inventory, MemoryInventory, StockReads } from "../../src/effect.ts"

const engine = Layer.provideMerge(Inventory.layer(), MemoryInventory.layer)

it.effect("lets 100 of 500 concurrent reservations through when 100 units are there", () =>
  Effect.gen(function* () {
    const inventory = yield* Inventory
    yield* inventory.registerSku({ skuId: "hot", code: "HOT", name: "Hot", initialStock: 100 })
    const exits = yield* Effect.forEach(
      Array.from({ length: 500 }, (_, n) => n),
      (n) =>
        Effect.exit(
          inventory.reserve({ orderId: `order-${n}`, lines: [{ skuId: "hot", quantity: 1 }] })
        ),
      { concurrency: "unbounded" }
    )
    expect(exits.filter(Exit.isSuccess).length).toBe(100)
    const reads = yield* StockReads
    const [stock] = yield* reads.stock(["hot"])
    expect(stock?.levels[0]?.level.reservedQuantity).toBe(100)
  }).pipe(Effect.provide(engine))
)
