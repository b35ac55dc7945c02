/** Contract: pages of products and mappings, the inventory's word, and the log. */
import { expect } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type { QueryInputOf } from "../../catalog/messages/queryOperations.ts"
import { CatalogReads, everyProduct } from "../../catalog/ports/CatalogReads.ts"
import { Catalog } from "../../catalog/services/Catalog.ts"
import { CatalogQueries } from "../../catalog/services/CatalogQueries.ts"
import { isShownAt } from "../../catalog/state/Product.ts"
import type { ProductOption } from "../../catalog/state/ProductOption.ts"
import { SkuId } from "../../kernel/Identifier.ts"
import { compareTexts } from "../../kernel/Text.ts"
import { Stage } from "../contract/Stage.ts"
import {
  type CatalogIt,
  freshCategory,
  freshProduct,
  freshProductId,
  onlyOption,
  readCategory,
  readProduct,
  refusalOf,
  sellable
} from "./CatalogStage.ts"
import { heldOptions } from "./GivenInventory.ts"

/** All pages of a list, by their cursors. */
const pagesOf = (query: QueryInputOf<"products">) =>
  Effect.gen(function* () {
    const queries = yield* CatalogQueries
    const pages: Array<ReadonlyArray<string>> = []
    let next: string | null | undefined
    while (next !== null) {
      const page = yield* queries.products(next === undefined ? query : { ...query, cursor: next })
      pages.push(page.items.map(({ name }) => name))
      next = page.next
    }
    return pages
  })

