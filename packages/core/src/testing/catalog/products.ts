/** Contract: a product is one thing, made, changed and deleted as a whole. */
import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { CatalogReads } from "../../catalog/ports/CatalogReads.ts"
import { Catalog } from "../../catalog/services/Catalog.ts"
import { Stage } from "../contract/Stage.ts"
import {
  type CatalogIt,
  eventsOf,
  freshCategory,
  freshOptionId,
  freshProduct,
  freshProductId,
  onlyOption,
  readProduct,
  refusalOf,
  sellable,
  uuidOf
} from "./CatalogStage.ts"

/** Products as a whole. */
export const products = (it: CatalogIt): void => {
  it.effect("makes a product whole, and reads it as it answered", () =>
    Effect.gen(function* () {
      const { fresh } = yield* Stage
      const [drinks, gifts] = [yield* freshCategory(), yield* freshCategory()]
      const product = yield* freshProduct({
        name: "차 — tea 🍵",
        description: "Two lines,\nand a tab\there",
        type: "BUNDLE",
        status: "ACTIVE",
        options: [
          {
            name: "Pair",
            price: { amount: "12500", currency: "KRW" },
            skuMappings: [
              { skuId: "tea-b", quantity: 1 },
              { skuId: "tea-a", quantity: 3 }
            ],
            externalId: fresh("option"),
            translations: { ko: { name: "한 쌍" } }
          },
          { name: "Later", skuMappings: [{ skuId: "tea-a", quantity: 2 }], status: "INACTIVE" },
          { name: "Bare" }
        ],
        images: [
          { url: "https://pictures.example/one.png", alt: "One" },
          { url: "/two.png", isPrimary: true }
        ],
        categoryIds: [gifts.id, drinks.id],
        primaryCategoryId: drinks.id,
        externalId: fresh("product"),
        slug: fresh("tea"),
        translations: { "pt-BR": { name: "Chá" }, ko: { name: "차", description: "두 줄" } },
        metadata: { z: 1, a: { "": [null, "ü", 1.5] } },
        publishAt: "2026-04-01T00:00:00+09:00",
        unpublishAt: "2026-05-01T00:00:00Z"
      })
      expect(product).toMatchObject({ version: 1, revision: 1, status: "ACTIVE" })
      expect(product.options.map(({ position }) => position)).toEqual([0, 1, 2])
      expect(product.options[0]?.skuMappings.map(({ skuId }) => skuId)).toEqual(["tea-a", "tea-b"])
      expect(product.options[2]).toMatchObject({ price: null, skuMappings: [], status: "ACTIVE" })
      expect(product.images.map(({ isPrimary }) => isPrimary)).toEqual([false, true])
      expect(product.categories).toEqual([
        { categoryId: drinks.id, isPrimary: true },
        { categoryId: gifts.id, isPrimary: false }
      ])
      expect(yield* readProduct(product.id)).toEqual(product)
      expect(JSON.stringify((yield* readProduct(product.id))?.metadata)).toBe(
        JSON.stringify(product.metadata)
      )
      const [created, ...later] = yield* eventsOf(product.id)
      expect(later).toEqual([])
      expect(created).toMatchObject({
        eventType: "product.created",
        aggregateType: "PRODUCT",
        payload: { product, changed: [], skuIds: { before: [], after: ["tea-a", "tea-b"] } }
      })
    })
  )

  it.effect("makes a product with the user's body alone, as a draft", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      const category = yield* freshCategory()
      const body = { name: "Mug", description: "A mug", type: "NORMAL" as const }
      const product = yield* catalog.createProduct({ ...body, categoryIds: [category.id] })
      expect(product).toMatchObject({
        ...body,
        status: "DRAFT",
        options: [],
        images: [],
        categories: [{ categoryId: category.id, isPrimary: true }]
      })
    })
  )

  it.effect("leaves nothing of a product that is refused", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      const productId = freshProductId()
      const options = [sellable(), { ...sellable("other", 1), price: null }]
      const categoryIds = [uuidOf(0)]
      const refusal = yield* refusalOf(
        catalog.createProduct({ productId, name: "Mug", type: "NORMAL", options, categoryIds })
      )
      expect(refusal).toEqual({
        _tag: "CategoryNotFound",
        categoryIds,
        fields: ["categoryIds.0"]
      })
      expect(yield* readProduct(productId)).toBeUndefined()
      expect(yield* eventsOf(productId)).toEqual([])
    })
  )

  it.effect("changes what is given, keeps what is left out, and clears what is null", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      const { advance } = yield* Stage
      const before = yield* freshProduct({ description: "Old", metadata: { a: 1 } })
      yield* advance("1 second")
      const productId = before.id
      const after = yield* catalog.updateProduct({ productId, name: "New", metadata: null })
      expect(after).toEqual({
        ...before,
        name: "New",
        metadata: null,
        version: 2,
        revision: 2,
        updatedAt: after.updatedAt
      })
      expect(after.updatedAt.epochMilliseconds - before.updatedAt.epochMilliseconds).toBe(1_000)
      expect(yield* readProduct(productId)).toEqual(after)
      const [, updated] = yield* eventsOf(productId)
      expect(updated?.payload).toMatchObject({ product: after, changed: ["name", "metadata"] })
      const same = yield* catalog.updateProduct({ productId, name: "New" })
      expect(same).toEqual(after)
      expect(yield* eventsOf(productId)).toHaveLength(2)
    })
  )

  it.effect("changes all options in one step: changed, new, removed, in the given order", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      const { fresh } = yield* Stage
      const [first, second, third] = [freshOptionId(), freshOptionId(), freshOptionId()]
      const externalId = fresh("option")
      const before = yield* freshProduct({
        options: [
          { optionId: first, ...sellable("a"), externalId },
          { optionId: second, ...sellable("b") }
        ]
      })
      const price = { amount: "3.5", currency: "KWD" }
      const after = yield* catalog.updateProduct({
        productId: before.id,
        options: [
          { optionId: third, name: "Third", price, externalId },
          { optionId: second, price }
        ]
      })
      expect(after.options).toEqual([
        {
          ...after.options[0],
          id: third,
          name: "Third",
          price: { amount: "3.500", currency: "KWD" },
          externalId,
          position: 0
        },
        { ...before.options[1], price: { amount: "3.500", currency: "KWD" }, position: 1 }
      ])
      expect(yield* readProduct(before.id)).toEqual(after)
      // An option that is gone gives back its id and its external id.
      yield* freshProduct({ options: [{ optionId: first, ...sellable("a") }] })
    })
  )

  it.effect("changes one option: adds it, moves it, maps it, removes it", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      const before = yield* freshProduct({ type: "BUNDLE", options: [sellable("a", 2)] })
      const productId = before.id
      const [old, added] = [onlyOption(before).id, freshOptionId()]
      yield* catalog.addOption({ productId, optionId: added, ...sellable("b", 3), position: 0 })
      const skuMappings = [
        { skuId: "c", quantity: 1 },
        { skuId: "b", quantity: 1 }
      ]
      const mapped = yield* catalog.setSkuMappings({ productId, optionId: added, skuMappings })
      expect(mapped.options.map(({ id }) => id)).toEqual([added, old])
      const moved = yield* catalog.updateOption({
        productId,
        optionId: added,
        position: 7,
        price: null
      })
      expect(moved.options.map(({ id }) => id)).toEqual([old, added])
      expect(moved.options[1]).toMatchObject({
        price: null,
        skuMappings: [skuMappings[1], skuMappings[0]]
      })
      expect(yield* readProduct(productId)).toEqual(moved)
      const removed = yield* catalog.removeOption({ productId, optionId: old })
      expect(removed.options).toEqual([{ ...moved.options[1], position: 0 }])
      expect(yield* readProduct(productId)).toEqual(removed)
      const events = yield* eventsOf(productId)
      expect(events.map(({ payload }) => ("skuIds" in payload ? payload.skuIds : null))).toEqual([
        { before: [], after: ["a"] },
        { before: ["a"], after: ["b", "a"] },
        { before: ["b", "a"], after: ["b", "c", "a"] },
        { before: ["b", "c", "a"], after: ["a", "b", "c"] },
        { before: ["a", "b", "c"], after: ["b", "c"] }
      ])
    })
  )

  it.effect("sets images and categories, all of them", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      const [one, two] = [yield* freshCategory(), yield* freshCategory()]
      const { id: productId } = yield* freshProduct({
        images: [{ url: "/old.png" }],
        categoryIds: [one.id]
      })
      yield* catalog.setImages({ productId, images: [{ url: "/b.png" }, { url: "/a.png" }] })
      const after = yield* catalog.setCategories({ productId, categoryIds: [two.id, one.id] })
      expect(after.images.map(({ isPrimary, url }) => [url, isPrimary])).toEqual([
        ["/b.png", true],
        ["/a.png", false]
      ])
      expect(after.categories.map(({ categoryId }) => categoryId)).toEqual([two.id, one.id])
      expect(yield* readProduct(productId)).toEqual(after)
      const none = yield* catalog.setCategories({ productId, categoryIds: [] })
      expect([none.categories, (yield* readProduct(productId))?.categories]).toEqual([[], []])
    })
  )

  it.effect("moves a product from status to status", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      const { id: productId } = yield* freshProduct()
      const statusOf = Effect.map(readProduct(productId), (product) => product?.status)
      yield* catalog.activateProduct({ productId })
      expect(yield* statusOf).toBe("ACTIVE")
      yield* catalog.deactivateProduct({ productId })
      expect(yield* statusOf).toBe("INACTIVE")
      yield* catalog.discontinueProduct({ productId })
      yield* catalog.discontinueProduct({ productId })
      expect(yield* refusalOf(catalog.deactivateProduct({ productId }))).toEqual({
        _tag: "ProductConflict",
        productId,
        status: "DISCONTINUED",
        action: "deactivate"
      })
      yield* catalog.activateProduct({ productId })
      expect((yield* eventsOf(productId)).length).toBe(5)
    })
  )

  it.effect("deletes a product for good: its events stay, and its id is never used again", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      const reads = yield* CatalogReads
      const { fresh } = yield* Stage
      const [slug, externalId, optionId] = [fresh("slug"), fresh("external"), freshOptionId()]
      const category = yield* freshCategory()
      const details = {
        slug,
        externalId,
        options: [{ optionId, ...sellable() }],
        categoryIds: [category.id],
        images: [{ url: "/a.png" }]
      }
      const { id: productId } = yield* freshProduct(details)
      expect(yield* catalog.deleteProduct({ productId })).toEqual({ productId, version: 2 })
      expect(yield* readProduct(productId)).toBeUndefined()
      expect(yield* reads.productBySlug(slug)).toBeUndefined()
      const again = catalog.createProduct({ productId, name: "Again", type: "NORMAL" })
      expect(yield* refusalOf(again)).toEqual({ _tag: "IdTaken", kind: "product", id: productId })
      expect(yield* refusalOf(catalog.deleteProduct({ productId }))).toEqual({
        _tag: "ProductNotFound",
        productId
      })
      const events = yield* eventsOf(productId)
      expect(events.map(({ eventType }) => eventType)).toEqual([
        "product.created",
        "product.deleted"
      ])
      expect(events[1]?.payload).toEqual({ productId, skuIds: ["sku"] })
      // What belonged to it is free.
      yield* freshProduct(details)
      yield* catalog.deleteProduct({ productId: (yield* freshProduct()).id })
    })
  )

  it.effect("duplicates a product as a draft with options of its own", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      const { fresh } = yield* Stage
      const category = yield* freshCategory()
      const externalId = fresh("external")
      const original = yield* freshProduct({
        status: "ACTIVE",
        slug: fresh("slug"),
        externalId,
        categoryIds: [category.id],
        images: [{ url: "/a.png" }],
        metadata: { a: 1 },
        options: [{ ...sellable("a"), externalId }, sellable("b")],
        publishAt: "2026-04-01T00:00:00Z"
      })
      const productId = original.id
      yield* catalog.followStock({
        productId,
        stock: [{ skuId: "a", availableQuantity: 0, version: 1 }]
      })
      const copyId = freshProductId()
      const copy = yield* catalog.duplicateProduct({ productId, copyId, name: "A copy" })
      expect(copy).toEqual({
        ...original,
        id: copyId,
        name: "A copy",
        status: "DRAFT",
        slug: null,
        externalId: null,
        publishAt: null,
        options: original.options.map((option, index) => ({
          ...option,
          id: copy.options[index]?.id,
          productId: copyId,
          externalId: null,
          createdAt: copy.createdAt
        })),
        createdAt: copy.createdAt,
        updatedAt: copy.updatedAt
      })
      expect(yield* readProduct(copyId)).toEqual(copy)
      const ids = [...original.options, ...copy.options].map(({ id }) => id)
      expect(new Set(ids).size).toBe(4)
      const again = catalog.duplicateProduct({ productId, copyId })
      expect(yield* refusalOf(again)).toMatchObject({ _tag: "IdTaken", kind: "product" })
    })
  )

  it.effect("refuses a change of another revision than the one that was read", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      const { id: productId } = yield* freshProduct()
      const change = (name: string, expectedVersion: number) =>
        catalog.updateProduct({ productId, name, expectedVersion })
      yield* change("Second", 1)
      expect(yield* refusalOf(change("Third", 1))).toEqual({
        _tag: "StaleExpectation",
        field: "revision",
        expected: 1,
        actual: 2
      })
      expect((yield* change("Third", 2)).revision).toBe(3)
    })
  )

  it.effect("keeps a thousand options of one product, changed in one request", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      const options = Array.from({ length: 1_000 }, (_, n) => sellable(`sku-${n}`, 1, `${n}.00`))
      const before = yield* freshProduct({ options })
      const changed = before.options.map(({ id, position }) => ({
        optionId: id,
        price: { amount: `${position + 1}.25`, currency: "EUR" }
      }))
      const productId = before.id
      const after = yield* catalog.updateProduct({ productId, options: changed })
      expect(after.options.at(-1)?.price).toEqual({ amount: "1000.25", currency: "EUR" })
      expect(yield* readProduct(productId)).toEqual(after)
      const tooMany = catalog.addOption({ productId, ...sellable() })
      expect(yield* refusalOf(tooMany)).toEqual({
        _tag: "ProductTooLarge",
        productId,
        what: "options",
        count: 1_001,
        max: 1_000
      })
    })
  )
}
