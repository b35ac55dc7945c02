/**
 * Holdfast as Effect services: the engine is a layer, a refusal is in the error channel by its tag,
 * and another store is another layer. The same two buyers as in `promise.ts`.
 */
import { layerMigrations, layerPglite, layerStorage } from "@holdfast/adapter-pg/effect"
import { Inventory, InventoryQueries, layerExpirySweeper } from "@holdfast/core/inventory"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

/** The engine and its questions, with lapsed holds swept, on PostgreSQL that lives in this process. */
const Engine = layerExpirySweeper().pipe(
  Layer.provideMerge(Layer.merge(Inventory.layer(), InventoryQueries.layer)),
  Layer.provideMerge(layerStorage()),
  Layer.provide(layerMigrations()),
  Layer.provide(layerPglite({ memory: true }))
)

const checkOut = Effect.fn("checkOut")(
  function* (orderId: string, quantity: number) {
    const inventory = yield* Inventory
    yield* inventory.reserve({ orderId, lines: [{ skuId: "mug", quantity }] })
    yield* inventory.confirmOrder({ orderId })
    yield* Console.log(`${orderId}: confirmed`)
  },
  Effect.catchTag("InsufficientStock", ({ lines }) =>
    Effect.forEach(lines, (line) =>
      Console.log(`${line.skuId}: ${line.available} left of ${line.requested} wanted`)
    )
  )
)

const program = Effect.gen(function* () {
  const inventory = yield* Inventory
  const queries = yield* InventoryQueries
  yield* inventory.registerSku({ skuId: "mug", code: "MUG", name: "Mug", initialStock: 3 })
  yield* checkOut("order-1", 2)
  yield* checkOut("order-2", 2)
  const { availableQuantity, reservedQuantity } = yield* queries.stock({ skuId: "mug" })
  yield* Console.log(`${reservedQuantity} reserved, ${availableQuantity} available`)
})

await Effect.runPromise(Effect.provide(program, Engine))
