import { expect, it } from "@effect/vitest"
import { Inventory, SkuId, StockReads } from "@holdfast/core/inventory"
import { scopedDatabase } from "@holdfast/test-servers"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import { layerMigrations, layerPglite, layerPostgres, layerStorage } from "../../src/effect.ts"

const storage = Layer.provide(layerStorage(), layerMigrations())

const postgres = Layer.unwrap(Effect.map(scopedDatabase(), (url) => layerPostgres({ url })))

for (const [name, sessions] of [
  ["PostgreSQL", postgres],
  ["PGlite", layerPglite({ memory: true })]
] as const) {
  const engine = Layer.provideMerge(Inventory.layer(), Layer.provide(storage, sessions))
  it.live(`lets 100 of 500 concurrent reservations through on ${name}`, () =>
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
      const [stock] = yield* reads.stock([SkuId.make("hot")])
      expect(stock?.levels[0]?.level.reservedQuantity).toBe(100)
      expect((yield* reads.events(0, 1000)).length).toBe(104)
    }).pipe(Effect.provide(engine))
  )
}
