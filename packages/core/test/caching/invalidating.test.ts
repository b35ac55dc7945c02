/** Changes come to be seen: what an event touches is dropped, and nothing else. */
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import { noted } from "../../src/caching/CacheNotes.ts"
import type { CachingOptions } from "../../src/caching/layerCopies.ts"
import { RequestIsCurrent } from "../../src/caching/MinVersions.ts"
import { Catalog, CatalogQueries, CatalogReads } from "../../src/catalog.ts"
import { Inventory, InventoryLog } from "../../src/inventory.ts"
import { uuidOf } from "../../src/testing/catalog/CatalogStage.ts"
import { productId, reserve, sell, settle, stocked } from "../shelf/soldOutWorld.ts"
import {
  CacheState,
  cachedWorld,
  followed,
  page,
  processOver,
  status,
  stockOf,
  written
} from "./cachedWorld.ts"

const outcomes = Effect.gen(function* () {
  const [, shown] = yield* page(1)
  const [, stock] = yield* stockOf("mug")
  return [shown.outcome, stock.outcome]
})

/** A shop of one product, all of it read once. */
const opened = Effect.gen(function* () {
  yield* stocked({ mug: 5, cup: 5 })
  yield* sell(1, { mug: 1 })
  yield* sell(2, { cup: 1 })
  yield* followed
  yield* page(1)
  yield* stockOf("mug")
  expect(yield* outcomes).toEqual(["hit", "hit"])
})

it.effect("drops a product when it changes, and no stock", () =>
  Effect.gen(function* () {
    yield* opened
    yield* (yield* Catalog).updateProduct({ productId: productId(1), name: "New" })
    yield* followed
    const [answer, notes] = yield* page(1)
    expect([answer.product.name, notes.outcome]).toEqual(["New", "miss"])
    const { counts } = yield* status
    expect(counts.product.misses).toBe(2)
    expect(counts.stock.misses).toBe(1)
  }).pipe(Effect.provide(cachedWorld().layer))
)

it.effect("drops the stock of a SKU when it changes, and the page shows it", () =>
  Effect.gen(function* () {
    yield* opened
    yield* reserve("mug", 2)
    yield* followed
    const [answer] = yield* page(1)
    expect(answer.stockStatus).toMatchObject([{ skuId: "mug", availableQuantity: 3 }])
    expect((yield* status).counts.product.misses).toBe(1)
    yield* reserve("cup", 1)
    yield* followed
    expect(yield* outcomes).toEqual(["hit", "hit"])
  }).pipe(Effect.provide(cachedWorld().layer))
)

it.effect("ends the life of stock with the next hold that lapses, without an event", () =>
  Effect.gen(function* () {
    yield* opened
    yield* reserve("mug", 2, 10)
    yield* followed
    expect((yield* stockOf("mug"))[0]).toMatchObject({ availableQuantity: 3 })
    yield* TestClock.adjust("9 seconds")
    expect((yield* stockOf("mug"))[1].outcome).toBe("hit")
    yield* TestClock.adjust("1 seconds")
    const [stock, notes] = yield* stockOf("mug")
    expect([stock.availableQuantity, notes.outcome]).toEqual([5, "miss"])
  }).pipe(Effect.provide(cachedWorld().layer))
)

it.effect("drops all stock when a place opens or closes", () =>
  Effect.gen(function* () {
    const inventory = yield* Inventory
    yield* opened
    yield* inventory.registerLocation({ locationId: "shed", name: "Shed" })
    yield* inventory.receive({ skuId: "mug", locationId: "shed", quantity: 4 })
    yield* followed
    expect((yield* stockOf("mug"))[0].availableQuantity).toBe(9)
    yield* stockOf("cup")
    yield* inventory.updateLocation({ locationId: "shed", sellable: false })
    yield* followed
    const [stock, notes] = yield* stockOf("mug")
    expect([stock.availableQuantity, notes.outcome]).toEqual([5, "miss"])
    expect((yield* stockOf("cup"))[1].outcome).toBe("miss")
    expect((yield* stockOf("mug"))[1].outcome).toBe("hit")
  }).pipe(Effect.provide(cachedWorld().layer))
)

