import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as TestClock from "effect/testing/TestClock"
import { StockStatus } from "../../src/catalog.ts"
import { Inventory, MemoryInventory, StockReads, StoreError } from "../../src/inventory.ts"
import { SkuId } from "../../src/kernel/Identifier.ts"
import { layerStockStatus, type StockStatusOptions } from "../../src/shelf.ts"

const skuIds = (...ids: ReadonlyArray<string>) => ids.map((id) => SkuId.make(id))

const engine = Layer.provideMerge(Inventory.layer(), MemoryInventory.layer)
const joined = Layer.provideMerge(layerStockStatus(), engine)

/** An inventory whose reads of stock a test may replace; each read is counted. */
const readingAs = (
  stockOf: (reads: StockReads["Service"]) => StockReads["Service"]["stock"],
  options: StockStatusOptions = {}
) =>
  layerStockStatus(options).pipe(
    Layer.provide(
      Layer.effect(
        StockReads,
        Effect.map(StockReads, (reads) => ({ ...reads, stock: stockOf(reads) }))
      )
    ),
    Layer.provideMerge(engine)
  )

const register = (skuId: string, initialStock: number, policy = {}) =>
  Effect.flatMap(Inventory, (inventory) =>
    inventory.registerSku({ skuId, code: skuId, name: skuId, initialStock, ...policy })
  )

/** The version of the last event of a SKU. */
const lastVersion = (skuId: string) =>
  Effect.flatMap(StockReads, (reads) =>
    Effect.map(reads.events(0, 100, { aggregateIds: skuIds(skuId) }), (events) =>
      Number(events.at(-1)?.event.version)
    )
  )

it.effect("knows what is available and in stock, with the version of the SKU", () =>
  Effect.gen(function* () {
    const stock = yield* StockStatus
    expect(stock.isJoined).toBe(true)
    yield* register("mug", 5, { backorderLimit: 2, safetyStock: 1 })
    yield* register("cup", 0)
    expect(yield* stock.stockOf(skuIds("cup", "mug", "none", "mug"))).toEqual([
      { _tag: "Known", skuId: "cup", availableQuantity: 0, inStockQuantity: 0, version: 1 },
      {
        _tag: "Known",
        skuId: "mug",
        availableQuantity: 6,
        inStockQuantity: 4,
        version: yield* lastVersion("mug")
      },
      { _tag: "Missing", skuId: "none" }
    ])
    const inventory = yield* Inventory
    yield* inventory.reserve({ orderId: "1", lines: [{ skuId: "mug", quantity: 6 }], ttl: 60 })
    const version = yield* lastVersion("mug")
    expect(version).toBeGreaterThan(2)
    expect(yield* stock.stockOf(skuIds("mug"))).toMatchObject([
      { availableQuantity: 0, inStockQuantity: 0, version }
    ])
    yield* TestClock.adjust("61 seconds")
    expect(yield* stock.stockOf(skuIds("mug"))).toMatchObject([
      { availableQuantity: 6, inStockQuantity: 4, version }
    ])
    expect(yield* stock.heldOptions([])).toEqual([])
  }).pipe(Effect.provide(joined))
)

it.effect("asks once for up to 1,000 SKUs, each once", () => {
  const asked: Array<number> = []
  const counted = readingAs((reads) => (ids) => {
    asked.push(ids.length)
    return reads.stock(ids)
  })
  return Effect.gen(function* () {
    const stock = yield* StockStatus
    const many = Array.from({ length: 1_001 }, (_, n) => `sku-${n}`)
    const answers = yield* stock.stockOf(skuIds(...many, ...many))
    expect(answers).toHaveLength(1_001)
    expect(asked).toEqual([1_000, 1])
    expect(yield* stock.stockOf([])).toEqual([])
    expect(asked).toHaveLength(2)
  }).pipe(Effect.provide(counted))
})

it.effect("is unknown while the store fails, and says so once", () => {
  let isDown = true
  const down = new StoreError({ reason: "Unavailable", message: "the database is away" })
  const failing = readingAs((reads) => (ids) => (isDown ? Effect.fail(down) : reads.stock(ids)))
  const logged: Array<string> = []
  const logger = Logger.layer([
    Logger.make(({ logLevel, message }) => void logged.push(`${logLevel} ${message}`))
  ])
  return Effect.gen(function* () {
    const stock = yield* StockStatus
    yield* register("mug", 5)
    const unknown = [
      { _tag: "Unknown", skuId: "mug" },
      { _tag: "Unknown", skuId: "none" }
    ]
    expect(yield* stock.stockOf(skuIds("mug", "none"))).toEqual(unknown)
    expect(yield* stock.stockOf(skuIds("mug", "none"))).toEqual(unknown)
    isDown = false
    expect(yield* stock.stockOf(skuIds("mug"))).toMatchObject([{ availableQuantity: 5 }])
    expect(logged).toEqual([
      "Warn the inventory does not answer, so stock is shown as unknown: the database is away",
      "Info the inventory answers again"
    ])
  }).pipe(Effect.provide(failing), Effect.provide(logger))
})

it.effect("is unknown when the answer takes too long", () =>
  Effect.gen(function* () {
    const stock = yield* StockStatus
    const asking = yield* Effect.forkChild(stock.stockOf(skuIds("mug")))
    yield* TestClock.adjust("199 millis")
    expect(asking.pollUnsafe()).toBeUndefined()
    yield* TestClock.adjust("1 millis")
    expect(yield* Fiber.join(asking)).toEqual([{ _tag: "Unknown", skuId: "mug" }])
  }).pipe(Effect.provide(readingAs(() => () => Effect.never, { answerMillisMax: 200 })))
)
