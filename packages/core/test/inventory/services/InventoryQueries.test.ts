import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import {
  Inventory,
  InventoryQueries,
  LocationId,
  MemoryInventory,
  type ReconciledLevel,
  SkuId,
  StockReads
} from "../../../src/inventory.ts"

const engine = InventoryQueries.layer.pipe(
  Layer.provideMerge(Inventory.layer()),
  Layer.provideMerge(MemoryInventory.layer)
)

const shop = Effect.gen(function* () {
  const inventory = yield* Inventory
  for (const skuId of ["a", "b", "c"]) {
    yield* inventory.registerSku({ skuId, code: skuId.toUpperCase(), name: skuId, initialStock: 3 })
  }
  return yield* InventoryQueries
})

it.effect("goes through a list by its own cursors, and ends with null", () =>
  Effect.gen(function* () {
    const queries = yield* shop
    const first = yield* queries.skus({ size: 2 })
    expect(first.items.map(({ id }) => id)).toEqual(["a", "b"])
    const last = yield* queries.skus({ size: 2, cursor: first.next ?? "" })
    expect(last).toMatchObject({ items: [{ id: "c" }], next: null })
  }).pipe(Effect.provide(engine))
)

it.effect("refuses every bad field of a page, and a cursor of another list", () =>
  Effect.gen(function* () {
    const queries = yield* shop
    const bad = yield* Effect.flip(queries.movements({ skuId: "no id", size: 0, cursor: "?" }))
    expect(bad).toMatchObject({
      issues: [{ path: "skuId" }, { path: "cursor" }, { path: "size" }]
    })
    const { next } = yield* queries.skus({ size: 1 })
    const foreign = yield* Effect.flip(queries.movements({ skuId: "a", cursor: next ?? "" }))
    expect(foreign).toEqual({
      _tag: "InvalidInput",
      issues: [{ path: "cursor", message: "must be a cursor that an earlier page returned" }]
    })
  }).pipe(Effect.provide(engine))
)

it.effect("refuses what nobody knows, and answers an empty page of what is known", () =>
  Effect.gen(function* () {
    const queries = yield* shop
    const skuNotFound = { _tag: "SkuNotFound", skuIds: ["x"] }
    const skuId = "x"
    const at = "2026-01-01T00:00:00Z"
    for (const asked of [
      queries.sku({ skuId }),
      queries.stock({ skuId }),
      queries.levels({ skuId }),
      queries.movements({ skuId }),
      queries.reservationsOfSku({ skuId }),
      queries.stockAsOf({ skuId, at })
    ]) {
      expect(yield* Effect.flip(asked as Effect.Effect<unknown, unknown>)).toEqual(skuNotFound)
    }
    expect(yield* Effect.flip(queries.location({ locationId: "x" }))).toEqual({
      _tag: "LocationNotFound",
      locationIds: ["x"]
    })
    const reservationId = "00000000-0000-7000-8000-000000000000"
    expect(yield* Effect.flip(queries.reservation({ reservationId }))).toEqual({
      _tag: "ReservationNotFound",
      reservationId
    })
    expect(yield* Effect.flip(queries.reservationsOfOrder({ orderId: "x" }))).toEqual({
      _tag: "OrderNotFound",
      orderId: "x"
    })
    expect(yield* queries.reservationsOfSku({ skuId: "a" })).toEqual({ items: [], next: null })
    expect(yield* queries.stocks({ skuIds: ["x", "a", "x"] })).toMatchObject({
      items: [{ skuId: "a" }],
      unknownSkuIds: ["x"]
    })
  }).pipe(Effect.provide(engine))
)

it.effect("sums the stock of an instant over the places that sell, and lists all of them", () =>
  Effect.gen(function* () {
    const queries = yield* shop
    const inventory = yield* Inventory
    yield* inventory.registerLocation({ locationId: "back", name: "Back", sellable: false })
    yield* inventory.receive({ skuId: "a", locationId: "back", quantity: 4 })
    const at = "2999-01-01T00:00:00Z"
    const { locations, totalQuantity } = yield* queries.stockAsOf({ skuId: "a", at })
    expect(totalQuantity).toBe(3)
    expect(locations?.toSorted((one, two) => one.totalQuantity - two.totalQuantity)).toEqual([
      { locationId: "default", totalQuantity: 3 },
      { locationId: "back", totalQuantity: 4 }
    ])
    const { locations: levels, ...stock } = yield* queries.stock({ skuId: "a", locations: true })
    expect(stock).toEqual(yield* queries.stock({ skuId: "a" }))
    expect(levels).toEqual(yield* queries.levels({ skuId: "a" }))
  }).pipe(Effect.provide(engine))
)

it.effect("reconciles by parts what it reconciles as a whole", () =>
  Effect.gen(function* () {
    const rows = Array.from(
      { length: 25_000 },
      (_, n): ReconciledLevel => ({
        skuId: SkuId.make(`sku-${String(n).padStart(6, "0")}`),
        locationId: LocationId.make("default"),
        totalQuantity: n % 5_000 === 0 ? 7 : 5,
        ledgerQuantity: 5,
        reservedQuantity: 2,
        heldQuantity: 2
      })
    )
    const queries = InventoryQueries.over({
      ...(yield* StockReads),
      reconciled: (after, limit) =>
        Effect.sync(() => {
          const start = rows.findIndex(({ skuId }) => skuId === after?.skuId) + 1
          return rows.slice(start, start + limit)
        })
    })
    const whole = yield* queries.reconcile({ listMax: 2 })
    expect(whole).toMatchObject({ levels: 25_000, agreeing: 24_995, totalDrift: 10 })
    expect(whole.drifted).toHaveLength(2)
    const sums = { levels: 0, agreeing: 0, totalDrift: 0, parts: 0 }
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page = cursor === undefined ? {} : { cursor }
      const part = yield* queries.reconcilePart({ size: 4, ...page })
      sums.levels += part.levels
      sums.agreeing += part.agreeing
      sums.totalDrift += part.totalDrift
      sums.parts += 1
      cursor = part.next
    }
    expect(sums).toEqual({ levels: 25_000, agreeing: 24_995, totalDrift: 10, parts: 2 })
  }).pipe(Effect.provide(engine))
)
