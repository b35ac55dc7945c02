/** Contract: what products are found by, how they are sorted, and what a list is narrowed to. */
import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Base64Url from "effect/encoding/Base64Url"
import * as Result from "effect/Result"
import type { QueryInputOf } from "../../catalog/messages/queryOperations.ts"
import { Catalog } from "../../catalog/services/Catalog.ts"
import { CatalogQueries } from "../../catalog/services/CatalogQueries.ts"
import { Stage } from "../contract/Stage.ts"
import {
  type CatalogIt,
  freshCategory,
  freshProduct,
  onlyOption,
  refusalOf,
  sellable
} from "./CatalogStage.ts"

/** The names of what a list finds, in its order, by pages of two. */
const foundBy = (query: QueryInputOf<"products">) =>
  Effect.gen(function* () {
    const queries = yield* CatalogQueries
    const names: Array<string> = []
    let next: string | null | undefined
    while (next !== null) {
      const from = next === undefined ? {} : { cursor: next }
      const page = yield* queries.products({ ...query, ...from, size: 2 })
      names.push(...page.items.map(({ name }) => name))
      next = page.next
    }
    return names
  })

/** Words of 63 letters, in which no three letters stand twice in the same order. */
const neverTwice = (letters: ReadonlyArray<string>): ReadonlyArray<string> => {
  const seen = new Set<string>()
  const text = [letters[0] ?? "", letters[0] ?? ""]
  for (;;) {
    const two = text.slice(-2).join("")
    const next = letters.findLast((letter) => !seen.has(`${two}${letter}`))
    if (next === undefined) break
    seen.add(`${two}${next}`)
    text.push(next)
  }
  const count = Math.ceil((text.length - 2) / 61)
  return Array.from({ length: count }, (_, n) => text.slice(n * 61, n * 61 + 63).join(""))
}

const texts = [
  ["Crème brûlée torch", "For the kitchen"],
  ["가죽 지갑", "소가죽으로 만든 지갑입니다"],
  ["여행가방", "기내용"],
  ["가방끈", null],
  ["ｶﾞﾗｽのコップ", "Two glasses"],
  ["電気ケトル", "お湯が沸く"],
  ["Bluetooth headphones", "Sound without a wire, in a leather case"],
  ["Leather wallet", "Holds twelve cards"]
] as const

