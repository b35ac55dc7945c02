import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import { Catalog, CatalogLog, CatalogReads, StockStatus } from "../../src/catalog.ts"
import { expireLapsed, Inventory, InventoryLog } from "../../src/inventory.ts"
import { SkuId } from "../../src/kernel/Identifier.ts"
import { FollowedInventory, layerSoldOut } from "../../src/shelf.ts"
import {
  answering,
  back,
  following,
  joined,
  optionId,
  out,
  productId,
  receive,
  reserve,
  sell,
  settle,
  shelf,
  stocked
} from "./soldOutWorld.ts"

it.effect("sells out an option that takes two units when one is left, and brings it back", () =>
  Effect.gen(function* () {
    yield* stocked({ mug: 3, lid: 1 })
    yield* sell(1, { mug: 1 })
    yield* sell(2, { mug: 2 })
    yield* sell(3, { mug: 1, lid: 1 })
    yield* following()
    expect(yield* shelf(1, 2, 3)).toEqual(["ACTIVE", "ACTIVE", "ACTIVE"])
    yield* reserve("mug", 2)
    yield* settle
    expect(yield* shelf(1, 2, 3)).toEqual(["ACTIVE", out, "ACTIVE"])
    yield* reserve("lid", 1)
    yield* settle
    expect(yield* shelf(1, 2, 3)).toEqual(["ACTIVE", out, out])
    yield* receive("mug", 1)
    yield* receive("lid", 1)
    yield* settle
    expect(yield* shelf(1, 2, 3)).toEqual(["ACTIVE", back, back])
  }).pipe(Effect.provide(joined))
)

it.effect("brings an option back when the holds on it have lapsed", () =>
  Effect.gen(function* () {
    yield* stocked({ mug: 1 })
    yield* sell(1, { mug: 1 })
    yield* following()
    yield* reserve("mug", 1)
    yield* settle
    expect(yield* shelf(1)).toEqual([out])
    yield* TestClock.adjust("61 seconds")
    yield* settle
    yield* expireLapsed
    yield* settle
    expect(yield* shelf(1)).toEqual([back])
  }).pipe(Effect.provide(joined))
)

it.effect("follows what a place and a policy change", () =>
  Effect.gen(function* () {
    const inventory = yield* Inventory
    yield* inventory.registerLocation({ locationId: "shop", name: "Shop", priority: 1 })
    yield* stocked({ mug: 0, cup: 2 })
    yield* inventory.receive({ skuId: "mug", quantity: 2, locationId: "shop" })
    yield* sell(1, { mug: 1 })
    yield* sell(2, { cup: 1 })
    yield* following()
    expect(yield* shelf(1, 2)).toEqual(["ACTIVE", "ACTIVE"])
    yield* inventory.updateLocation({ locationId: "shop", sellable: false })
    yield* inventory.updateSku({ skuId: "cup", safetyStock: 2 })
    yield* settle
    expect(yield* shelf(1, 2)).toEqual([out, out])
    yield* inventory.updateLocation({ locationId: "shop", sellable: true })
    yield* inventory.updateSku({ skuId: "cup", safetyStock: 1 })
    yield* settle
    expect(yield* shelf(1, 2)).toEqual([back, back])
  }).pipe(Effect.provide(joined))
)

it.effect("follows new products and new mappings", () =>
  Effect.gen(function* () {
    const catalog = yield* Catalog
    yield* stocked({ mug: 0, cup: 2 })
    yield* sell(9, { cup: 1 })
    yield* following()
    yield* sell(1, { mug: 1 })
    yield* settle
    expect(yield* shelf(1)).toEqual([out])
    yield* catalog.setSkuMappings({
      ...{ productId: productId(1), optionId: optionId(1) },
      skuMappings: [{ skuId: "cup", quantity: 1 }]
    })
    yield* settle
    expect(yield* shelf(1)).toEqual([back])
  }).pipe(Effect.provide(joined))
)

it.effect("never touches what a person has set", () =>
  Effect.gen(function* () {
    const catalog = yield* Catalog
    yield* stocked({ mug: 1 })
    for (const n of [1, 2, 3]) yield* sell(n, { mug: 1 })
    const set = (n: number, status: "INACTIVE" | "SOLD_OUT" | "ACTIVE") =>
      catalog.updateOption({ productId: productId(n), optionId: optionId(n), status })
    yield* set(1, "INACTIVE")
    yield* set(2, "SOLD_OUT")
    yield* following()
    yield* reserve("mug", 1)
    yield* settle
    expect(yield* shelf(1, 2, 3)).toEqual(["INACTIVE", "SOLD_OUT", out])
    yield* receive("mug", 5)
    yield* settle
    expect(yield* shelf(1, 2, 3)).toEqual(["INACTIVE", "SOLD_OUT", back])
    yield* set(2, "ACTIVE")
    yield* reserve("mug", 5)
    yield* settle
    expect(yield* shelf(1, 2, 3)).toEqual(["INACTIVE", out, out])
  }).pipe(Effect.provide(joined))
)

