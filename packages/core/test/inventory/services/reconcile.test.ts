import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import {
  Inventory,
  LocationId,
  MemoryInventory,
  type ReconciledLevel,
  reconcile,
  SkuId,
  StockReads
} from "../../../src/inventory.ts"

const engine = Layer.provideMerge(Inventory.layer(), MemoryInventory.layer)

const agreeing = (skuId: string): ReconciledLevel => ({
  skuId: SkuId.make(skuId),
  locationId: LocationId.make("default"),
  totalQuantity: 5,
  ledgerQuantity: 5,
  reservedQuantity: 2,
  heldQuantity: 2
})

/** Reads that say only this about the levels, in pages as they are asked. */
const levelsAre = (levels: ReadonlyArray<ReconciledLevel>) =>
  Layer.provide(
    Layer.effect(
      StockReads,
      Effect.map(StockReads, (reads) => ({
        ...reads,
        reconciled: (after, limit) =>
          Effect.sync(() => {
            const start = levels.findIndex((level) => level.skuId === after?.skuId) + 1
            return levels.slice(start, start + limit)
          })
      }))
    ),
    MemoryInventory.layer
  )

it.effect("finds every level of a living inventory in agreement", () =>
  Effect.gen(function* () {
    const inventory = yield* Inventory
    yield* inventory.registerSku({ skuId: "mug", code: "MUG", name: "Mug", initialStock: 5 })
    const [hold] = yield* inventory.reserve({
      orderId: "o1",
      lines: [{ skuId: "mug", quantity: 2 }]
    })
    const reservationId = hold?.id ?? ""
    yield* inventory.confirm({ reservationId })
    yield* inventory.fulfil({ reservationId, quantity: 1 })
    const found = yield* reconcile()
    expect(found).toMatchObject({ levels: 1, agreeing: 1, accuracy: 1, drifted: [] })
  }).pipe(Effect.provide(engine))
)

it.effect("says how far a level drifted, and what it should say", () =>
  Effect.gen(function* () {
    const off = { ...agreeing("mug"), totalQuantity: 7, reservedQuantity: 1 }
    const found = yield* Effect.provide(reconcile(), levelsAre([agreeing("cup"), off]))
    expect(found).toEqual({
      levels: 2,
      agreeing: 1,
      accuracy: 0.5,
      totalDrift: 2,
      reservedDrift: 1,
      drifted: [
        {
          ...off,
          totalDrift: 2,
          reservedDrift: -1,
          repair: { totalQuantity: 5, reservedQuantity: 2 }
        }
      ]
    })
  })
)

it.effect("goes through all pages, counts every drift and lists as many as asked", () =>
  Effect.gen(function* () {
    const levels = Array.from({ length: 2_000 }, (_, index) => ({
      ...agreeing(`sku-${index}`),
      totalQuantity: index % 2 === 0 ? 5 : 4
    }))
    const found = yield* Effect.provide(reconcile(3), levelsAre(levels))
    expect(found).toMatchObject({ levels: 2_000, agreeing: 1_000, totalDrift: 1_000 })
    expect(found.drifted.map(({ skuId }) => skuId)).toEqual(["sku-1", "sku-3", "sku-5"])
  })
)

it.effect("is accurate when there is nothing", () =>
  Effect.gen(function* () {
    expect(yield* reconcile()).toMatchObject({ levels: 0, accuracy: 1 })
  }).pipe(Effect.provide(engine))
)
