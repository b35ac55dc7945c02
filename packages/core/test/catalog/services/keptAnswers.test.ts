import { expect, it } from "vitest"
import type { ProductAnswer } from "../../../src/catalog/messages/CatalogQuery.ts"
import type { SkuStock } from "../../../src/catalog/ports/StockStatus.ts"
import {
  type AnswerParts,
  keepNoAnswer,
  keptAnswers
} from "../../../src/catalog/services/keptAnswers.ts"
import type { Category } from "../../../src/catalog/state/Category.ts"
import type { Product } from "../../../src/catalog/state/Product.ts"

const productOf = (name: string) => ({ name }) as Product
const categoryOf = (name: string) => ({ name }) as Category
const stockOf = (availableQuantity: number, inStockQuantity = availableQuantity, version = 1) =>
  ({ _tag: "Known", skuId: "mug", availableQuantity, inStockQuantity, version }) as SkuStock

const [mugs, cups] = [categoryOf("Mugs"), categoryOf("Cups")]
const parts: AnswerParts = {
  locale: undefined,
  isShown: true,
  categories: [mugs],
  stock: [stockOf(5), { _tag: "Missing", skuId: "lid" } as SkuStock]
}

/** An answer that is like no other. */
const made = () => ({}) as ProductAnswer

it("is the answer that was made of the same parts", () => {
  const keep = keptAnswers()
  const mug = productOf("Mug")
  const first = keep(mug, parts, made)
  // Stock that is read again is another value with the same amounts; its version is no part of a page.
  const again = { ...parts, categories: [mugs], stock: [stockOf(5, 5, 2), parts.stock[1]] }
  expect(keep(mug, again, made)).toBe(first)
})

it.each<readonly [string, Partial<AnswerParts>]>([
  ["language", { locale: "de" }],
  ["visibility", { isShown: false }],
  ["category that is another value", { categories: [categoryOf("Mugs")] }],
  ["category more", { categories: [mugs, cups] }],
  ["category that a buyer may not see", { categories: [undefined] }],
  ["amount", { stock: [stockOf(4), parts.stock[1]] }],
  ["amount in stock", { stock: [stockOf(5, 4), parts.stock[1]] }],
  ["amount that is unknown", { stock: [{ _tag: "Unknown", skuId: "mug" } as SkuStock, undefined] }]
])("is another with another %s, and is kept in place of the last one", (_what, change) => {
  const keep = keptAnswers()
  const mug = productOf("Mug")
  const first = keep(mug, parts, made)
  const other = keep(mug, { ...parts, ...change }, made)
  expect(other).not.toBe(first)
  expect(keep(mug, { ...parts, ...change }, made)).toBe(other)
  expect(keep(mug, parts, made)).not.toBe(first)
})

it("is another of another copy of the product, and none is kept of the store", () => {
  const keep = keptAnswers()
  const first = keep(productOf("Mug"), parts, made)
  expect(keep(productOf("Mug"), parts, made)).not.toBe(first)
  const mug = productOf("Mug")
  expect(keepNoAnswer(mug, parts, made)).not.toBe(keepNoAnswer(mug, parts, made))
})
