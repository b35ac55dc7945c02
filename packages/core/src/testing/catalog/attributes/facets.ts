/** Contract: what lists of products are narrowed to by attributes, and what is counted of them. */
import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { QueryInputOf } from "../../../catalog/messages/queryOperations.ts"
import { Catalog } from "../../../catalog/services/Catalog.ts"
import { CatalogQueries } from "../../../catalog/services/CatalogQueries.ts"
import { type CatalogIt, freshCategory, freshProduct, refusalOf } from "../CatalogStage.ts"
import { freshAttribute } from "./freshAttribute.ts"

/** Six products in a category of their own, and lists of them. */
const shop = Effect.gen(function* () {
  const queries = yield* CatalogQueries
  const { id: categoryId } = yield* freshCategory()
  const color = yield* freshAttribute({ translations: { ko: { name: "색" } } })
  const weight = yield* freshAttribute({ kind: "NUMBER", unit: "kg" })
  const gift = yield* freshAttribute({ kind: "BOOLEAN" })
  const fabric = yield* freshAttribute({ kind: "TEXT" })
  const rows: ReadonlyArray<
    readonly [string, string | ReadonlyArray<string> | null, number | null, boolean | null]
  > = [
    ["one", ["red"], 1, true],
    ["two", ["blue", "red"], 2.5, false],
    ["three", ["blue"], 10, true],
    ["four", null, 0.5, null],
    ["five", ["green"], null, null],
    ["six", null, null, null]
  ]
  for (const [name, ofColor, ofWeight, ofGift] of rows) {
    yield* freshProduct({
      name,
      categoryIds: [categoryId],
      status: name === "three" ? "DRAFT" : "ACTIVE",
      attributes: {
        [color.code]: ofColor,
        [weight.code]: ofWeight,
        [gift.code]: ofGift,
        [fabric.code]: name === "six" ? "merino wool" : null
      }
    })
  }
  const list = (query: QueryInputOf<"products">) => queries.products({ categoryId, ...query })
  const namesBy = (filters: QueryInputOf<"products">["attributes"], rest = {}) =>
    Effect.map(list({ ...(filters ? { attributes: filters } : {}), ...rest }), ({ items }) =>
      items.map(({ name }) => name)
    )
  return { categoryId, color, weight, gift, fabric, list, namesBy }
})

