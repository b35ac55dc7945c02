/** Contract: attributes, and the values that products have of them. */
import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { AttributesPage } from "../../../catalog/messages/CatalogQuery.ts"
import type { QueryInputOf } from "../../../catalog/messages/queryOperations.ts"
import { Catalog } from "../../../catalog/services/Catalog.ts"
import { CatalogQueries } from "../../../catalog/services/CatalogQueries.ts"
import type { InputOf } from "../../../catalog/services/catalogMethods.ts"
import type { AttributeId } from "../../../kernel/Identifier.ts"
import { atOnce, Stage } from "../../contract/Stage.ts"
import {
  type CatalogIt,
  eventsOf,
  freshProduct,
  readProduct,
  refusalOf,
  severalCatalogs
} from "../CatalogStage.ts"
import { choicesOf, freshAttribute } from "./freshAttribute.ts"

const readAttribute = (attributeId: AttributeId) =>
  Effect.flatMap(CatalogQueries, (queries) => Effect.result(queries.attribute({ attributeId })))

/** Attributes and values. */
export const attributes = (it: CatalogIt): void => {
  it.effect("keeps an attribute and its changes, with events of its own", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      const queries = yield* CatalogQueries
      const { fresh } = yield* Stage
      const code = fresh("color")
      const made = yield* catalog.createAttribute({
        code,
        name: "Colour",
        translations: { ko: { name: "색" } },
        kind: "CHOICE",
        choices: [{ value: "red", name: "Red", translations: { ko: { name: "빨강" } } }],
        productType: "NORMAL"
      })
      const attributeId = made.id
      expect(made).toEqual({
        id: attributeId,
        code,
        name: "Colour",
        translations: { ko: { name: "색" } },
        kind: "CHOICE",
        unit: null,
        choices: [{ value: "red", name: "Red", translations: { ko: { name: "빨강" } } }],
        productType: "NORMAL",
        isFilterable: true,
        isActive: true,
        version: 1
      })
      expect(yield* queries.attribute({ attributeId })).toEqual(made)
      expect(yield* queries.attribute({ attributeId, locale: "ko-KR" })).toMatchObject({
        name: "색",
        choices: [{ value: "red", name: "빨강" }]
      })
      const changed = yield* catalog.updateAttribute({
        attributeId,
        expectedVersion: 1,
        choices: [{ value: "blue" }, { value: "red" }],
        isFilterable: false,
        isActive: false
      })
      expect(changed).toMatchObject({ choices: [{ name: "blue" }, { name: "red" }], version: 2 })
      expect(yield* catalog.updateAttribute({ attributeId, isActive: false })).toEqual(changed)
      const stale = yield* refusalOf(catalog.deleteAttribute({ attributeId, expectedVersion: 1 }))
      expect(stale).toMatchObject({ _tag: "StaleExpectation", field: "version", actual: 2 })
      expect(yield* catalog.deleteAttribute({ attributeId })).toEqual({ attributeId, version: 3 })
      expect(yield* readAttribute(attributeId)).toMatchObject({
        failure: { _tag: "AttributeNotFound", attributes: [attributeId] }
      })
      const events = yield* eventsOf(attributeId)
      expect(events).toMatchObject([
        {
          eventType: "attribute.created",
          aggregateType: "ATTRIBUTE",
          payload: { attribute: made }
        },
        { payload: { attribute: changed, changed: ["choices", "isFilterable", "isActive"] } },
        { eventType: "attribute.deleted", payload: { attributeId, code } }
      ])
      const again = { attributeId, code, name: "Again", kind: "TEXT" } as const
      expect(yield* refusalOf(catalog.createAttribute(again))).toMatchObject({
        _tag: "IdTaken",
        kind: "attribute"
      })
      // The code is free again; the id never is.
      expect(yield* freshAttribute({ code })).toMatchObject({ code, version: 1 })
    })
  )

  it.effect("lists attributes in the order of their codes, by pages and by codes", () =>
    Effect.gen(function* () {
      const queries = yield* CatalogQueries
      const { fresh } = yield* Stage
      const word = fresh("page")
      const codes = ["b", "a", "c"].map((letter) => `${word}-${letter}`)
      for (const code of codes) yield* freshAttribute({ code })
      const sorted = [...codes].sort()
      const codesBy = Effect.fnUntraced(function* (query: QueryInputOf<"attributes">) {
        const found: Array<string> = []
        let next: string | null | undefined
        while (next !== null) {
          const from: { readonly cursor?: string } = next === undefined ? {} : { cursor: next }
          const page: typeof AttributesPage.Type = yield* queries.attributes({ ...query, ...from })
          found.push(...page.items.map(({ code }) => code))
          next = page.next
        }
        return found
      })
      expect(yield* codesBy({ codes: [...codes, "nobody"], size: 2 })).toEqual(sorted)
      const all = yield* codesBy({ size: 7 })
      expect(all).toEqual([...new Set(all)].sort())
      expect(all.filter((code) => code.startsWith(`${word}-`))).toEqual(sorted)
    })
  )

  it.effect("keeps the values of a product, changes some of them, and copies them", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      const color = yield* freshAttribute()
      const weight = yield* freshAttribute({ kind: "NUMBER", unit: "kg" })
      const gift = yield* freshAttribute({ kind: "BOOLEAN" })
      const fabric = yield* freshAttribute({ kind: "TEXT" })
      const values = {
        [color.code]: ["red", "blue"],
        [weight.code]: 0.1,
        [gift.code]: false,
        [fabric.code]: "Wool, 'fine'"
      }
      const made = yield* freshProduct({ attributes: values })
      const { id: productId } = made
      expect(made.attributes).toEqual({ ...values, [color.code]: ["blue", "red"] })
      expect(yield* readProduct(productId)).toEqual(made)
      const changed = yield* catalog.updateProduct({
        productId,
        attributes: { [color.code]: null, [weight.code]: -0 }
      })
      expect(changed.attributes).toEqual({
        [weight.code]: 0,
        [gift.code]: false,
        [fabric.code]: "Wool, 'fine'"
      })
      expect(yield* readProduct(productId)).toEqual(changed)
      const [, updated] = yield* eventsOf(productId)
      expect(updated?.payload).toMatchObject({ changed: ["attributes"] })
      const same = yield* catalog.updateProduct({ productId, attributes: { [gift.code]: false } })
      expect(same).toEqual(changed)
      const copy = yield* catalog.duplicateProduct({ productId })
      expect(yield* readProduct(copy.id)).toMatchObject({ attributes: changed.attributes })
      yield* catalog.deleteProduct({ productId })
      yield* catalog.deleteProduct({ productId: copy.id })
      yield* catalog.deleteAttribute({ attributeId: gift.id })
    })
  )

  it.effect("refuses values that do not fit, and what would take values away", () =>
    Effect.gen(function* () {
      const catalog = yield* Catalog
      const color = yield* freshAttribute({ productType: "NORMAL" })
      const weight = yield* freshAttribute({ kind: "NUMBER" })
      const { id: productId } = yield* freshProduct({ attributes: { [color.code]: ["red"] } })
      const give = (values: NonNullable<InputOf<"UpdateProduct">["attributes"]>) =>
        refusalOf(catalog.updateProduct({ productId, attributes: values }))
      expect(yield* give({ nobody: 1, [weight.code]: 1 })).toEqual({
        _tag: "AttributeNotFound",
        attributes: ["nobody"],
        fields: ["attributes.nobody"]
      })
      expect(yield* give({ [weight.code]: "1" })).toMatchObject({
        _tag: "AttributeMismatch",
        code: weight.code,
        kind: "NUMBER",
        unknownChoices: []
      })
      expect(yield* give({ [color.code]: ["red", "pink"] })).toMatchObject({
        _tag: "AttributeMismatch",
        unknownChoices: ["pink"]
      })
      const bundle = catalog.updateProduct({ productId, type: "BUNDLE", options: [] })
      expect(yield* refusalOf(bundle)).toMatchObject({
        _tag: "AttributeNotForType",
        code: color.code
      })
      const attributeId = color.id
      const without = catalog.updateAttribute({ attributeId, choices: choicesOf("green", "blue") })
      expect(yield* refusalOf(without)).toEqual({
        _tag: "AttributeInUse",
        attributeId,
        choices: ["red"],
        values: 1
      })
      expect(yield* refusalOf(catalog.deleteAttribute({ attributeId }))).toEqual({
        _tag: "AttributeInUse",
        attributeId,
        choices: [],
        values: 1
      })
      // A retired attribute keeps its values: the product has them, and gets no others.
      yield* catalog.updateAttribute({ attributeId, isActive: false })
      expect(yield* give({ [color.code]: ["blue"] })).toMatchObject({ _tag: "AttributeInactive" })
      yield* catalog.updateProduct({ productId, attributes: { [color.code]: ["red"] } })
      yield* catalog.updateProduct({ productId, attributes: { [color.code]: null } })
      expect(yield* give({ [color.code]: ["red"] })).toMatchObject({ _tag: "AttributeInactive" })
      yield* catalog.updateAttribute({ attributeId, choices: choicesOf("green") })
      yield* catalog.deleteAttribute({ attributeId })
    })
  )

  it.effect("lets no choice go that a product gets at the same time, from any engine", () =>
    Effect.gen(function* () {
      const { callers } = yield* Stage
      const engines = yield* severalCatalogs
      const color = yield* freshAttribute()
      const products = yield* Effect.forEach(Array.from({ length: callers }), () => freshProduct())
      const engineOf = (n: number) => engines[n % engines.length] as Catalog["Service"]
      yield* atOnce<unknown, unknown, never>([
        ...products.map(({ id: productId }, n) =>
          engineOf(n).updateProduct({ productId, attributes: { [color.code]: ["red"] } })
        ),
        engineOf(1).updateAttribute({ attributeId: color.id, choices: choicesOf("blue") }),
        engineOf(2).deleteAttribute({ attributeId: color.id })
      ])
      const read = yield* readAttribute(color.id)
      const kept = read._tag === "Success" ? read.success.choices.map(({ value }) => value) : []
      for (const { id } of products) {
        const product = yield* readProduct(id)
        const value = product?.attributes[color.code]
        expect(value === undefined || kept.includes(String(value))).toBe(true)
      }
      yield* eventsOf(color.id)
    })
  )
}
