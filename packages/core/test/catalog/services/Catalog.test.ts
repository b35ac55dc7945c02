import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import type { ValidCommandOf } from "../../../src/catalog/messages/CatalogCommand.ts"
import {
  Catalog,
  CatalogQueries,
  checkCommand,
  MemoryCatalog,
  readCommand,
  type SkuStock,
  StockStatus
} from "../../../src/catalog.ts"
import type { SkuId } from "../../../src/kernel/Identifier.ts"
import { StoreError } from "../../../src/kernel/StoreError.ts"
import { c, o, p, sold } from "../decide/words.ts"

/** An inventory that a test makes up, and what it was asked. */
const inventory = (
  answer: (skuId: SkuId) => SkuStock,
  held: "none" | "all" | "unknown" = "none"
) => {
  const asked: Array<ReadonlyArray<string>> = []
  const layer = Layer.succeed(StockStatus, {
    isJoined: true,
    stockOf: (skuIds) => {
      asked.push(skuIds)
      return Effect.succeed(skuIds.map(answer))
    },
    heldOptions: (optionIds) => {
      asked.push(optionIds)
      return held === "unknown"
        ? Effect.fail(new StoreError({ reason: "Unavailable", message: "no answer" }))
        : Effect.succeed(held === "all" ? optionIds : [])
    }
  })
  return { asked, layer }
}

const known = (skuId: SkuId): SkuStock => ({
  _tag: "Known",
  skuId,
  availableQuantity: 3,
  inStockQuantity: 2,
  version: 1
})
const missing = (skuId: SkuId): SkuStock => ({ _tag: "Missing", skuId })
const unknown = (skuId: SkuId): SkuStock => ({ _tag: "Unknown", skuId })

const over = (stock: Layer.Layer<StockStatus>, engine = Catalog.layer()) =>
  Layer.mergeAll(engine, CatalogQueries.layer).pipe(
    Layer.provide(Layer.mergeAll(MemoryCatalog.layer, stock))
  )

const tea = (rest: object = {}) => ({
  productId: p(1),
  name: "Tea",
  type: "NORMAL" as const,
  options: [sold(1)],
  ...rest
})