/** What is found. */
export const searching = (it: CatalogIt): void => {
  it.effect(
    "finds products by words, beginnings, parts, pairs of characters and with a mistake",
    () =>
      Effect.gen(function* () {
        const { id: categoryId } = yield* freshCategory()
        for (const [name, description] of texts) {
          yield* freshProduct({ name, description, categoryIds: [categoryId], options: [] })
        }
        const find = (q: string) => foundBy({ categoryId, q, sort: "name" })
        const [torch, purse, bag, strap, glass, kettle, phones, wallet] = texts.map(
          ([name]) => name
        )
        expect(yield* find("creme BRULEE")).toEqual([torch])
        expect(yield* find("kitch")).toEqual([torch])
        expect(yield* find("가방")).toEqual([strap, bag])
        expect(yield* find("지갑")).toEqual([purse])
        expect(yield* find("가")).toEqual([strap, purse, bag])
        expect(yield* find("여행가방")).toEqual([bag])
        expect(yield* find("ガラス")).toEqual([glass])
        expect(yield* find("ケトル")).toEqual([kettle])
        expect(yield* find("沸く")).toEqual([kettle])
        expect(yield* find("phone")).toEqual([phones])
        expect(yield* find("headfones")).toEqual([phones])
        expect(yield* find("hadfonez")).toEqual([])
        expect(yield* find("headphnoes")).toEqual([phones])
        expect(yield* find("blutooth")).toEqual([phones])
        expect(yield* find("walet")).toEqual([])
        expect(yield* find("wallett")).toEqual([wallet])
        expect(yield* find("leather cards")).toEqual([wallet])
        expect(yield* find("leather torch")).toEqual([])
        expect(yield* find("갑지")).toEqual([])
      })
  )

  it.effect("checks the order of characters that pairs cannot tell", () =>
    Effect.gen(function* () {
      const { id: categoryId } = yield* freshCategory()
      yield* freshProduct({ name: "다라 가나다", categoryIds: [categoryId], options: [] })
      yield* freshProduct({ name: "가나다라", categoryIds: [categoryId], options: [] })
      expect(yield* foundBy({ categoryId, q: "가나다라", sort: "name" })).toEqual(["가나다라"])
    })
  )

  it.effect("sorts by relevance: names, then other text, then what has a mistake", () =>
    Effect.gen(function* () {
      const { id: categoryId } = yield* freshCategory()
      const categoryIds = [categoryId]
      yield* freshProduct({ name: "Lantern", categoryIds, options: [] })
      yield* freshProduct({ name: "Bag", description: "For a lanters", categoryIds, options: [] })
      yield* freshProduct({ name: "Lanters", categoryIds, options: [] })
      yield* freshProduct({ name: "Another lanters", categoryIds, options: [] })
      const ranked = yield* foundBy({ categoryId, q: "lanters" })
      expect(ranked).toEqual(["Lanters", "Another lanters", "Bag", "Lantern"])
      expect(yield* foundBy({ categoryId, q: "lanters", sort: "-createdAt" })).toHaveLength(4)
    })
  )

  it.effect("finds products by their codes and translations, and by what they are called now", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      const { fresh } = yield* Stage
      const { id: categoryId } = yield* freshCategory()
      const categoryIds = [categoryId]
      const code = fresh("xq")
      const made = yield* freshProduct({
        name: "Old name",
        slug: fresh("slugged"),
        categoryIds,
        translations: { ko: { name: "손전등" }, de: { description: "Leuchtet weit" } },
        options: [{ ...sellable(`AB-${code}-774411`), name: "Only one" }]
      })
      const { id: productId } = made
      const find = (q: string) => foundBy({ categoryId, q })
      for (const q of ["old", "손전등", "leuchtet", "slugged", code, "7744", "4411"]) {
        expect([q, yield* find(q)]).toEqual([q, ["Old name"]])
      }
      yield* catalog.updateProduct({ productId, name: "New name", translations: { ko: null } })
      expect(yield* find("old")).toEqual([])
      expect(yield* find("손전등")).toEqual([])
      expect(yield* find("new")).toEqual(["New name"])
      yield* catalog.setSkuMappings({
        productId,
        optionId: onlyOption(made).id,
        skuMappings: [{ skuId: "other", quantity: 1 }]
      })
      expect(yield* find("774411")).toEqual([])
      yield* catalog.deleteProduct({ productId })
      expect(yield* find("new")).toEqual([])
    })
  )

  it.effect(
    "keeps a product with more text than is searched, and finds it by the first of it",
    () =>
      Effect.gen(function* () {
        const { id: categoryId } = yield* freshCategory()
        // Every pair of these characters is another one: the most lexemes that a text can have.
        const textOf = (from: number, length: number) =>
          Array.from({ length }, (_, n) =>
            String.fromCodePoint(0x4e00 + ((from + n * 7 + (n >> 8) * 13) % 20_000))
          ).join("")
        const locales = ["de", "en", "fr", "ja", "ko"]
        const translations = Object.fromEntries(
          locales.map((locale, n) => [locale, { description: textOf(n * 5_000, 19_000) }])
        )
        const description = textOf(1, 20_000)
        const options = Array.from({ length: 200 }, (_, n) => ({
          name: `${textOf(n, 60)} ${n}`,
          skuMappings: [{ skuId: `much-${n}-${"x".repeat(80)}`, quantity: 1 }]
        }))
        yield* freshProduct({
          name: "much",
          description,
          translations,
          options,
          categoryIds: [categoryId]
        })
        expect(yield* foundBy({ categoryId, q: "much" })).toEqual(["much"])
        expect(yield* foundBy({ categoryId, q: textOf(7, 5) })).toEqual(["much"])
      })
  )

  it.effect("keeps a product whose names have more parts than a store has room for", () =>
    Effect.gen(function* () {
      const { id: categoryId } = yield* freshCategory()
      const letters = [..."0123456789abcdefghijklmnopqrstuvwxyz"]
      const armenian = Array.from({ length: 12 }, (_, n) => String.fromCodePoint(0x561 + n))
      // A third of these letters take two bytes, so that three of them are never three of the first.
      const mixed = armenian.flatMap((third) =>
        letters.flatMap((second) => letters.flatMap((first) => [first, second, third]))
      )
      const words = [
        ...neverTwice(letters),
        ...Array.from({ length: 300 }, (_, n) => mixed.slice(n * 61, n * 61 + 63).join(""))
      ]
      const options = Array.from({ length: Math.ceil(words.length / 4) }, (_, n) => ({
        name: words.slice(n * 4, n * 4 + 4).join(" ")
      }))
      yield* freshProduct({ name: "crowded", options, categoryIds: [categoryId] })
      expect(yield* foundBy({ categoryId, q: "crowded" })).toEqual(["crowded"])
      expect(yield* foundBy({ categoryId, q: words[0] ?? "" })).toEqual(["crowded"])
    })
  )

  it.effect("narrows a list to a SKU, to prices, and to what can be bought", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      const { fresh } = yield* Stage
      const { id: categoryId } = yield* freshCategory()
      const skuId = fresh("narrow")
      const priced = (name: string, amounts: ReadonlyArray<string>, currency = "EUR") =>
        freshProduct({
          name,
          categoryIds: [categoryId],
          options: amounts.map((amount, n) => ({
            name: `Option ${n}`,
            price: { amount, currency },
            skuMappings: [{ skuId: n === 0 ? skuId : `${skuId}-${n}`, quantity: 1 }]
          }))
        })
      const cheap = yield* priced("cheap", ["9.99"])
      yield* priced("both", ["5.00", "100.00"])
      yield* priced("dear", ["100.00"])
      yield* priced("won", ["50"], "KRW")
      const between = (priceFrom: string | undefined, priceTo: string | undefined) =>
        foundBy({
          categoryId,
          currency: "EUR",
          ...(priceFrom === undefined ? {} : { priceFrom }),
          ...(priceTo === undefined ? {} : { priceTo })
        })
      expect(yield* between("9.99", "10")).toEqual(["cheap"])
      expect(yield* between(undefined, "9.99")).toEqual(["both", "cheap"])
      expect(yield* between("10.00", undefined)).toEqual(["both", "dear"])
      expect(yield* between("10.01", "99.99")).toEqual([])
      expect(yield* foundBy({ categoryId, currency: "KRW", priceTo: "50" })).toEqual(["won"])
      expect(yield* foundBy({ categoryId, sort: "price" })).toEqual([
        "both",
        "cheap",
        "won",
        "dear"
      ])
      const dearest = foundBy({ categoryId, sort: "-price", currency: "EUR", priceFrom: "0" })
      expect(yield* dearest).toEqual(["dear", "cheap", "both"])
      expect(yield* foundBy({ skuId: `${skuId}-1` })).toEqual(["both"])
      expect(yield* foundBy({ skuId, sort: "-name" })).toEqual(["won", "dear", "cheap", "both"])
      const unpriced = { name: "Unpriced", skuMappings: [{ skuId, quantity: 1 }] }
      yield* freshProduct({ name: "free", categoryIds: [categoryId], options: [unpriced] })
      expect(yield* foundBy({ categoryId, sort: "-price" })).toEqual([
        "dear",
        "won",
        "cheap",
        "both"
      ])
      const optionId = onlyOption(cheap).id
      yield* catalog.updateOption({ productId: cheap.id, optionId, status: "SOLD_OUT" })
      expect(yield* foundBy({ categoryId, available: true })).toEqual([
        "both",
        "dear",
        "free",
        "won"
      ])
      expect(yield* between(undefined, "9.99")).toEqual(["both", "cheap"])
      yield* catalog.updateOption({ productId: cheap.id, optionId, status: "INACTIVE" })
      expect(yield* between(undefined, "9.99")).toEqual(["both"])
    })
  )

  it.effect("refuses what cannot be searched, and a cursor of another search", () =>
    Effect.gen(function* () {
      const queries = yield* CatalogQueries
      const { id: categoryId } = yield* freshCategory()
      for (let n = 0; n < 2; n++) {
        yield* freshProduct({ name: "found", categoryIds: [categoryId], options: [] })
      }
      const pathsOf = (query: QueryInputOf<"products">) =>
        Effect.map(refusalOf(queries.products(query)), (refusal) =>
          "issues" in refusal ? refusal.issues.map(({ path }) => path) : [refusal._tag]
        )
      expect(yield* pathsOf({ q: "!?" })).toEqual(["q"])
      expect(yield* pathsOf({ q: "" })).toEqual(["q"])
      expect(yield* pathsOf({ q: "a ".repeat(17).trim() })).toEqual(["q"])
      expect(yield* pathsOf({ q: "a".repeat(101) })).toEqual(["q"])
      expect(yield* pathsOf({ sort: "relevance" })).toEqual(["q"])
      expect(yield* pathsOf({ priceFrom: "1" })).toEqual(["currency"])
      expect(yield* pathsOf({ currency: "EUR" })).toEqual(["currency"])
      expect(yield* pathsOf({ currency: "EUR", priceTo: "-1" })).toEqual(["priceTo"])
      const list = { categoryId, q: "found", size: 1 }
      const { next } = yield* queries.products(list)
      const cursor = next ?? ""
      expect((yield* queries.products({ ...list, cursor })).items).toHaveLength(1)
      expect(yield* pathsOf({ ...list, q: "foun", cursor })).toEqual(["cursor"])
      expect(yield* pathsOf({ ...list, sort: "name", cursor })).toEqual(["cursor"])
      const byName = { ...list, sort: "name" as const }
      const position = JSON.parse(
        Result.getOrThrow(Base64Url.decodeString((yield* queries.products(byName)).next ?? ""))
      )
      for (const name of ["\u0000", "\ud800", "a".repeat(256)]) {
        const forged = Base64Url.encode(JSON.stringify({ ...position, name }))
        expect(yield* pathsOf({ ...byName, cursor: forged })).toEqual(["cursor"])
      }
    })
  )
}
