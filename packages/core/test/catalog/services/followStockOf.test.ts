import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import {
  Catalog,
  CatalogReads,
  followStockOf,
  MemoryCatalog,
  ProductId,
  type SkuStock,
  StockStatus
} from "../../../src/catalog.ts"
import type { SkuId } from "../../../src/kernel/Identifier.ts"
import { StoreError } from "../../../src/kernel/StoreError.ts"
import { p, sold } from "../decide/words.ts"

type Stock = Readonly<Record<string, readonly [available: number, version: number] | "missing">>

/** An inventory that gives one answer after another, and the last one from then on. */
const answering = (...answers: ReadonlyArray<Stock>) => {
  const asked: Array<ReadonlyArray<string>> = []
  const answer = (skuId: SkuId, stock: Stock): SkuStock => {
    const known = stock[skuId]
    if (known === undefined) return { _tag: "Unknown", skuId }
    if (known === "missing") return { _tag: "Missing", skuId }
    const [availableQuantity, version] = known
    return { _tag: "Known", skuId, availableQuantity, inStockQuantity: availableQuantity, version }
  }
  const stock = Layer.succeed(StockStatus, {
    isJoined: true,
    stockOf: (skuIds) => {
      asked.push([...skuIds].sort())
      const current = answers[Math.min(asked.length, answers.length) - 1] ?? {}
      return Effect.succeed(skuIds.map((skuId) => answer(skuId, current)))
    },
    heldOptions: () => Effect.succeed([])
  })
  const layer = Catalog.layer().pipe(Layer.provideMerge(Layer.mergeAll(MemoryCatalog.layer, stock)))
  return { asked, layer }
}

const ids = (...numbers: ReadonlyArray<number>) => numbers.map((n) => ProductId.make(p(n)))

const make = (n: number, skuIds: ReadonlyArray<string>) =>
  Effect.flatMap(Catalog, (catalog) =>
    catalog.createProduct({
      productId: p(n),
      name: `Product ${n}`,
      type: skuIds.length > 1 ? "BUNDLE" : "NORMAL",
      options: [sold(n, { skuMappings: skuIds.map((skuId) => ({ skuId, quantity: 1 })) })],
      allowUnknownSkus: true
    })
  )

const statuses = Effect.flatMap(CatalogReads, (reads) =>
  Effect.map(reads.products(ids(1, 2, 3, 4)), (products) =>
    Object.fromEntries(products.map(({ id, options }) => [id, options[0]?.status]))
  )
)

it.effect("asks once for all products, and moves those whose stock is known", () => {
  const { asked, layer } = answering({ a: [0, 1], b: [9, 1], c: "missing" })
  return Effect.gen(function* () {
    yield* make(1, ["a"])
    yield* make(2, ["a", "b"])
    yield* make(3, ["b"])
    yield* make(4, ["a", "c"])
    expect(yield* followStockOf(ids(1, 2, 3, 4, 9))).toEqual([])
    expect(asked).toEqual([["a", "b", "c"]])
    expect(yield* statuses).toEqual({
      [p(1)]: "SOLD_OUT",
      [p(2)]: "SOLD_OUT",
      [p(3)]: "ACTIVE",
      [p(4)]: "ACTIVE"
    })
  }).pipe(Effect.provide(layer))
})

it.effect("asks again when the answer is older and newer than what was followed", () => {
  const { asked, layer } = answering(
    { a: [9, 5], b: [9, 5] },
    { a: [0, 6], b: [9, 4] },
    { a: [0, 6], b: [9, 6] }
  )
  return Effect.gen(function* () {
    yield* make(1, ["a", "b"])
    yield* followStockOf(ids(1))
    yield* followStockOf(ids(1))
    expect(asked).toHaveLength(3)
    expect(yield* statuses).toEqual({ [p(1)]: "SOLD_OUT" })
  }).pipe(Effect.provide(layer))
})

it.effect("leaves alone what has followed newer stock, and gives up what stays mixed", () => {
  const { asked, layer } = answering(
    { a: [9, 5], b: [9, 5] },
    { a: [0, 4], b: [0, 4] },
    { a: [0, 6], b: [9, 4] }
  )
  return Effect.gen(function* () {
    yield* make(1, ["a", "b"])
    yield* followStockOf(ids(1))
    yield* followStockOf(ids(1))
    expect(asked).toHaveLength(2)
    yield* followStockOf(ids(1))
    expect(asked).toHaveLength(5)
    expect(yield* statuses).toEqual({ [p(1)]: "ACTIVE" })
  }).pipe(Effect.provide(layer))
})

it.effect("names the SKUs that were not answered, or not as of the version seen", () => {
  const { layer } = answering({ a: [9, 5], c: "missing" })
  const seen = (skuId: string, version: number) => new Map([[skuId as SkuId, version]])
  return Effect.gen(function* () {
    yield* make(1, ["a", "b"])
    yield* make(2, ["a", "c"])
    expect(yield* followStockOf(ids(1))).toEqual(["b"])
    expect(yield* followStockOf(ids(2))).toEqual([])
    expect(yield* followStockOf(ids(2), seen("a", 5))).toEqual([])
    expect(yield* followStockOf(ids(2), seen("a", 6))).toEqual(["a"])
    expect(yield* followStockOf(ids(2), seen("c", 1))).toEqual(["c"])
  }).pipe(Effect.provide(layer))
})

it.effect("does nothing without products, mappings or stock, and fails with the store", () => {
  const { asked, layer } = answering({})
  return Effect.gen(function* () {
    yield* followStockOf([])
    const catalog = yield* Catalog
    yield* catalog.createProduct({ productId: p(1), name: "Bare", type: "NORMAL" })
    yield* followStockOf(ids(1))
    expect(asked).toEqual([])
    yield* make(2, ["a"])
    yield* followStockOf(ids(2))
    expect(yield* statuses).toEqual({ [p(1)]: undefined, [p(2)]: "ACTIVE" })
    const down = new StoreError({ reason: "Unavailable", message: "down" })
    const reads = yield* CatalogReads
    const failing = CatalogReads.of({ ...reads, products: () => Effect.fail(down) })
    const failure = yield* Effect.flip(
      Effect.provideService(followStockOf(ids(2)), CatalogReads, failing)
    )
    expect(failure).toBe(down)
  }).pipe(Effect.provide(layer))
})