describe("the inventory's word", () => {
  it.effect("is asked once a command, for the SKUs that it maps, each once", () => {
    const { asked, layer } = inventory(known)
    return Effect.gen(function* () {
      const catalog = yield* Catalog
      const options = [sold(1), sold(2, { skuMappings: sold(1).skuMappings }), sold(3)]
      yield* catalog.createProduct(tea({ options }))
      yield* catalog.updateProduct({ productId: p(1), name: "Green tea" })
      yield* catalog.setSkuMappings({ productId: p(1), optionId: o(1), skuMappings: [] })
      expect(asked).toEqual([["sku-1", "sku-3"]])
    }).pipe(Effect.provide(over(layer)))
  })

  it.effect(
    "refuses SKUs that it does not know, unless the caller wants to map them already",
    () => {
      const { asked, layer } = inventory(missing)
      return Effect.gen(function* () {
        const catalog = yield* Catalog
        const refusal = yield* Effect.flip(catalog.createProduct(tea()))
        expect(refusal).toEqual({ _tag: "SkuNotFound", skuIds: ["sku-1"] })
        yield* catalog.createProduct(tea({ allowUnknownSkus: true }))
        expect(asked).toHaveLength(1)
      }).pipe(Effect.provide(over(layer)))
    }
  )

  it.effect("is missed when it does not come: a change fails, and a page says unknown", () => {
    const { layer } = inventory(unknown, "unknown")
    return Effect.gen(function* () {
      const catalog = yield* Catalog
      const queries = yield* CatalogQueries
      const failure = yield* Effect.flip(catalog.createProduct(tea()))
      expect(failure).toMatchObject({
        _tag: "StoreError",
        reason: "Unavailable",
        isRetryable: true
      })
      yield* catalog.createProduct(tea({ allowUnknownSkus: true }))
      const { availability, stockStatus } = yield* queries.product({ productId: p(1) })
      expect(stockStatus).toEqual([
        { skuId: "sku-1", status: "unknown", availableQuantity: null, inStockQuantity: null }
      ])
      expect(availability).toEqual([
        { optionId: o(1), availableQuantity: null, limitingSkuId: null }
      ])
      const kept = yield* Effect.flip(catalog.deleteProduct({ productId: p(1) }))
      expect(kept).toMatchObject({ _tag: "StoreError", reason: "Unavailable" })
    }).pipe(Effect.provide(over(layer)))
  })

  it.effect("keeps a product that has open holds, and says nothing about one that is gone", () => {
    const { layer } = inventory(known, "all")
    return Effect.gen(function* () {
      const catalog = yield* Catalog
      yield* catalog.createProduct(tea())
      const productId = p(1)
      const held = { _tag: "ProductReserved", productId, optionIds: [o(1)] }
      expect(yield* Effect.flip(catalog.deleteProduct({ productId }))).toEqual(held)
      // What comes first in the order of precedence is answered first.
      const stale = catalog.deleteProduct({ productId, expectedVersion: 9 })
      expect(yield* Effect.flip(stale)).toMatchObject({ _tag: "StaleExpectation" })
      const gone = { _tag: "ProductNotFound", productId: p(2) }
      expect(yield* Effect.flip(catalog.deleteProduct({ productId: p(2) }))).toEqual(gone)
      // A product without options has no holds.
      yield* catalog.createProduct({ ...tea({ productId: p(3) }), options: [] })
      yield* catalog.deleteProduct({ productId: p(3) })
    }).pipe(Effect.provide(over(layer)))
  })

  it.effect(
    "is no part of a request: a repeat is answered the same, whatever it says by then",
    () => {
      let answer = known
      const { layer } = inventory((skuId) => answer(skuId))
      return Effect.gen(function* () {
        const catalog = yield* Catalog
        const command = readCommand({ _tag: "CreateProduct", ...tea() })
        if (Result.isFailure(command)) throw new Error("the command is valid")
        const options = { idempotencyKey: "k" }
        const valid = command.success as ValidCommandOf<"CreateProduct">
        const first = yield* catalog.execute(valid, options)
        answer = missing
        const again = yield* catalog.execute(valid, options)
        expect([again.isReplayed, again.answer]).toEqual([true, first.answer])
      }).pipe(Effect.provide(over(layer)))
    }
  )

  it.effect("is not asked when there is no inventory", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      yield* catalog.createProduct(tea())
      yield* catalog.deleteProduct({ productId: p(1) })
    }).pipe(Effect.provide(over(StockStatus.layerNone)))
  )
})

describe("the catalog as a service", () => {
  it.effect("checks a command that was made by hand", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      const byHand = { _tag: "CreateCategory", name: "" } as never
      expect(yield* Effect.flip(catalog.execute(byHand))).toMatchObject({
        _tag: "InvalidInput",
        issues: [{ path: "name" }]
      })
      const checked = checkCommand({ _tag: "CreateCategory", name: "Drinks" })
      if (Result.isFailure(checked)) throw new Error("the command is valid")
      const { answer } = yield* catalog.execute(checked.success)
      expect(answer).toMatchObject({ name: "Drinks", level: 0 })
    }).pipe(Effect.provide(over(StockStatus.layerNone)))
  )

  it.effect("runs without a queue, each command a batch alone", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      yield* catalog.createCategory({ categoryId: c(1), name: "Drinks" })
      yield* catalog.createProduct(tea({ categoryIds: [c(1)] }))
      const refusal = yield* Effect.flip(catalog.deleteCategory({ categoryId: c(1) }))
      expect(refusal).toMatchObject({ _tag: "CategoryNotEmpty", products: 1 })
    }).pipe(Effect.provide(over(StockStatus.layerNone, Catalog.layerUnqueued())))
  )
})

