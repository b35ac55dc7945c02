import { describe, expect, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import { CommandIds } from "../../../src/engine/CommandIds.ts"
import { checkAvailability } from "../../../src/inventory/services/checkAvailability.ts"
import { driftOf } from "../../../src/inventory/services/reconcile.ts"
import {
  Inventory,
  InventoryCommand,
  LocationId,
  layerExpirySweeper,
  MemoryInventory,
  methodTags,
  OrderId,
  reconcile,
  SkuId,
  StockReads,
  StoreError
} from "../../../src/inventory.ts"
import { line } from "../decide/words.ts"

const engine = Layer.provideMerge(Inventory.layer(), MemoryInventory.layer)
const tea = { skuId: "tea", code: "TEA", name: "Tea" }

describe("the service", () => {
  it.effect("has a method for every command but the sweeper's", () =>
    Effect.gen(function* () {
      const inventory = yield* Inventory
      const tags = InventoryCommand.members.map((schema) => schema.fields._tag.schema.literal)
      expect([...Object.values(methodTags), "BreakBundle", "ExpireReservations"].sort()).toEqual(
        tags.sort()
      )
      const apart = ["customer", "eraseCustomer", "execute"]
      expect(Object.keys(inventory).sort()).toEqual([...Object.keys(methodTags), ...apart].sort())
    }).pipe(Effect.provide(engine))
  )

  it.effect("refuses what breaks a bound, naming every bad field, before it looks at stock", () =>
    Effect.gen(function* () {
      const inventory = yield* Inventory
      const input = { orderId: "", lines: [{ skuId: "a/b", quantity: 0 }], ttl: 2_678_401 }
      const refusal = yield* Effect.flip(inventory.reserve(input))
      expect(refusal).toMatchObject({ _tag: "InvalidInput" })
      const paths = refusal._tag === "InvalidInput" ? refusal.issues.map(({ path }) => path) : []
      expect(paths.sort()).toEqual(["lines.0.quantity", "lines.0.skuId", "orderId", "ttl"])
      const many = { orderId: "o", lines: Array.from({ length: 2_001 }, () => line("tea", 1)) }
      expect(yield* Effect.flip(inventory.reserve(many))).toMatchObject({
        issues: [{ path: "lines" }]
      })
      const nowhere = { skuId: "tea", fromLocationId: "a", toLocationId: "a", quantity: 1 }
      expect(yield* Effect.flip(inventory.transfer(nowhere))).toMatchObject({
        issues: [{ path: "toLocationId" }]
      })
    }).pipe(Effect.provide(engine))
  )

  it.effect("refuses fields that it does not know, and the tag of another command", () =>
    Effect.gen(function* () {
      const inventory = yield* Inventory
      const misspelt = { skuId: "tea", quantity: 1, refrence: "x" }
      expect(yield* Effect.flip(inventory.receive(misspelt))).toMatchObject({
        _tag: "InvalidInput",
        issues: [{ path: "refrence" }]
      })
      yield* inventory.registerSku(tea)
      const disguised = { ...{ _tag: "ShipStock" }, skuId: "tea", quantity: 1 }
      const { levels } = yield* inventory.receive(disguised)
      expect(levels[0]?.totalQuantity).toBe(1)
    }).pipe(Effect.provide(engine))
  )

  it.effect("refuses options that no store could keep", () =>
    Effect.gen(function* () {
      const inventory = yield* Inventory
      yield* inventory.registerSku(tea)
      for (const options of [
        { idempotencyKey: "" },
        { idempotencyKey: "a\u0000" },
        { idempotencyKey: "k".repeat(256) },
        { actor: "\ud83d" },
        { correlationId: "\u0000" }
      ]) {
        const [path] = Object.keys(options)
        expect(
          yield* Effect.flip(inventory.receive({ skuId: "tea", quantity: 1 }, options))
        ).toMatchObject({ _tag: "InvalidInput", issues: [{ path }] })
      }
    }).pipe(Effect.provide(engine))
  )

  it.effect("draws ids from the given source, and derives the rest from them", () =>
    Effect.gen(function* () {
      const inventory = yield* Inventory
      const sku = yield* inventory.registerSku({ code: "TEA", name: "Tea" })
      expect(sku.id).toBe("018f0000-0000-7000-8000-000000010000")
    }).pipe(
      Effect.provide(engine),
      Effect.provideService(CommandIds, {
        next: () => "018f0000-0000-7000-8000-000000010000"
      })
    )
  )

  it.effect("draws ids that differ and rise with time when no source is given", () =>
    Effect.gen(function* () {
      const inventory = yield* Inventory
      const ids = yield* Effect.forEach(
        Array.from({ length: 1_100 }, (_, n) => n),
        (n) => Effect.map(inventory.registerSku({ code: `C${n}`, name: "N" }), (sku) => sku.id)
      )
      expect(new Set(ids.map((id) => id.slice(0, 32))).size).toBe(1_100)
      const instants = ids.map((id) => id.slice(0, 13))
      expect(instants).toEqual([...instants].sort())
    }).pipe(Effect.provide(engine))
  )

  it.effect("decides without a queue for a host's own transaction", () =>
    Effect.gen(function* () {
      const inventory = yield* Inventory
      yield* inventory.registerSku({ ...tea, initialStock: 1 })
      const order = { orderId: "o", lines: [line("tea", 1)] }
      expect(yield* inventory.reserve(order)).toHaveLength(1)
      const refusal = yield* Effect.flip(inventory.reserve(order))
      expect(refusal).toMatchObject({ _tag: "InsufficientStock" })
    }).pipe(Effect.provide(Layer.provideMerge(Inventory.layerUnqueued(), MemoryInventory.layer)))
  )
})

describe("asking for availability", () => {
  const stocked = Effect.gen(function* () {
    const inventory = yield* Inventory
    yield* inventory.registerSku({ ...tea, initialStock: 5 })
    yield* inventory.registerSku({ skuId: "cup", code: "CUP", name: "Cup", initialStock: 1 })
    return inventory
  })

  it.effect("says what reserve would, and changes nothing", () =>
    Effect.gen(function* () {
      const inventory = yield* stocked
      const lines = [line("tea", 3), line("cup", 2), line("tea", 3, { lineId: "x" })]
      const answer = yield* checkAvailability({ lines })
      const refusal = yield* Effect.flip(inventory.reserve({ orderId: "o", lines }))
      expect(answer.isAvailable).toBe(false)
      expect(refusal).toEqual({ _tag: "InsufficientStock", lines: answer.shortLines })
      expect(yield* checkAvailability({ lines: [line("tea", 5), line("cup", 1)] })).toEqual({
        isAvailable: true,
        shortLines: []
      })
      const reads = yield* StockReads
      const [stock] = yield* reads.stock([SkuId.make("tea")])
      expect(stock?.levels[0]?.level.reservedQuantity).toBe(0)
    }).pipe(Effect.provide(engine))
  )

  it.effect("counts lapsed holds, and with an order its own pending ones, as free", () =>
    Effect.gen(function* () {
      const inventory = yield* stocked
      yield* inventory.reserve({ orderId: "old", lines: [line("tea", 2)], ttl: 10 })
      yield* inventory.reserve({ orderId: "cart", lines: [line("tea", 3)], ttl: 100 })
      const ask = (orderId?: string) =>
        checkAvailability({
          lines: [line("tea", 5)],
          ...(orderId === undefined ? {} : { orderId: OrderId.make(orderId) })
        })
      expect(yield* ask()).toMatchObject({ shortLines: [{ available: 0 }] })
      yield* TestClock.adjust("10 seconds")
      expect(yield* ask()).toMatchObject({ shortLines: [{ available: 2 }] })
      expect((yield* ask("cart")).isAvailable).toBe(true)
      expect((yield* ask("another")).isAvailable).toBe(false)
      yield* inventory.confirmOrder({ orderId: "cart" })
      expect(yield* Effect.flip(ask("cart"))).toEqual({
        _tag: "OrderAlreadyConfirmed",
        orderId: "cart"
      })
    }).pipe(Effect.provide(engine))
  )

  it.effect("says of unknown SKUs that they are unknown", () =>
    Effect.gen(function* () {
      expect(yield* Effect.flip(checkAvailability({ lines: [line("x", 1)] }))).toEqual({
        _tag: "SkuNotFound",
        skuIds: ["x"]
      })
    }).pipe(Effect.provide(engine))
  )
})

describe("reconciling", () => {
  const level = { skuId: SkuId.make("tea"), locationId: LocationId.make("default") }

  it("proposes what the evidence says, and changes nothing", () => {
    const row = {
      ...level,
      totalQuantity: 7,
      ledgerQuantity: 5,
      reservedQuantity: 1,
      heldQuantity: 4
    }
    expect(driftOf(row)).toEqual({
      ...row,
      totalDrift: 2,
      reservedDrift: -3,
      repair: { totalQuantity: 5, reservedQuantity: 4 }
    })
    expect(driftOf({ ...row, ledgerQuantity: 7, heldQuantity: 1 })).toBeUndefined()
  })

  it.effect("counts the share of levels that agree, page by page, and lists a bounded number", () =>
    Effect.gen(function* () {
      const rows = Array.from({ length: 2_500 }, (_, n) => ({
        skuId: SkuId.make(`sku-${String(n).padStart(4, "0")}`),
        locationId: level.locationId,
        totalQuantity: 5,
        ledgerQuantity: n % 5 === 0 ? 3 : 5,
        reservedQuantity: 1,
        heldQuantity: n % 10 === 0 ? 2 : 1
      }))
      const reads = yield* StockReads
      const found = yield* Effect.provideService(reconcile(7), StockReads, {
        ...reads,
        reconciled: (after, limit) =>
          Effect.succeed(
            rows.filter((row) => after === null || row.skuId > after.skuId).slice(0, limit)
          )
      })
      expect(found).toMatchObject({
        levels: 2_500,
        agreeing: 2_000,
        accuracy: 0.8,
        totalDrift: 1_000,
        reservedDrift: 250
      })
      expect(found.drifted.map((drift) => drift.skuId)).toEqual(
        [0, 5, 10, 15, 20, 25, 30].map((n) => `sku-${String(n).padStart(4, "0")}`)
      )
    }).pipe(Effect.provide(MemoryInventory.layer))
  )

  it.effect("of an empty store finds nothing wrong", () =>
    Effect.gen(function* () {
      expect(yield* reconcile()).toMatchObject({ levels: 0, accuracy: 1 })
    }).pipe(Effect.provide(MemoryInventory.layer))
  )
})

describe("the sweeper", () => {
  it.effect("writes down what has lapsed, again and again, and survives a store that fails", () =>
    Effect.gen(function* () {
      const inventory = yield* Inventory
      const reads = yield* StockReads
      let isDown = false
      const failing = StockReads.of({
        ...reads,
        lapsed: (limit) =>
          isDown
            ? Effect.fail(new StoreError({ reason: "Unavailable", message: "down" }))
            : reads.lapsed(limit)
      })
      yield* Layer.build(
        Layer.provide(
          layerExpirySweeper({ interval: "5 seconds" }),
          Layer.succeed(StockReads, failing)
        )
      )
      yield* inventory.registerSku({ ...tea, initialStock: 2 })
      const reserve = (orderId: string) =>
        inventory.reserve({ orderId, lines: [line("tea", 1)], ttl: 1 })
      const onPaper = Effect.map(reads.lapsed(10), (holds) => holds.length)
      yield* reserve("a")
      yield* TestClock.adjust("1 second")
      expect(yield* onPaper).toBe(1)
      yield* TestClock.adjust("4 seconds")
      expect(yield* onPaper).toBe(0)
      yield* reserve("b")
      isDown = true
      yield* TestClock.adjust("5 seconds")
      expect(yield* onPaper).toBe(1)
      isDown = false
      yield* TestClock.adjust("5 seconds")
      expect(yield* onPaper).toBe(0)
    }).pipe(Effect.provide(engine))
  )
})

it.effect("the in-memory store never lets time run backwards for a SKU", () =>
  Effect.gen(function* () {
    const clock = yield* TestClock.make()
    yield* clock.setTime(1_000_000)
    yield* Effect.gen(function* () {
      const inventory = yield* Inventory
      yield* inventory.registerSku({ ...tea, initialStock: 1 })
      yield* clock.setTime(500_000)
      const { levels } = yield* inventory.receive({ skuId: "tea", quantity: 1 })
      expect(levels[0]?.lastUpdated.epochMilliseconds).toBe(1_000_000)
    }).pipe(
      Effect.provide(
        Layer.provideMerge(
          Inventory.layer(),
          Layer.provide(MemoryInventory.layer, Layer.succeed(Clock.Clock, clock))
        )
      )
    )
  })
)
