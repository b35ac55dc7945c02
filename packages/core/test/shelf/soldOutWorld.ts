/** A catalog and an inventory in memory, and what a test says to them. */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import {
  Catalog,
  CatalogReads,
  MemoryCatalog,
  OptionId,
  ProductId,
  type ProductOption,
  StockStatus
} from "../../src/catalog.ts"
import { Inventory, MemoryInventory } from "../../src/inventory.ts"
import {
  FollowedInventory,
  layerStockStatus,
  makeSoldOutFollower,
  type SoldOutOptions
} from "../../src/shelf.ts"
import { uuidOf } from "../../src/testing/catalog/CatalogStage.ts"

const inventory = Layer.provideMerge(Inventory.layer(), MemoryInventory.layer)

/** Both contexts, joined; nothing follows yet. */
export const joined = Catalog.layer().pipe(
  Layer.provideMerge(MemoryCatalog.layer),
  Layer.provideMerge(Layer.merge(layerStockStatus(), FollowedInventory.layerLocal)),
  Layer.provideMerge(inventory)
)

/** The product of a number. */
export const productId = (n: number): ProductId => ProductId.make(uuidOf(n))

/** The one option of the product of a number. */
export const optionId = (n: number): OptionId => OptionId.make(uuidOf(1_000 + n))

/** Makes a product with one option, which takes so many units of SKUs. */
export const sell = (n: number, units: Readonly<Record<string, number>>) =>
  Effect.flatMap(Catalog, (catalog) => {
    const skuMappings = Object.entries(units).map(([skuId, quantity]) => ({ skuId, quantity }))
    const isBundle = skuMappings.length > 1 || skuMappings.some(({ quantity }) => quantity > 1)
    return catalog.createProduct({
      productId: productId(n),
      name: `Product ${n}`,
      type: isBundle ? "BUNDLE" : "NORMAL",
      options: [
        {
          optionId: optionId(n),
          name: `Option ${n}`,
          price: { amount: "10.00", currency: "EUR" },
          skuMappings
        }
      ],
      allowUnknownSkus: true
    })
  })

/** Registers SKUs with so many units. */
export const stocked = (units: Readonly<Record<string, number>>) =>
  Effect.flatMap(Inventory, (engine) =>
    Effect.forEach(Object.entries(units), ([skuId, initialStock]) =>
      engine.registerSku({ skuId, code: skuId, name: skuId, initialStock })
    )
  )

/** The option of each product: its status, and STOCK when the stock set it. */
export const shelf = (...numbers: ReadonlyArray<number>) =>
  Effect.flatMap(CatalogReads, (reads) =>
    Effect.map(reads.products(numbers.map(productId)), (products) => {
      const said = ({ status, statusBy }: ProductOption.ProductOption) =>
        statusBy === "STOCK" ? `${status} by stock` : status
      const byId = new Map(products.map(({ id, options }) => [id, options[0]]))
      return numbers.map((n) => {
        const option = byId.get(productId(n))
        return option === undefined ? undefined : said(option)
      })
    })
  )

/** Lets fibers that are ready have their turns. */
export const settle = Effect.forEach(Array.from({ length: 300 }), () => Effect.yieldNow, {
  discard: true
})

/** A status that stock has set. */
export const out = "SOLD_OUT by stock"
/** A status that stock has taken back. */
export const back = "ACTIVE by stock"

/** Begins to follow until the test ends. */
export const following = (options: SoldOutOptions = {}) =>
  Effect.gen(function* () {
    const follower = yield* makeSoldOutFollower(options)
    const fiber = yield* Effect.forkChild(follower.run)
    yield* settle
    yield* TestClock.adjust("1 seconds")
    yield* settle
    return { follower, stop: Fiber.interrupt(fiber) }
  })

/** Reserves units of a SKU. */
export const reserve = (skuId: string, quantity: number, ttl = 60) =>
  Effect.flatMap(Inventory, (inventory) =>
    inventory.reserve({ orderId: `${skuId} ${quantity}`, lines: [{ skuId, quantity }], ttl })
  )

/** Receives units of a SKU. */
export const receive = (skuId: string, quantity: number) =>
  Effect.flatMap(Inventory, (inventory) => inventory.receive({ skuId, quantity }))

/** A world whose inventory can be sent away, and told to answer with what it knew before. */
export const answering = () => {
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