describe("the questions to the catalog", () => {
  it.effect("show the tree, siblings in their order, without what is under an inactive one", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      const queries = yield* CatalogQueries
      const make = (n: number, name: string, rest: object = {}) =>
        catalog.createCategory({ categoryId: c(n), name, ...rest })
      yield* make(1, "b", { sortOrder: 1 })
      yield* make(2, "a", { sortOrder: 1 })
      yield* make(3, "z")
      yield* make(4, "closed", { parentId: c(1), isActive: false })
      yield* make(5, "below", { parentId: c(4) })
      yield* make(6, "open", { parentId: c(1) })
      type Branch = { readonly name: string; readonly children: ReadonlyArray<Branch> }
      const names = (branches: ReadonlyArray<Branch>): ReadonlyArray<unknown> =>
        branches.map(({ children, name }) =>
          children.length === 0 ? name : [name, ...names(children)]
        )
      const shown = yield* queries.categoryTree({})
      expect(names(shown.categories)).toEqual(["z", "a", ["b", "open"]])
      const all = yield* queries.categoryTree({ includeInactive: true })
      expect(names(all.categories)).toEqual(["z", "a", ["b", ["closed", "below"], "open"]])
      expect(all.categories[0]).toEqual({
        id: c(3),
        name: "z",
        translations: {},
        parentId: null,
        level: 0,
        sortOrder: 0,
        isActive: true,
        externalId: null,
        version: 1,
        children: []
      })
      expect(yield* queries.category({ categoryId: c(6) })).toMatchObject({ level: 1 })
    }).pipe(Effect.provide(over(StockStatus.layerNone)))
  )

  it.effect("lead from an old slug to the product, and name what nobody knows", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      const queries = yield* CatalogQueries
      yield* catalog.createProduct(tea({ slug: "tea" }))
      yield* catalog.updateProduct({ productId: p(1), slug: "green-tea" })
      const { product } = yield* queries.productBySlug({ slug: "tea" })
      expect([product.id, product.slug]).toEqual([p(1), "green-tea"])
      const gone = queries.productBySlug({ slug: "coffee" })
      expect(yield* Effect.flip(gone)).toEqual({ _tag: "SlugNotFound", slug: "coffee" })
      const nowhere = { _tag: "CategoryNotFound", categoryIds: [c(9)], fields: ["categoryId"] }
      expect(yield* Effect.flip(queries.products({ categoryId: c(9) }))).toEqual(nowhere)
      expect(yield* Effect.flip(queries.category({ categoryId: c(9) }))).toEqual(nowhere)
    }).pipe(Effect.provide(over(StockStatus.layerNone)))
  )

  it.effect("refuse a page that is too far, or asked for in two ways, and say what to do", () =>
    Effect.gen(function* () {
      const queries = yield* CatalogQueries
      const issuesOf = (query: object) =>
        Effect.map(Effect.flip(queries.products(query)), (refusal) =>
          "issues" in refusal
            ? refusal.issues.map(({ message, path }) => `${path}: ${message}`)
            : []
        )
      expect(yield* issuesOf({ page: 41, size: 250 })).toEqual([
        "page: must be at most 40 for pages of this size; follow `next` to go further"
      ])
      expect(yield* issuesOf({ page: 501 })).toHaveLength(1)
      expect(yield* issuesOf({ page: 0, cursor: "abc" })).toEqual([
        "page: is not for a page that is asked for by its cursor"
      ])
      expect(yield* issuesOf({ cursor: "abc" })).toEqual([
        "cursor: must be a cursor that an earlier page returned"
      ])
      expect(yield* issuesOf({ size: 251 })).toEqual(["size: must be between 1 and 250"])
      expect(yield* issuesOf({ sort: "weight" })).toHaveLength(1)
      const both = queries.skuMappings({ skuIds: ["a"], optionIds: [o(1)] })
      expect(yield* Effect.flip(both)).toMatchObject({ issues: [{ path: "optionIds" }] })
      expect(yield* Effect.flip(queries.skuMappings({}))).toMatchObject({
        issues: [{ path: "skuIds" }]
      })
      expect(yield* queries.products({ page: 40, size: 250 })).toEqual({
        items: [],
        page: 40,
        size: 250,
        next: null,
        facets: null
      })
      yield* queries.ping({})
    }).pipe(Effect.provide(over(StockStatus.layerNone)))
  )

  it.effect("read the log, from its first kept event or from a position", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      const queries = yield* CatalogQueries
      yield* catalog.createProduct(tea())
      yield* catalog.activateProduct({ productId: p(1) })
      const all = yield* queries.events({})
      expect(all.items.map(({ event }) => event.eventType)).toEqual([
        "product.created",
        "product.updated"
      ])
      const later = yield* queries.events({ after: 1, types: ["product.updated"], size: 1 })
      expect([later.items.length, later.next]).toEqual([1, 2])
      expect(yield* queries.events({ after: 2 })).toEqual({ items: [], next: 2 })
    }).pipe(Effect.provide(over(StockStatus.layerNone)))
  )
})
