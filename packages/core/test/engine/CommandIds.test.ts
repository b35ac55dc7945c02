import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { CommandIds } from "../../src/engine/CommandIds.ts"
import { Inventory, MemoryInventory, StockReads } from "../../src/inventory.ts"
import { SkuId } from "../../src/kernel/Identifier.ts"

it.effect("draws UUIDs that rise with every draw, also within a millisecond", () =>
  Effect.gen(function* () {
    const { next } = yield* CommandIds
    const ids = Array.from({ length: 20_000 }, next)
    expect(ids.toSorted()).toEqual(ids)
    expect(new Set(ids).size).toBe(ids.length)
    const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{8}0000$/
    expect(ids.filter((id) => !uuid.test(id))).toEqual([])
  })
)

it.effect("so the ledger lists what was written at one instant in the order of its decisions", () =>
  Effect.gen(function* () {
    const inventory = yield* Inventory
    const reads = yield* StockReads
    yield* inventory.registerSku({ skuId: "mug", code: "MUG", name: "Mug" })
    yield* Effect.forEach(
      Array.from({ length: 100 }),
      () => inventory.receive({ skuId: "mug", quantity: 1 }),
      { concurrency: "unbounded" }
    )
    const rows = yield* reads.movements({ skuId: SkuId.make("mug"), before: null, limit: 1_000 })
    expect(new Set(rows.map((row) => row.createdAt.epochMilliseconds)).size).toBe(1)
    expect(rows.map((row) => row.sequence)).toEqual(Array.from({ length: 100 }, (_, n) => 100 - n))
  }).pipe(Effect.provide(Layer.provideMerge(Inventory.layer(), MemoryInventory.layer)))
)
