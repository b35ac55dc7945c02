/** What committed batches say to metrics, and which SKUs were missed. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as TestClock from "effect/testing/TestClock"
import { Inventory, InventoryQueries, MemoryInventory } from "../../../src/inventory.ts"

const world = Layer.provideMerge(
  Layer.mergeAll(Inventory.layer(), InventoryQueries.layer),
  MemoryInventory.layer
).pipe(Layer.provideMerge(Layer.sync(Metric.MetricRegistry, () => new Map())))

/** The values of a metric by the values of its labels; the count of a histogram. */
const valuesOf = (name: string) =>
  Effect.map(Metric.snapshot, (all) =>
    Object.fromEntries(
      all
        .filter(({ id }) => id === name)
        .map(({ attributes, state }) => {
          const { unit: _, ...labels } = attributes ?? {}
          const { count } = state as { readonly count: number }
          return [Object.values(labels).join(" "), Number(count)]
        })
    )
  )

describe("what batches did", () => {
  it.effect("is counted by outcome, in units, and as what was missed", () =>
    Effect.gen(function* () {
      const inventory = yield* Inventory
      const queries = yield* InventoryQueries
      yield* inventory.registerSku({ skuId: "mug", code: "MUG", name: "Mug", initialStock: 10 })
      const reserve = (orderId: string, quantity: number) =>
        inventory.reserve({ orderId, lines: [{ skuId: "mug", quantity }] })
      const [paid] = yield* reserve("o-1", 4)
      const [left] = yield* reserve("o-2", 3)
      const [last] = yield* reserve("o-3", 3)
      yield* Effect.exit(reserve("o-4", 5))
      yield* Effect.exit(reserve("o-5", 2))
      yield* TestClock.adjust("90 seconds")
      yield* inventory.release({ reservationId: left?.id ?? "" })
      yield* inventory.confirm({ reservationId: paid?.id ?? "" })
      yield* inventory.fulfil({ reservationId: paid?.id ?? "", quantity: 1 })
      yield* inventory.fulfil({ reservationId: paid?.id ?? "" })
      yield* inventory.receive({ skuId: "mug", quantity: 7, reference: "r-1" })
      expect(last?.quantity).toBe(3)
      expect(yield* valuesOf("holdfast_reservations_total")).toEqual({
        made: 3,
        confirmed: 1,
        released: 1,
        expired: 0,
        fulfilled: 1
      })
      expect(yield* valuesOf("holdfast_hold_age_seconds")).toEqual({ "": 2 })
      // The first ten units were received too, when the SKU was registered.
      expect(yield* valuesOf("holdfast_units_total")).toEqual({
        reserved: 10,
        shipped: 4,
        received: 17
      })
      expect(yield* valuesOf("holdfast_shortages_total")).toEqual({ "": 2 })
      expect(yield* valuesOf("holdfast_shortage_units_total")).toEqual({ "": 7 })
      expect(yield* valuesOf("holdfast_sold_out_seconds")).toEqual({ "": 1 })
      expect((yield* queries.mostMissed({})).items).toEqual([
        { skuId: "mug", shortages: 2, units: 7 }
      ])
    }).pipe(Effect.provide(world))
  )
})