it.effect("moves nothing while the inventory is away, and loses nothing of that time", () => {
  const { layer, state } = answering()
  return Effect.gen(function* () {
    yield* stocked({ mug: 1, cup: 0 })
    yield* sell(1, { mug: 1 })
    yield* sell(2, { cup: 1 })
    const { follower } = yield* following()
    expect(yield* shelf(1, 2)).toEqual(["ACTIVE", out])
    state.isAway = true
    yield* reserve("mug", 1)
    yield* receive("cup", 1)
    yield* settle
    expect(yield* shelf(1, 2)).toEqual(["ACTIVE", out])
    expect((yield* follower.status).stock).toMatchObject({ state: "RETRYING" })
    state.isAway = false
    yield* TestClock.adjust("1 seconds")
    yield* settle
    expect(yield* shelf(1, 2)).toEqual([out, back])
  }).pipe(Effect.provide(layer))
})

it.effect("asks again when the answer is older than the event that it is asked for", () => {
  const { layer, state } = answering()
  return Effect.gen(function* () {
    yield* stocked({ mug: 1 })
    yield* sell(1, { mug: 1 })
    yield* following()
    state.isBehind = true
    yield* reserve("mug", 1)
    yield* settle
    expect(yield* shelf(1)).toEqual(["ACTIVE"])
    state.isBehind = false
    yield* TestClock.adjust("1 seconds")
    yield* settle
    expect(yield* shelf(1)).toEqual([out])
  }).pipe(Effect.provide(layer))
})

it.effect("does nothing at all before an option maps a SKU", () => {
  const { layer, state } = answering()
  return Effect.gen(function* () {
    const catalog = yield* Catalog
    const logs = [(yield* CatalogLog).cursors, (yield* InventoryLog).cursors]
    yield* stocked({ mug: 1 })
    yield* catalog.createProduct({ name: "Bare", type: "NORMAL" })
    const { follower } = yield* following()
    yield* receive("mug", 5)
    yield* TestClock.adjust("1 minute")
    yield* settle
    expect((yield* follower.status).isIdle).toBe(true)
    expect(state.asked).toBe(0)
    for (const cursors of logs) expect(yield* cursors.list).toEqual([])
    yield* sell(1, { mug: 7 })
    yield* TestClock.adjust("1 seconds")
    yield* settle
    expect(yield* shelf(1)).toEqual([out])
    expect((yield* follower.status).isIdle).toBe(false)
    const names = yield* Effect.forEach(logs, ({ list }) =>
      Effect.map(list, (all) => all.map(({ name }) => name))
    )
    expect(names).toEqual([["sold-out", "sold-out-sweep"], ["sold-out"]])
  }).pipe(Effect.provide(layer))
})

it.effect("finds by its sweep what happened before it followed, and what no event shows", () =>
  Effect.gen(function* () {
    yield* stocked({ mug: 0, cup: 1 })
    // More than a page of products, of which the last ones are sold out.
    for (let n = 1; n <= 120; n++) yield* sell(n, n > 110 ? { mug: 1 } : { cup: 1 })
    const { stop } = yield* following({ sweepMillis: 60_000 })
    expect(yield* shelf(1, 110, 111, 120)).toEqual(["ACTIVE", "ACTIVE", out, out])
    yield* stop
    const cursors = (yield* InventoryLog).cursors
    yield* cursors.forget("sold-out")
    yield* receive("mug", 1)
    yield* following({ sweepMillis: 60_000 })
    expect(yield* shelf(1, 110, 111, 120)).toEqual(["ACTIVE", "ACTIVE", back, back])
    const log = yield* CatalogLog
    const head = yield* log.head
    const sweep = (yield* log.cursors.list).find(({ name }) => name === "sold-out-sweep")
    expect(sweep).toMatchObject({ standing: "FOLLOWS" })
    expect(sweep?.position).toBe(head)
  }).pipe(Effect.provide(joined))
)

it.effect("goes on where it stopped, and two followers do the work of one", () => {
  const { layer, state } = answering()
  return Effect.gen(function* () {
    yield* stocked({ mug: 1 })
    yield* sell(1, { mug: 1 })
    const first = yield* following({ owner: "one" })
    const second = yield* following({ owner: "two" })
    const asked = state.asked
    yield* reserve("mug", 1)
    yield* settle
    expect(yield* shelf(1)).toEqual([out])
    // Compared, moved, and looked at again after the move: by one of them.
    expect(state.asked).toBe(asked + 3)
    yield* first.stop
    yield* second.stop
    // Somebody else sweeps, and is slow: what is found now is found by the cursor.
    yield* (yield* CatalogLog).cursors.take("sold-out-sweep", {
      ...{ kind: "SUBSCRIPTION", owner: "slow", leaseMillis: 600_000 },
      from: "LAST"
    })
    yield* receive("mug", 1)
    yield* settle
    expect(yield* shelf(1)).toEqual([out])
    yield* following({ owner: "three" })
    expect(yield* shelf(1)).toEqual([back])
  }).pipe(Effect.provide(layer))
})

