import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Catalog, CatalogReads, MemoryCatalog, StockStatus } from "../../src/catalog.ts"
import { SkuId } from "../../src/kernel/Identifier.ts"
import { makeRechecking } from "../../src/shelf/rechecking.ts"
import { productId, sell, shelf } from "./soldOutWorld.ts"

const mug = SkuId.make("mug")

/** An inventory that gives one answer about the mug after another, and the last from then on. */
const answering = (...available: ReadonlyArray<number>) => {
  const state = { asked: 0, productsRead: 0 }
  const stock = Layer.succeed(StockStatus, {
    isJoined: true,
    stockOf: (skuIds) =>
      Effect.sync(() => {
        const index = Math.min(state.asked++, available.length - 1)
        const quantity = available[index] ?? 0
        const known = { availableQuantity: quantity, inStockQuantity: quantity, version: index + 1 }
        return skuIds.map((skuId) => ({ _tag: "Known" as const, skuId, ...known }))
      }),
    heldOptions: () => Effect.succeed([])
  })
  const counted = Layer.effect(
    CatalogReads,
    Effect.map(CatalogReads, (reads) => ({
      ...reads,
      products: (ids) => {
        state.productsRead += ids.length
        return reads.products(ids)
      }
    }))
  )
  const layer = Layer.provideMerge(counted, Catalog.layer()).pipe(
    Layer.provideMerge(Layer.merge(MemoryCatalog.layer, stock))
  )
  return { state, layer }
}

it.effect("finds what happened to stock between its answer and the move", () => {
  const { layer, state } = answering(0, 1)
  return Effect.gen(function* () {
    yield* sell(1, { mug: 1 })
    yield* makeRechecking().products([productId(1)])
    expect(yield* shelf(1)).toEqual(["ACTIVE by stock"])
    expect(state.asked).toBe(3)
  }).pipe(Effect.provide(layer))
})

it.effect("reads no product quickly while every option agrees with its stock", () => {
  const { layer, state } = answering(5, 5, 2)
  return Effect.gen(function* () {
    const seen = new Map([[mug, 1]])
    yield* sell(1, { mug: 1 })
    yield* sell(2, { mug: 3 })
    const checks = makeRechecking()
    state.productsRead = 0
    yield* checks.skus("QUICKLY", seen)
    yield* checks.all("QUICKLY")
    expect(state).toEqual({ asked: 2, productsRead: 0 })
    yield* checks.all("QUICKLY")
    expect(yield* shelf(1, 2)).toEqual(["ACTIVE", "SOLD_OUT by stock"])
    const { asked } = state
    yield* checks.skus("QUICKLY", new Map([[SkuId.make("nobody"), 1]]))
    expect(state.asked).toBe(asked)
  }).pipe(Effect.provide(layer))
})

it.effect(
  "brings options back quickly, and fails for an answer that is older than what was seen",
  () => {
    const { layer } = answering(0, 0, 3)
    return Effect.gen(function* () {
      yield* sell(1, { mug: 3 })
      const checks = makeRechecking()
      yield* checks.products([productId(1)])
      expect(yield* shelf(1)).toEqual(["SOLD_OUT by stock"])
      yield* checks.skus("QUICKLY", new Map([[mug, 3]]))
      expect(yield* shelf(1)).toEqual(["ACTIVE by stock"])
      const failure = yield* Effect.flip(checks.skus("QUICKLY", new Map([[mug, 4]])))
      expect(failure).toMatchObject({ reason: "Unavailable" })
    }).pipe(Effect.provide(layer))
  }
)