/** What is read of the catalog. */
export const reads = (it: CatalogIt): void => {
  it.effect("lists the products of a category with what is below it, each once, by pages", () =>
    Effect.gen(function* () {
      const { advance } = yield* Stage
      const top = yield* freshCategory()
      const low = yield* freshCategory(top.id)
      const elsewhere = yield* freshCategory()
      // U+FFFD comes before the emoji, which is above U+FFFF.
      const names = ["b", "🍵", "a", "\ufffd", "A", "가"]
      for (const [index, name] of names.entries()) {
        const categoryIds = index % 2 === 0 ? [top.id, low.id] : [low.id, elsewhere.id]
        yield* freshProduct({
          name,
          categoryIds,
          type: index < 4 ? "NORMAL" : "BUNDLE",
          options: []
        })
        yield* advance("1 second")
      }
      const inOrder = ["A", "a", "b", "가", "\ufffd", "🍵"]
      const categoryId = top.id
      expect(yield* pagesOf({ categoryId, size: 4 })).toEqual([
        inOrder.slice(0, 4),
        inOrder.slice(4)
      ])
      expect(yield* pagesOf({ categoryId, size: 6 })).toEqual([inOrder])
      const backwards = [...inOrder].reverse()
      expect((yield* pagesOf({ categoryId, size: 1, sort: "-name" })).flat()).toEqual(backwards)
      expect((yield* pagesOf({ categoryId, size: 2, sort: "createdAt" })).flat()).toEqual(names)
      const newest = [...names].reverse()
      expect((yield* pagesOf({ categoryId, size: 5, sort: "-createdAt" })).flat()).toEqual(newest)
      expect(yield* pagesOf({ categoryId, direct: true })).toEqual([["A", "a", "b"]])
      expect(yield* pagesOf({ categoryId, type: "BUNDLE" })).toEqual([["A", "가"]])
      expect(yield* pagesOf({ categoryId, status: "ACTIVE" })).toEqual([[]])
      const queries = yield* CatalogQueries
      const second = yield* queries.products({ categoryId, page: 1, size: 4 })
      expect([second.page, second.items.map(({ name }) => name)]).toEqual([1, inOrder.slice(4)])
    })
  )

  it.effect("moves a product in the lists of its categories when it changes", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      const { id: categoryId } = yield* freshCategory()
      const price = (amount: string) => ({ amount, currency: "EUR" })
      const [first, second] = [
        yield* freshProduct({ name: "a", categoryIds: [categoryId] }),
        yield* freshProduct({ name: "b", categoryIds: [categoryId] })
      ]
      const names = (query: QueryInputOf<"products">) =>
        Effect.map(pagesOf({ categoryId, ...query }), (pages) => pages.flat())
      const priced = (product: typeof first, amount: string) =>
        catalog.updateOption({
          productId: product.id,
          optionId: onlyOption(product).id,
          price: price(amount)
        })
      yield* priced(first, "20.00")
      yield* priced(second, "10.00")
      expect(yield* names({ sort: "price" })).toEqual(["b", "a"])
      yield* priced(second, "30.00")
      expect(yield* names({ sort: "price" })).toEqual(["a", "b"])
      expect(yield* names({ sort: "price", currency: "EUR", priceFrom: "25" })).toEqual(["b"])
      expect(yield* names({ currency: "EUR", priceTo: "25" })).toEqual(["a"])
      expect(yield* names({ currency: "USD", priceTo: "25" })).toEqual([])
      yield* catalog.updateProduct({ productId: first.id, name: "c" })
      expect(yield* names({})).toEqual(["b", "c"])
      yield* catalog.activateProduct({ productId: second.id })
      expect(yield* names({ status: "ACTIVE" })).toEqual(["b"])
      expect(yield* names({ status: "DRAFT" })).toEqual(["c"])
    })
  )

  it.effect("goes on after equal names by their ids, while products come and go", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      const queries = yield* CatalogQueries
      const { id: categoryId } = yield* freshCategory()
      const made = []
      for (let index = 0; index < 6; index++) {
        made.push((yield* freshProduct({ name: "same", categoryIds: [categoryId] })).id)
      }
      const [first, second, third] = made
      if (!first || !second || !third) throw new Error("six products")
      const one = yield* queries.products({ categoryId, size: 3 })
      expect(one.items.map(({ id }) => id)).toEqual([first, second, third])
      yield* catalog.deleteProduct({ productId: third })
      yield* freshProduct({ name: "early", categoryIds: [categoryId] })
      const cursor = one.next ?? ""
      const two = yield* queries.products({ categoryId, size: 3, cursor })
      expect([two.items.map(({ id }) => id), two.page, two.next]).toEqual([
        made.slice(3),
        null,
        null
      ])
      const foreign = queries.products({ categoryId, size: 3, cursor, sort: "-name" })
      expect(yield* refusalOf(foreign)).toMatchObject({ issues: [{ path: "cursor" }] })
    })
  )

  it.effect("reads products with their categories and the stock of their SKUs", () =>
    Effect.gen(function* () {
      const queries = yield* CatalogQueries
      const category = yield* freshCategory()
      const product = yield* freshProduct({
        type: "BUNDLE",
        categoryIds: [category.id],
        options: [sellable("known-7", 2), sellable("missing", 2), sellable("known-7", 3)],
        allowUnknownSkus: true
      })
      const { id: productId, ...rest } = product
      const answer = yield* queries.product({ productId })
      expect(answer).toEqual({
        product: {
          id: productId,
          ...rest,
          categories: [{ ...category, isPrimary: true }],
          isShown: false
        },
        options: product.options,
        stockStatus: [
          { skuId: "known-7", status: "known", availableQuantity: 7, inStockQuantity: 7 },
          { skuId: "missing", status: "unknown", availableQuantity: null, inStockQuantity: null }
        ],
        availability: [
          { optionId: product.options[0]?.id, availableQuantity: 3, limitingSkuId: "known-7" },
          { optionId: product.options[1]?.id, availableQuantity: null, limitingSkuId: null },
          { optionId: product.options[2]?.id, availableQuantity: 2, limitingSkuId: "known-7" }
        ]
      })
      const nobody = freshProductId()
      const productIds = [nobody, productId, productId]
      expect(yield* queries.productsByIds({ productIds })).toEqual({
        items: [answer],
        unknownProductIds: [nobody]
      })
      const gone = { _tag: "ProductNotFound", productId: nobody }
      expect(yield* refusalOf(queries.product({ productId: nobody }))).toEqual(gone)
    })
  )

  it.effect("reads names and descriptions in the nearest language that has them", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      const queries = yield* CatalogQueries
      const category = yield* freshCategory(null, { translations: { ko: { name: "음료" } } })
      const { id: productId } = yield* freshProduct({
        name: "Tea",
        description: "Green",
        categoryIds: [category.id],
        options: [{ ...sellable(), name: "Pair", translations: { ko: { name: "한 쌍" } } }],
        translations: {
          ko: { name: "차", description: "초록" },
          "ko-KP": { name: "차차" },
          "zh-Hant": { name: "茶" }
        }
      })
      const textsIn = (locale: string) =>
        Effect.map(queries.product({ productId, locale }), ({ options, product }) => [
          product.name,
          product.description,
          options[0]?.name,
          product.categories[0]?.name
        ])
      expect(yield* textsIn("ko-KR")).toEqual(["차", "초록", "한 쌍", "음료"])
      expect(yield* textsIn("ko-KP")).toEqual(["차차", "초록", "한 쌍", "음료"])
      const bare = ["Green", "Pair", category.name]
      expect(yield* textsIn("zh-Hant-TW")).toEqual(["茶", ...bare])
      expect(yield* textsIn("zh")).toEqual(["Tea", ...bare])
      const listed = yield* queries.products({ categoryId: category.id, locale: "ko" })
      expect(listed.items.map(({ name }) => name)).toEqual(["차"])
      const after = yield* catalog.updateProduct({
        productId,
        translations: { ko: { description: null }, "zh-Hant": null, "ko-KP": { name: null } }
      })
      expect(after.translations).toEqual({ ko: { name: "차", description: null } })
      expect((yield* readProduct(productId))?.translations).toEqual(after.translations)
      const renamed = yield* catalog.updateCategory({
        categoryId: category.id,
        translations: { ko: null, de: { name: "Getränke" } }
      })
      expect(yield* readCategory(category.id)).toEqual(renamed)
      const inGerman = yield* queries.category({ categoryId: category.id, locale: "de-AT" })
      expect(inGerman.name).toBe("Getränke")
    })
  )

  it.effect("shows a product from the instant on at which it is published, until it is not", () =>
    Effect.gen(function* () {
      const queries = yield* CatalogQueries
      const port = yield* CatalogReads
      const { now } = yield* Stage
      const at = (seconds: number) => Effect.map(now, (it) => DateTime.add(it, { seconds }))
      const [from, until] = [yield* at(10), yield* at(20)]
      const { id: categoryId } = yield* freshCategory()
      const categoryIds = [categoryId]
      const details = { status: "ACTIVE" as const, categoryIds }
      const published = {
        publishAt: DateTime.formatIso(from),
        unpublishAt: DateTime.formatIso(until)
      }
      const timed = yield* freshProduct({ name: "timed", ...details, ...published })
      yield* freshProduct({ name: "always", ...details })
      yield* freshProduct({ name: "draft", categoryIds })
      const shownAt = (instant: DateTime.Utc) =>
        Effect.map(
          port.productsPage({
            ...everyProduct,
            categoryId,
            direct: true,
            shownAt: instant,
            limit: 9
          }),
          (page) => page.map(({ name }) => name)
        )
      expect(yield* shownAt(DateTime.subtract(from, { milliseconds: 1 }))).toEqual(["always"])
      expect(yield* shownAt(from)).toEqual(["always", "timed"])
      expect(yield* shownAt(DateTime.subtract(until, { milliseconds: 1 }))).toEqual([
        "always",
        "timed"
      ])
      expect(yield* shownAt(until)).toEqual(["always"])
      // A question goes by the clock of the reader.
      const { product } = yield* queries.product({ productId: timed.id })
      expect(product.isShown).toBe(isShownAt(timed, yield* DateTime.now))
      const wrong = { publishAt: published.unpublishAt, unpublishAt: published.publishAt }
      const catalog = yield* Catalog
      const turned = catalog.updateProduct({ productId: timed.id, ...wrong })
      expect(yield* refusalOf(turned)).toMatchObject({ issues: [{ path: "unpublishAt" }] })
    })
  )

  it.effect("finds the mappings of SKUs and of options, by pages", () =>
    Effect.gen(function* () {
      const queries = yield* CatalogQueries
      const { fresh } = yield* Stage
      const [a, b] = [fresh("a"), fresh("b")]
      const two = [
        { skuId: b, quantity: 2 },
        { skuId: a, quantity: 1 }
      ]
      const bundle = yield* freshProduct({
        type: "BUNDLE",
        options: [{ ...sellable(), skuMappings: two }]
      })
      const single = yield* freshProduct({ options: [sellable(a, 4)] })
      const [ofBundle, ofSingle] = [onlyOption(bundle).id, onlyOption(single).id]
      const mapping = (
        product: typeof bundle,
        optionId: string,
        skuId: string,
        quantity: number
      ) => ({
        productId: product.id,
        optionId,
        skuId,
        quantity
      })
      const all = [
        mapping(bundle, ofBundle, a, 1),
        mapping(bundle, ofBundle, b, 2),
        mapping(single, ofSingle, a, 4)
      ].sort((x, y) => (x.optionId + x.skuId < y.optionId + y.skuId ? -1 : 1))
      const both = yield* queries.skuMappings({ skuIds: [b, a] })
      expect(both).toEqual({ mappings: all, next: null })
      const first = yield* queries.skuMappings({ skuIds: [a, b], size: 2 })
      const rest = yield* queries.skuMappings({ skuIds: [a, b], size: 2, cursor: first.next ?? "" })
      expect([...first.mappings, ...rest.mappings]).toEqual(all)
      const ofOption = yield* queries.skuMappings({ optionIds: [ofBundle] })
      expect(ofOption.mappings.map(({ skuId }) => skuId)).toEqual([a, b])
      expect(yield* (yield* CatalogReads).isMapped).toBe(true)
    })
  )

  it.effect(
    "finds what options take of SKUs: the most that is shown, the least that is sold out",
    () =>
      Effect.gen(function* () {
        const reads = yield* CatalogReads
        const catalog = yield* Catalog
        const { fresh } = yield* Stage
        const [a, b, c] = [fresh("a"), fresh("b"), fresh("c")].map((id) => SkuId.make(id))
        if (a === undefined || b === undefined || c === undefined) return expect.unreachable()
        const takes = (quantity: number, status: ProductOption["status"] = "ACTIVE") =>
          freshProduct({ options: [{ ...sellable(a, quantity), status }] })
        const closed = [yield* takes(3), yield* takes(5)]
        for (const { id } of closed) {
          const stock = [{ skuId: a, availableQuantity: 0, version: 1 }]
          yield* catalog.followStock({ productId: id, stock })
        }
        for (const quantity of [4, 2]) yield* takes(quantity)
        yield* takes(9, "INACTIVE")
        yield* takes(1, "SOLD_OUT")
        yield* freshProduct({ options: [sellable(b)] })
        yield* freshProduct({ options: [{ ...sellable(c), status: "INACTIVE" }] })
        const demands = yield* reads.demands([a, b, c, SkuId.make(fresh("none"))])
        expect(demands.toSorted((x, y) => compareTexts(x.skuId, y.skuId))).toEqual([
          { skuId: a, shown: 4, soldOut: 3 },
          { skuId: b, shown: 1, soldOut: null }
        ])
        const several = yield* reads.multiUnitSkus(1_000)
        expect(several.filter((skuId) => [a, b, c].includes(skuId))).toEqual([a])
        expect(yield* reads.multiUnitSkus(0)).toEqual([])
        const all = yield* reads.mappedSkus(null, 100_000)
        expect(all).toEqual([...new Set(all)].sort(compareTexts))
        expect(all).toEqual(expect.arrayContaining([a, b, c]))
        const [, second, third] = all
        expect(yield* reads.mappedSkus(all[0] ?? null, 2)).toEqual([second, third])
      })
  )

  it.effect("asks the inventory before it maps a SKU, and before it deletes a product", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      const { id: productId } = yield* freshProduct({ options: [] })
      const missing = sellable("missing-1")
      expect(yield* refusalOf(catalog.addOption({ productId, ...missing }))).toEqual({
        _tag: "SkuNotFound",
        skuIds: ["missing-1"]
      })
      yield* catalog.addOption({ productId, ...missing, allowUnknownSkus: true })
      const held = yield* freshProduct({ options: [{ ...sellable(), name: "held" }] })
      const heldId = onlyOption(held).id
      heldOptions.add(heldId)
      expect(yield* refusalOf(catalog.deleteProduct({ productId: held.id }))).toEqual({
        _tag: "ProductReserved",
        productId: held.id,
        optionIds: [heldId]
      })
      heldOptions.delete(heldId)
      yield* catalog.deleteProduct({ productId: held.id })
    })
  )

  it.effect("reads the log by types and by aggregates", () =>
    Effect.gen(function* () {
      const port = yield* CatalogReads
      const catalog = yield* Catalog
      const { id: productId } = yield* freshProduct()
      const { id: categoryId } = yield* freshCategory()
      yield* catalog.activateProduct({ productId })
      const typesOf = (filter: Parameters<typeof port.events>[2]) =>
        Effect.map(port.events(0, 1_000, filter), (page) =>
          page.map(({ event }) => event.eventType)
        )
      const aggregateIds = [productId, categoryId]
      expect(yield* typesOf({ aggregateIds })).toEqual([
        "product.created",
        "category.created",
        "product.updated"
      ])
      const types = ["product.updated" as const]
      expect(yield* typesOf({ aggregateIds, types })).toEqual(types)
    })
  )
}