/** What lists are narrowed to by attributes, and their facets. */
export const facets = (it: CatalogIt): void => {
  it.effect("narrows a list to any value of an attribute, and to all attributes together", () =>
    Effect.gen(function* () {
      const { color, fabric, gift, list, namesBy, weight } = yield* shop
      expect(yield* namesBy({ [color.code]: { anyOf: ["red"] } })).toEqual(["one", "two"])
      expect(yield* namesBy({ [color.code]: { anyOf: ["red", "green"] } })).toEqual([
        "five",
        "one",
        "two"
      ])
      expect(yield* namesBy({ [color.code]: { anyOf: ["gone"] } })).toEqual([])
      expect(yield* namesBy({ [weight.code]: { from: 1, to: 2.5 } })).toEqual(["one", "two"])
      expect(yield* namesBy({ [weight.code]: { to: 0.5 } })).toEqual(["four"])
      expect(yield* namesBy({ [weight.code]: { anyOf: ["2.50", 10] } })).toEqual(["three", "two"])
      expect(yield* namesBy({ [gift.code]: { anyOf: ["true"] } })).toEqual(["one", "three"])
      expect(yield* namesBy({ [fabric.code]: { anyOf: ["merino wool"] } })).toEqual(["six"])
      const both = { [color.code]: { anyOf: ["red"] }, [weight.code]: { from: 2 } }
      expect(yield* namesBy(both)).toEqual(["two"])
      expect(yield* namesBy(undefined, { q: "merino" })).toEqual(["six"])
      const filters = { [color.code]: { anyOf: ["red", "blue"] } }
      expect(yield* namesBy(filters, { status: "ACTIVE" })).toEqual(["one", "two"])
      expect(yield* namesBy(filters, { sort: "-name" })).toEqual(["two", "three", "one"])
      const first = yield* list({ attributes: filters, size: 2 })
      const rest = { size: 2, cursor: first.next ?? "" }
      const second = yield* list({ attributes: filters, ...rest })
      expect([...first.items, ...second.items].map(({ name }) => name)).toEqual([
        "one",
        "three",
        "two"
      ])
      const foreign = list({ attributes: { [color.code]: { anyOf: ["red"] } }, ...rest })
      expect(yield* refusalOf(foreign)).toMatchObject({ issues: [{ path: "cursor" }] })
    })
  )

  it.effect("counts the values of a list, without what it is narrowed to by the attribute", () =>
    Effect.gen(function* () {
      const { color, gift, list, weight } = yield* shop
      const codes = [color.code, weight.code, gift.code]
      const whole = yield* list({ facets: codes, size: 1 })
      const counts = (red: number, green: number, blue: number) => [
        { value: "red", name: "red", products: red },
        { value: "green", name: "green", products: green },
        { value: "blue", name: "blue", products: blue }
      ]
      const yesOrNo = (yes: number, no: number) => [
        { value: "true", name: null, products: yes },
        { value: "false", name: null, products: no }
      ]
      const none = { least: null, greatest: null, isWhole: true }
      expect(whole.items).toHaveLength(1)
      expect(whole.facets).toEqual([
        {
          ...none,
          code: color.code,
          name: "An attribute",
          kind: "CHOICE",
          unit: null,
          products: 4,
          counts: counts(2, 1, 2)
        },
        {
          code: weight.code,
          name: "An attribute",
          kind: "NUMBER",
          unit: "kg",
          products: 4,
          counts: [],
          least: 0.5,
          greatest: 10,
          isWhole: true
        },
        {
          ...none,
          code: gift.code,
          name: "An attribute",
          kind: "BOOLEAN",
          unit: null,
          products: 3,
          counts: yesOrNo(2, 1)
        }
      ])
      const red = { [color.code]: { anyOf: ["red"] } }
      const narrowed = yield* list({ facets: codes, attributes: red, locale: "ko" })
      expect(narrowed.facets).toMatchObject([
        { name: "색", counts: counts(2, 1, 2), products: 4 },
        { least: 1, greatest: 2.5, products: 2 },
        { counts: yesOrNo(1, 1), products: 2 }
      ])
      const twice = { ...red, [weight.code]: { from: 2 } }
      expect((yield* list({ facets: codes, attributes: twice })).facets).toMatchObject([
        { counts: counts(1, 0, 2), products: 2 },
        { least: 1, greatest: 2.5, products: 2 },
        { counts: yesOrNo(0, 1), products: 1 }
      ])
      const active = yield* list({ facets: codes, status: "ACTIVE", shown: true })
      expect(active.facets).toMatchObject([
        { counts: counts(2, 1, 1) },
        { greatest: 2.5 },
        { counts: yesOrNo(1, 1) }
      ])
      expect((yield* list({ facets: [weight.code], q: "six" })).facets).toMatchObject([
        { products: 0, least: null, greatest: null, isWhole: true }
      ])
      expect((yield* list({})).facets).toBe(null)
    })
  )

  it.effect("refuses filters and facets that no attribute gives a meaning", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      const { color, fabric, gift, list, weight } = yield* shop
      const refused = (query: QueryInputOf<"products">) => refusalOf(list(query))
      expect(
        yield* refused({ attributes: { nobody: { anyOf: ["x"] } }, facets: [color.code, "noone"] })
      ).toEqual({
        _tag: "AttributeNotFound",
        attributes: ["nobody", "noone"],
        fields: ["attributes.nobody", "facets.1"]
      })
      const bad = yield* refused({
        attributes: {
          [color.code]: { from: 1 },
          [weight.code]: { anyOf: ["heavy"] },
          [gift.code]: { anyOf: ["maybe"] }
        },
        facets: [fabric.code]
      })
      expect(bad).toMatchObject({
        _tag: "InvalidInput",
        issues: [
          { path: `attributes.${color.code}` },
          { path: `attributes.${weight.code}`, message: "must be a number" },
          { path: `attributes.${gift.code}`, message: "must be true or false" },
          { path: "facets.0" }
        ]
      })
      yield* catalog.updateAttribute({ attributeId: color.id, isFilterable: false })
      const closed = { path: "facets.0", message: "is of an attribute that is not filterable" }
      expect(yield* refused({ facets: [color.code] })).toMatchObject({ issues: [closed] })
      for (const filter of [{}, { anyOf: ["1"], from: 1 }, { anyOf: [] }]) {
        expect(yield* refused({ attributes: { [weight.code]: filter } })).toMatchObject({
          _tag: "InvalidInput"
        })
      }
    })
  )
}