it.effect("drops categories and the tree when one of them changes, also what is below it", () =>
  Effect.gen(function* () {
    const catalog = yield* Catalog
    const queries = yield* CatalogQueries
    const ids = [uuidOf(71), uuidOf(72), uuidOf(73)] as const
    yield* catalog.createCategory({ categoryId: ids[0], name: "Home", parentId: null })
    yield* catalog.createCategory({ categoryId: ids[1], name: "Kitchen", parentId: ids[0] })
    yield* catalog.createCategory({ categoryId: ids[2], name: "Mugs", parentId: ids[1] })
    yield* followed
    const levelOf = (categoryId: string) =>
      Effect.map(noted(queries.category({ categoryId })), ([found, { outcome }]) => [
        found.level,
        outcome
      ])
    const rootsOf = Effect.map(noted(queries.categoryTree({})), ([{ categories }, { outcome }]) => [
      categories.map(({ name }) => name),
      outcome
    ])
    yield* levelOf(ids[2])
    yield* rootsOf
    expect([yield* levelOf(ids[2]), yield* rootsOf]).toEqual([
      [2, "hit"],
      [["Home"], "hit"]
    ])
    yield* catalog.moveCategory({ categoryId: ids[1], parentId: null })
    yield* followed
    expect([yield* levelOf(ids[2]), yield* rootsOf]).toEqual([
      [1, "miss"],
      [["Home", "Kitchen"], "miss"]
    ])
    // One that was unknown is known as soon as it is there.
    yield* Effect.flip(queries.category({ categoryId: uuidOf(74) }))
    yield* catalog.createCategory({ categoryId: uuidOf(74), name: "New", parentId: null })
    yield* followed
    expect((yield* queries.category({ categoryId: uuidOf(74) })).name).toBe("New")
  }).pipe(Effect.provide(cachedWorld().layer))
)

it.effect("knows a product as soon as it is made, and none that was deleted", () =>
  Effect.gen(function* () {
    yield* opened
    yield* Effect.flip(page(3))
    yield* sell(3, { cup: 1 })
    yield* followed
    expect((yield* page(3))[0].product.id).toBe(productId(3))
    yield* (yield* Catalog).deleteProduct({ productId: productId(3) })
    yield* followed
    expect((yield* Effect.flip(page(3)))._tag).toBe("ProductNotFound")
  }).pipe(Effect.provide(cachedWorld().layer))
)

it.effect("gives nothing older than the life of a copy while nobody drops any", () => {
  const { layer, state } = cachedWorld()
  return Effect.gen(function* () {
    yield* opened
    state.isDeaf = true
    yield* reserve("mug", 2, 3_600)
    yield* (yield* Catalog).updateProduct({ productId: productId(1), name: "New" })
    yield* followed
    expect((yield* stockOf("mug"))[0].availableQuantity).toBe(5)
    yield* TestClock.adjust("29900 millis")
    // Half a minute after the copy was made, it is gone.
    expect((yield* stockOf("mug"))[0].availableQuantity).toBe(3)
    yield* TestClock.adjust("30 seconds")
    const { followers } = yield* status
    const inventory = followers.find(({ context }) => context === "inventory")
    expect(inventory?.behindMillis).toBeGreaterThanOrEqual(60_000)
    yield* TestClock.adjust("9 minutes")
    expect((yield* page(1))[0].product.name).toBe("New")
    expect((yield* page(1))[0].stockStatus).toMatchObject([{ availableQuantity: 3 }])
  }).pipe(Effect.provide(layer))
})

it.effect(
  "passes over no event while the cache is away, and drops the copies when it is back",
  () => {
    const { layer, state } = cachedWorld()
    return Effect.gen(function* () {
      yield* opened
      state.isAway = true
      yield* reserve("mug", 1)
      yield* reserve("mug", 1)
      yield* followed
      yield* TestClock.adjust("8 seconds")
      // It answers again, with what it had: the process must not take that for the truth for long.
      state.isAway = false
      yield* TestClock.adjust("1 seconds")
      yield* settle
      expect((yield* stockOf("mug"))[0].availableQuantity).toBe(3)
      const { failures, followers, isAway } = yield* status
      expect([failures > 2, isAway]).toEqual([true, false])
      const found = followers.find(({ context }) => context === "inventory")
      expect(found).toMatchObject({ state: "FOLLOWING", problem: null })
      expect(found?.lagMillisMax).toBeGreaterThan(8_000)
    }).pipe(Effect.provide(layer))
  }
)

