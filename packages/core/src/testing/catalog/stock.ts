/** Contract: options follow the stock of their SKUs, by the newest word about it. */
import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Catalog } from "../../catalog/services/Catalog.ts"
import type { ProductId } from "../../kernel/Identifier.ts"
import { atOnce, Stage } from "../contract/Stage.ts"
import {
  type CatalogIt,
  eventsOf,
  freshOptionId,
  freshProduct,
  onlyOption,
  readProduct,
  refusalOf,
  sellable,
  severalCatalogs
} from "./CatalogStage.ts"

const fact = (skuId: string, availableQuantity: number, version: number) => ({
  skuId,
  availableQuantity,
  version
})

const statuses = (productId: ProductId) =>
  Effect.map(readProduct(productId), (product) =>
    product?.options.map(({ status, statusBy }) => `${status} ${statusBy}`)
  )

/** How options follow stock. */
export const stock = (it: CatalogIt): void => {
  it.effect("sells an option out by level, and brings it back, without a new revision", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      const [pair, bundle] = [freshOptionId(), freshOptionId()]
      const { id: productId } = yield* freshProduct({
        type: "BUNDLE",
        status: "ACTIVE",
        options: [
          { optionId: pair, ...sellable("a", 2) },
          {
            optionId: bundle,
            ...sellable(),
            skuMappings: [
              { skuId: "a", quantity: 1 },
              { skuId: "b", quantity: 1 }
            ]
          }
        ]
      })
      // One unit is left: enough for the bundle, and not for the pair.
      const first = { productId, stock: [fact("a", 1, 5), fact("b", 9, 2), fact("other", 0, 1)] }
      expect(yield* catalog.followStock(first)).toEqual({
        productId,
        version: 2,
        soldOut: [pair],
        back: []
      })
      expect(yield* statuses(productId)).toEqual(["SOLD_OUT STOCK", "ACTIVE PERSON"])
      const second = yield* catalog.followStock({ productId, stock: [fact("a", 2, 6)] })
      expect(second).toMatchObject({ version: 3, soldOut: [], back: [pair] })
      expect(yield* readProduct(productId)).toMatchObject({ status: "ACTIVE", revision: 1 })
      const [, soldOut, back] = yield* eventsOf(productId)
      const payload = { productId, optionId: pair, statusBy: "STOCK", skuIds: ["a"] }
      expect(soldOut).toMatchObject({ eventType: "product.option.sold-out", payload })
      expect(back).toMatchObject({ eventType: "product.option.back", payload })
    })
  )

  it.effect("leaves alone what a person has withdrawn or marked sold out", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      const { id: productId } = yield* freshProduct({
        options: [
          { ...sellable("a"), status: "INACTIVE" },
          { ...sellable("a"), status: "SOLD_OUT" },
          { ...sellable("a"), skuMappings: [] }
        ]
      })
      const before = ["INACTIVE PERSON", "SOLD_OUT PERSON", "ACTIVE PERSON"]
      for (const [available, version] of [
        [0, 1],
        [5, 2]
      ] as const) {
        const followed = yield* catalog.followStock({
          productId,
          stock: [fact("a", available, version)]
        })
        expect(followed).toEqual({ productId, version: 1, soldOut: [], back: [] })
        expect(yield* statuses(productId)).toEqual(before)
      }
    })
  )

  it.effect("takes back an option that stock sold out, once a person says so", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      const product = yield* freshProduct({ options: [sellable("a")] })
      const productId = product.id
      const optionId = onlyOption(product).id
      yield* catalog.followStock({ productId, stock: [fact("a", 0, 1)] })
      // Who sends back the status that was read changes nothing.
      yield* catalog.updateOption({ productId, optionId, status: "SOLD_OUT" })
      expect(yield* statuses(productId)).toEqual(["SOLD_OUT STOCK"])
      yield* catalog.updateOption({ productId, optionId, status: "ACTIVE" })
      expect(yield* statuses(productId)).toEqual(["ACTIVE PERSON"])
      yield* catalog.updateOption({ productId, optionId, status: "SOLD_OUT" })
      yield* catalog.followStock({ productId, stock: [fact("a", 9, 2)] })
      expect(yield* statuses(productId)).toEqual(["SOLD_OUT PERSON"])
      expect((yield* eventsOf(productId)).map(({ eventType }) => eventType)).toEqual([
        "product.created",
        "product.option.sold-out",
        "product.updated",
        "product.option.back",
        "product.updated",
        "product.option.sold-out"
      ])
    })
  )

  it.effect("refuses an older word, also when the newer one moved nothing", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      const { id: productId } = yield* freshProduct({ options: [sellable("a")] })
      yield* catalog.followStock({ productId, stock: [fact("a", 5, 7)] })
      expect(yield* eventsOf(productId)).toHaveLength(1)
      const older = catalog.followStock({ productId, stock: [fact("a", 0, 6)] })
      const stale = { _tag: "StaleStock", productId, skuIds: ["a"], isMixed: false }
      expect(yield* refusalOf(older)).toEqual(stale)
      // A hold may lapse without an event, so the same version may come with other stock.
      yield* catalog.followStock({ productId, stock: [fact("a", 0, 7)] })
      expect(yield* statuses(productId)).toEqual(["SOLD_OUT STOCK"])
    })
  )

  it.effect("refuses a word that is newer in one SKU and older in another", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      const mappings = [
        { skuId: "a", quantity: 1 },
        { skuId: "b", quantity: 1 }
      ]
      const { id: productId } = yield* freshProduct({
        type: "BUNDLE",
        options: [{ ...sellable(), skuMappings: mappings }]
      })
      yield* catalog.followStock({ productId, stock: [fact("a", 5, 3), fact("b", 5, 3)] })
      const mixed = { productId, stock: [fact("a", 0, 4), fact("b", 5, 2)] }
      expect(yield* refusalOf(catalog.followStock(mixed))).toEqual({
        _tag: "StaleStock",
        productId,
        skuIds: ["b"],
        isMixed: true
      })
      expect(yield* statuses(productId)).toEqual(["ACTIVE PERSON"])
      // Stock of a part says nothing about the option.
      yield* catalog.followStock({ productId, stock: [fact("a", 0, 4)] })
      expect(yield* statuses(productId)).toEqual(["ACTIVE PERSON"])
    })
  )

  it.effect("ends with the newest word, in whatever order words come", () =>
    Effect.gen(function* () {
      const { callers } = yield* Stage
      const engines = yield* severalCatalogs
      const { id: productId } = yield* freshProduct({ options: [sellable("a")] })
      yield* atOnce(
        Array.from({ length: callers }, (_, n) => {
          const version = 1 + ((n * 7) % callers)
          const available = version === callers ? 0 : 5 - (version % 2) * 5
          const engine = engines[n % engines.length] as Catalog["Service"]
          return engine.followStock({ productId, stock: [fact("a", available, version)] })
        })
      )
      expect(yield* statuses(productId)).toEqual(["SOLD_OUT STOCK"])
      yield* eventsOf(productId)
    })
  )
}

/** Two people at one product. */
export const editors = (it: CatalogIt): void => {
  it.effect("lets one of many editors win who have read the same revision", () =>
    Effect.gen(function* () {
      const { callers, fresh } = yield* Stage
      const engines = yield* severalCatalogs
      const { id: productId } = yield* freshProduct()
      const outcomes = yield* atOnce(
        Array.from({ length: callers }, (_, n) =>
          (engines[n % engines.length] as Catalog["Service"]).updateProduct({
            productId,
            name: fresh("name"),
            expectedVersion: 1
          })
        )
      )
      const won = outcomes.flatMap(({ answer }) => answer ?? [])
      expect(won).toHaveLength(1)
      expect(yield* readProduct(productId)).toEqual(won[0])
      expect(yield* eventsOf(productId)).toHaveLength(2)
    })
  )

  it.effect("makes no edit stale when stock moves an option in between", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      const { id: productId } = yield* freshProduct({ options: [sellable("a")] })
      yield* catalog.followStock({ productId, stock: [fact("a", 0, 1)] })
      const after = yield* catalog.updateProduct({ productId, name: "New", expectedVersion: 1 })
      expect(after).toMatchObject({ version: 3, revision: 2, options: [{ status: "SOLD_OUT" }] })
    })
  )
}
