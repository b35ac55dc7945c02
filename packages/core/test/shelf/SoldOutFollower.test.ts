import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import { Catalog, CatalogLog, CatalogReads, StockStatus } from "../../src/catalog.ts"
import { expireLapsed, Inventory, InventoryLog } from "../../src/inventory.ts"
import { SkuId } from "../../src/kernel/Identifier.ts"
import {
  FollowedInventory,
  layerSoldOut,
  makeSoldOutFollower,
  type SoldOutOptions
} from "../../src/shelf.ts"
import { joined, optionId, productId, sell, settle, shelf, stocked } from "./soldOutWorld.ts"

const out = "SOLD_OUT by stock"
const back = "ACTIVE by stock"

/** Begins to follow until the test ends. */
const following = (options: SoldOutOptions = {}) =>
  Effect.gen(function* () {
    const follower = yield* makeSoldOutFollower(options)
    const fiber = yield* Effect.forkChild(follower.run)
    yield* settle
    yield* TestClock.adjust("1 seconds")
    yield* settle
    return { follower, stop: Fiber.interrupt(fiber) }
  })

const reserve = (skuId: string, quantity: number, ttl = 60) =>
  Effect.flatMap(Inventory, (inventory) =>
    inventory.reserve({ orderId: `${skuId} ${quantity}`, lines: [{ skuId, quantity }], ttl })
  )

const receive = (skuId: string, quantity: number) =>
  Effect.flatMap(Inventory, (inventory) => inventory.receive({ skuId, quantity }))

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

/** A world whose inventory can be sent away, and told to answer with what it knew before. */
const answering = () => {
  const state = {
    isAway: false,
    isBehind: false,
    asked: 0,
    about: [] as ReadonlyArray<string>
  }
  const layer = Layer.effect(
    StockStatus,
    Effect.map(StockStatus, (real) => {
      let kept: Effect.Success<ReturnType<typeof real.stockOf>> = []
      return {
        ...real,
        stockOf: (skuIds) =>
          Effect.suspend(() => {
            state.asked += 1
            state.about = skuIds
            if (state.isAway) {
              return Effect.succeed(skuIds.map((skuId) => ({ _tag: "Unknown" as const, skuId })))
            }
            if (state.isBehind) return Effect.succeed(kept)
            return Effect.tap(real.stockOf(skuIds), (answer) =>
              Effect.sync(() => {
                kept = answer
              })
            )
          })
      }
    })
  ).pipe(Layer.provideMerge(joined))
  return { state, layer }
}

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
