// What a follower of stock reads and asks in one round, and what it leaves for who comes after it.
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import { Catalog, CatalogLog, StockStatus } from "../../src/catalog.ts"
import { Inventory } from "../../src/inventory.ts"
import { SkuId } from "../../src/kernel/Identifier.ts"
import {
  answering,
  following,
  joined,
  out,
  productId,
  reserve,
  sell,
  settle,
  shelf,
  stocked
} from "./soldOutWorld.ts"

it.effect(
  "sells out an option that takes three units when two are left, by reservations alone",
  () =>
    Effect.gen(function* () {
      yield* stocked({ mug: 5 })
      yield* sell(1, { mug: 3 })
      yield* sell(2, { mug: 1 })
      yield* following()
      yield* reserve("mug", 2)
      yield* settle
      expect(yield* shelf(1, 2)).toEqual(["ACTIVE", "ACTIVE"])
      yield* reserve("mug", 1)
      yield* settle
      expect(yield* shelf(1, 2)).toEqual([out, "ACTIVE"])
    }).pipe(Effect.provide(joined))
)

it.effect(
  "asks once about a SKU of which much happened since it looked, and not for each event",
  () => {
    const { layer, state } = answering()
    return Effect.gen(function* () {
      const inventory = yield* Inventory
      yield* stocked({ mug: 500, cup: 500 })
      yield* sell(1, { mug: 1 })
      yield* sell(2, { mug: 2 })
      yield* following()
      const asked = state.asked
      const many = (skuId: string) =>
        Effect.forEach(
          Array.from({ length: 200 }, (_, n) => n),
          (n) => inventory.reserve({ orderId: `${skuId} ${n}`, lines: [{ skuId, quantity: 1 }] }),
          { concurrency: "unbounded", discard: true }
        )
      yield* many("mug")
      yield* settle
      expect(state.asked).toBe(asked + 1)
      expect(yield* shelf(1, 2)).toEqual(["ACTIVE", "ACTIVE"])
      yield* many("cup")
      yield* settle
      expect(state.asked).toBe(asked + 1)
    }).pipe(Effect.provide(layer))
  }
)

it.effect("passes over reservations that leave something, unless an option takes several", () => {
  const { layer, state } = answering()
  return Effect.gen(function* () {
    yield* stocked({ mug: 9, cup: 9 })
    yield* sell(1, { mug: 1 })
    yield* sell(2, { cup: 1 })
    yield* following()
    const asked = state.asked
    // The last event of a page is looked at whatever it is.
    const lines = [
      { skuId: "mug", quantity: 8 },
      { skuId: "cup", quantity: 1 }
    ]
    yield* Effect.flatMap(Inventory, (inventory) => inventory.reserve({ orderId: "1", lines }))
    yield* settle
    expect(state.asked).toBe(asked + 1)
    expect(state.about).toEqual(["cup"])
    yield* reserve("mug", 1)
    yield* settle
    expect(yield* shelf(1, 2)).toEqual([out, "ACTIVE"])
  }).pipe(Effect.provide(layer))
})

it.effect("is at the level when stock went and came back before it could look", () => {
  const { layer, state } = answering()
  return Effect.gen(function* () {
    const inventory = yield* Inventory
    const log = yield* CatalogLog
    yield* stocked({ mug: 1 })
    yield* sell(1, { mug: 1 })
    yield* following()
    const head = yield* log.head
    state.isAway = true
    const [hold] = yield* reserve("mug", 1)
    yield* settle
    yield* inventory.release({ reservationId: hold?.id ?? "" })
    yield* settle
    state.isAway = false
    yield* TestClock.adjust("5 seconds")
    yield* settle
    expect(yield* shelf(1)).toEqual(["ACTIVE"])
    expect(yield* log.head).toBe(head)
  }).pipe(Effect.provide(layer))
})

it.effect("has the word of the one before refused when it takes over, where nothing moves", () =>
  Effect.gen(function* () {
    const catalog = yield* Catalog
    yield* stocked({ mug: 3 })
    yield* sell(1, { mug: 1 })
    const first = yield* following()
    yield* first.stop
    const [before] = yield* (yield* StockStatus).stockOf([SkuId.make("mug")])
    if (before?._tag !== "Known") return expect.unreachable()
    yield* reserve("mug", 1)
    // Nobody sweeps meanwhile: what is found is found by the cursor.
    yield* (yield* CatalogLog).cursors.take("sold-out-sweep", {
      ...{ kind: "SUBSCRIPTION", owner: "slow", leaseMillis: 600_000 },
      from: "LAST"
    })
    yield* following()
    const late = [{ skuId: "mug", availableQuantity: 0, version: before.version }]
    const refused = yield* Effect.flip(
      catalog.followStock({ productId: productId(1), stock: late })
    )
    expect(refused).toMatchObject({ _tag: "StaleStock", skuIds: ["mug"] })
    expect(yield* shelf(1)).toEqual(["ACTIVE"])
  }).pipe(Effect.provide(joined))
)