it.effect("another follower takes over when one dies without a word", () => {
  const { layer } = answering()
  return Effect.gen(function* () {
    yield* stocked({ mug: 1 })
    yield* sell(1, { mug: 1 })
    const log = yield* InventoryLog
    // Who died holds the lease, and does nothing with it.
    const dead = { kind: "SUBSCRIPTION", owner: "dead", leaseMillis: 5_000, from: "LAST" } as const
    yield* log.cursors.take("sold-out", dead)
    yield* (yield* CatalogLog).cursors.take("sold-out-sweep", dead)
    yield* following()
    yield* reserve("mug", 1)
    yield* settle
    expect(yield* shelf(1)).toEqual(["ACTIVE"])
    yield* TestClock.adjust("5 seconds")
    yield* settle
    expect(yield* shelf(1)).toEqual([out])
  }).pipe(Effect.provide(layer))
})

it.effect("begins again by itself when the log of the inventory was restored", () =>
  Effect.gen(function* () {
    yield* stocked({ mug: 1 })
    yield* sell(1, { mug: 1 })
    const log = yield* InventoryLog
    const lease = yield* log.cursors.take("sold-out", {
      ...{ kind: "SUBSCRIPTION", owner: "before", leaseMillis: 1_000 },
      from: "FIRST"
    })
    if (lease === null) throw new Error("the cursor is free")
    yield* log.cursors.suspend(lease, 99)
    yield* following()
    yield* TestClock.adjust("10 seconds")
    yield* reserve("mug", 1)
    yield* settle
    expect(yield* shelf(1)).toEqual([out])
    const skuId = SkuId.make("mug")
    expect(yield* (yield* StockStatus).stockOf([skuId])).toMatchObject([{ availableQuantity: 0 }])
  }).pipe(Effect.provide(joined))
)

/** An inventory that was restored to the state before its next event, once a test says so. */
const restoring = Effect.gen(function* () {
  const state = { isRestored: false }
  const log = yield* InventoryLog
  const real = yield* StockStatus
  const before = yield* log.head
  const mug = SkuId.make("mug")
  const [kept] = yield* real.stockOf([mug])
  const stock = StockStatus.of({
    ...real,
    stockOf: (skuIds) =>
      Effect.map(real.stockOf(skuIds), (answers) =>
        answers.map((answer) => (answer.skuId === mug && kept !== undefined ? kept : answer))
      )
  })
  const read: typeof log.read = (after, limit) =>
    Effect.map(log.read(after, limit), (page) =>
      page.filter(
        ({ aggregateId, position }) =>
          !(state.isRestored && position > before && aggregateId === mug)
      )
    )
  return { state, stock, log: { ...log, read } }
})

it.effect("does not wait for stock that was undone by a restore of the inventory", () =>
  Effect.gen(function* () {
    for (const hasCursors of [true, false]) {
      yield* Effect.gen(function* () {
        yield* stocked({ mug: 1, cup: 1 })
        yield* sell(1, { mug: 1 })
        yield* sell(2, { cup: 1 })
        const { log, state, stock } = yield* restoring
        const { cursors, ...alone } = log
        yield* following().pipe(
          Effect.provideService(FollowedInventory, hasCursors ? { ...alone, cursors } : alone),
          Effect.provideService(StockStatus, stock)
        )
        yield* reserve("mug", 1)
        yield* settle
        yield* reserve("cup", 1)
        yield* settle
        expect(yield* shelf(1, 2)).toEqual(["ACTIVE", "ACTIVE"])
        state.isRestored = true
        yield* TestClock.adjust("60 seconds")
        yield* settle
        expect(yield* shelf(1, 2)).toEqual(["ACTIVE", out])
      }).pipe(Effect.provide(Layer.fresh(joined)))
    }
  })
)

it.effect("follows a log that has no cursors, after it has checked everything", () =>
  Effect.gen(function* () {
    yield* stocked({ mug: 0, cup: 1 })
    yield* sell(1, { mug: 1 })
    yield* sell(2, { cup: 1 })
    const { cursors, ...log } = yield* InventoryLog
    const first = yield* Effect.provideService(following(), FollowedInventory, log)
    expect(yield* shelf(1, 2)).toEqual([out, "ACTIVE"])
    yield* reserve("cup", 1)
    yield* settle
    expect(yield* shelf(1, 2)).toEqual([out, out])
    expect(yield* cursors.list).toEqual([])
    expect((yield* first.follower.status).stock).toBeNull()
    yield* first.stop
    yield* receive("cup", 1)
    yield* Effect.provideService(following(), FollowedInventory, log)
    expect(yield* shelf(1, 2)).toEqual([out, back])
  }).pipe(Effect.provide(joined))
)

it.effect("follows for as long as its layer lives", () =>
  Effect.gen(function* () {
    const reads = yield* CatalogReads
    yield* stocked({ mug: 0 })
    yield* sell(1, { mug: 1 })
    yield* TestClock.adjust("1 seconds")
    yield* settle
    expect((yield* reads.products([productId(1)]))[0]?.options[0]?.status).toBe("SOLD_OUT")
  }).pipe(Effect.provide(Layer.provideMerge(layerSoldOut(), joined)))
)