it.effect("says how far behind it is, and up to which event it is done", () =>
  Effect.gen(function* () {
    yield* opened
    yield* reserve("mug", 1)
    yield* followed
    yield* TestClock.adjust("1 seconds")
    yield* settle
    const head = yield* (yield* InventoryLog).head
    const { followers } = yield* status
    const found = followers.find(({ context }) => context === "inventory")
    expect(found).toMatchObject({ context: "inventory", state: "FOLLOWING", position: head })
    expect(found?.behindMillis).toBeLessThanOrEqual(1_000)
    expect(found?.lagMillis).toBeLessThanOrEqual(100)
  }).pipe(Effect.provide(cachedWorld().layer))
)

it.effect("moves one cursor for all processes of a shared cache, and another takes over", () => {
  const state = new CacheState(true)
  const one = Layer.build(processOver(state, { owner: "one" }))
  return Effect.gen(function* () {
    yield* stocked({ mug: 5 })
    const first = yield* Effect.forkChild(Effect.scoped(Effect.andThen(one, Effect.never)))
    yield* followed
    yield* Effect.gen(function* () {
      yield* followed
      yield* stockOf("mug")
      yield* reserve("mug", 1)
      yield* followed
      expect((yield* stockOf("mug"))[0].availableQuantity).toBe(4)
      const { followers } = yield* status
      expect(followers.map((follower) => follower.state)).toEqual(["STANDING_BY", "STANDING_BY"])
      const cursors = yield* (yield* InventoryLog).cursors.list
      expect(cursors).toMatchObject([{ name: "cache", kind: "SUBSCRIPTION" }])
      // What happens while nobody follows is not passed over.
      yield* Fiber.interrupt(first)
      yield* reserve("mug", 1)
      yield* TestClock.adjust("6 seconds")
      yield* followed
      yield* TestClock.adjust("1 seconds")
      expect((yield* stockOf("mug"))[0].availableQuantity).toBe(3)
      const after = (yield* status).followers.map((follower) => follower.state)
      expect(after).toEqual(["FOLLOWING", "FOLLOWING"])
    }).pipe(Effect.provide(processOver(state, { owner: "two" })))
  }).pipe(Effect.provide(written))
})

/** Reads of products that a replica answers, which has not heard of the last change of each. */
const replicaBehind = Layer.effect(
  CatalogReads,
  Effect.map(CatalogReads, (reads) => ({
    ...reads,
    products: (ids) =>
      Effect.gen(function* () {
        const found = yield* reads.products(ids)
        if (yield* RequestIsCurrent) return found
        return found.map((product) => ({
          ...{ ...product, name: "as it was" },
          version: product.version - 1
        }))
      })
  }))
)

const behindReplica = (options?: CachingOptions) =>
  Layer.provideMerge(Layer.provide(processOver(new CacheState(), options), replicaBehind), written)

const nameOf = (n: number) => Effect.map(page(n), ([{ product }]) => product.name)

it.effect("keeps nothing of a replica that may show what was before the log was followed", () =>
  Effect.gen(function* () {
    yield* stocked({ mug: 5 })
    for (const n of [1, 2]) {
      yield* sell(n, { mug: 1 })
      yield* (yield* Catalog).updateProduct({ productId: productId(n), name: "New" })
    }
    yield* followed
    // Nobody will say again that the old one is old: the event was there before the process.
    expect(yield* nameOf(1)).toBe("New")
    yield* TestClock.adjust("61 seconds")
    expect(yield* nameOf(2)).toBe("as it was")
    expect(yield* nameOf(1)).toBe("New")
  }).pipe(Effect.provide(behindReplica()))
)

it.effect("keeps nothing of a replica that may be further behind than is remembered", () =>
  Effect.gen(function* () {
    yield* stocked({ mug: 5 })
    yield* sell(1, { mug: 1 })
    yield* (yield* Catalog).updateProduct({ productId: productId(1), name: "New" })
    yield* followed
    yield* TestClock.adjust("61 seconds")
    expect(yield* nameOf(1)).toBe("New")
  }).pipe(Effect.provide(behindReplica({ replicaLagMillis: 30_001 })))
)
