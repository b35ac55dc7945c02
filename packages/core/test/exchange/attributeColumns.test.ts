/** Values of attributes in files: how they are read, what is wrong with them, and how they are written. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import {
  Catalog,
  CatalogReads,
  CatalogStore,
  MemoryCatalog,
  StockStatus
} from "../../src/catalog.ts"
import {
  exportedProducts,
  type FileForm,
  type ImportMode,
  importProducts,
  readRecords,
  writtenFile
} from "../../src/exchange.ts"

const layer = Catalog.layer().pipe(
  Layer.provideMerge(MemoryCatalog.layer),
  Layer.provide(StockStatus.layerNone)
)

/** A shop whose attributes are called as something that every object has, too. */
const shop = Effect.gen(function* () {
  const parts = yield* Effect.all({ catalog: Catalog, store: CatalogStore, reads: CatalogReads })
  const { catalog, reads } = parts
  const choices = [{ value: "red" }, { value: "blue" }, { value: "a|b" }]
  yield* catalog.createAttribute({ code: "color", name: "Colour", kind: "CHOICE", choices })
  yield* catalog.createAttribute({ code: "weight", name: "Weight", kind: "NUMBER" })
  yield* catalog.createAttribute({ code: "is-new", name: "New", kind: "BOOLEAN" })
  yield* catalog.createAttribute({ code: "constructor", name: "Made by", kind: "TEXT" })
  const bundles = { kind: "TEXT", productType: "BUNDLE" } as const
  yield* catalog.createAttribute({ code: "box", name: "Box", ...bundles })

  const taken = (
    text: string,
    about: { form?: FileForm; mode?: ImportMode; map?: ReadonlyMap<string, string> } = {}
  ) => {
    const { form = "csv", map, mode = "live" } = about
    const bytes = Stream.succeed(new TextEncoder().encode(text))
    const problems: Array<string> = []
    return importProducts(
      { ...parts, stock: undefined, allowUnknownSkus: true },
      {
        mode,
        records: readRecords(bytes, { kind: "products", form, map }),
        bytesDone: () => text.length,
        decided: ({ failed }) =>
          Effect.sync(() => {
            for (const { code, column, columnNumber, line, message } of failed.flatMap(
              (one) => one.problems
            )) {
              problems.push(`${line}:${columnNumber} ${column} ${code}: ${message}`)
            }
          })
      }
    ).pipe(
      Effect.map(({ created, failed, unchanged, updated }) => ({
        counts: { created, updated, unchanged, failed },
        problems
      }))
    )
  }
  const values = (externalId: string) =>
    Effect.gen(function* () {
      const [owner] = yield* reads.byExternalIds("product", [externalId])
      const [product] = yield* reads.products([owner?.id as never])
      return product?.attributes
    })
  const written = (form: FileForm) =>
    Effect.map(Stream.runCollect(writtenFile("products", form, exportedProducts(reads))), (texts) =>
      texts.join("")
    )
  return { catalog, taken, values, written }
})

describe("a table with columns of attributes", () => {
  it.effect("has values as their attributes have them, and an empty cell takes one away", () =>
    Effect.gen(function* () {
      const { taken, values } = yield* shop
      const head =
        "externalId,name,attributes.color,Attributes.Weight,attributes.is-new,attributes.constructor"
      const first = yield* taken(`${head}\np,P,red | blue,-1.5e3,YES,'=1+1\nq,Q,"[""a|b""]",,,\n`)
      expect(first).toEqual({
        counts: { created: 2, updated: 0, unchanged: 0, failed: 0 },
        problems: []
      })
      expect(yield* values("p")).toEqual({
        color: ["blue", "red"],
        constructor: "=1+1",
        "is-new": true,
        weight: -1500
      })
      expect(yield* values("q")).toEqual({ color: ["a|b"] })
      const later = "externalId,attributes.weight,attributes.is-new\np,,0\nq,,\n"
      expect(yield* taken(later)).toMatchObject({ counts: { updated: 1, unchanged: 1 } })
      // A column that the file does not have stays as it is.
      expect(yield* values("p")).toEqual({
        color: ["blue", "red"],
        constructor: "=1+1",
        "is-new": false
      })
    }).pipe(Effect.provide(layer))
  )

  it.effect.each(["live", "trial", "together"] as const)(
    "reports each bad value with its line and column: %s",
    (mode) =>
      Effect.gen(function* () {
        const { taken } = yield* shop
        const file = `externalId,name,attributes.color,attributes.weight,attributes.is-new,attributes.constructor,attributes.box
a,A,red,heavy,perhaps,,
b,B,green,,,,
c,C,red,1e999,,,
d,D,"[""red",,,,
e,E,red|red,,,${"x".repeat(256)},
f,F,,,,,wooden
g,G,red,2,true,Acme,
`
        const { counts, problems } = yield* taken(file, { mode })
        expect(problems).toEqual([
          "2:4 attributes.weight InvalidInput: must be a number, such as 0.25",
          "2:5 attributes.is-new InvalidInput: must be true or false",
          '3:3 attributes.color AttributeMismatch: the attribute "color" has no choice "green"; add it first, or correct the value',
          expect.stringMatching(/^4:4 attributes\.weight InvalidInput: attributes\.weight must /),
          "5:3 attributes.color InvalidInput: must be JSON",
          expect.stringMatching(/^6:3 attributes\.color InvalidInput: attributes\.color\.1 "red" /),
          expect.stringMatching(
            /^6:6 attributes\.constructor InvalidInput: attributes\.constructor must /
          ),
          expect.stringMatching(/^7:7 attributes\.box AttributeNotForType: /)
        ])
        expect(counts.failed).toBe(6)
      }).pipe(Effect.provide(layer))
  )

  it.effect(
    "reports rows of an attribute that is not there, and refuses what cannot be a code",
    () =>
      Effect.gen(function* () {
        const { taken } = yield* shop
        const file = "externalId,name,attributes.size\na,A,\nb,B,9\n"
        const message = 'no attribute has the code "size"; create it first'
        expect(yield* taken(file)).toMatchObject({
          counts: { failed: 2 },
          problems: [2, 3].map((line) => `${line}:3 attributes.size AttributeNotFound: ${message}`)
        })
        const refusal = yield* Effect.flip(taken("externalId,attributes.1st,attributes.\na,,\n"))
        expect(refusal).toMatchObject({
          message: expect.stringMatching(
            /"attributes\.1st", "attributes\."; there are .*attributes\.<code>;/
          )
        })
        const twice = yield* Effect.flip(taken("externalId,attributes.size,ATTRIBUTES.size\na,,\n"))
        expect(twice).toMatchObject({
          message: 'the columns 2 and 3 are both "attributes.size"; keep one'
        })
      }).pipe(Effect.provide(layer))
  )

  it.effect("says a value once for all rows of its product", () =>
    Effect.gen(function* () {
      const { taken, values } = yield* shop
      const file = `externalId,name,attributes.weight,option.name
p,P,2,One
p,,,Two
q,Q,2,One
q,,3,Two
`
      expect(yield* taken(file)).toMatchObject({
        counts: { created: 1, failed: 1 },
        problems: [expect.stringMatching(/^5:3 attributes\.weight RowsDiffer: differs from line 4/)]
      })
      expect(yield* values("p")).toEqual({ weight: 2 })
    }).pipe(Effect.provide(layer))
  )

  it.effect("gets attributes from columns and fields that are called otherwise", () =>
    Effect.gen(function* () {
      const { taken, values } = yield* shop
      const map = new Map([
        ["Colour", "attributes.color"],
        ["kg", "attributes.weight"]
      ])
      const table = yield* taken("externalId,name,Colour,kg\np,P,red,2\n", { map })
      expect(table.problems).toEqual([])
      expect(yield* values("p")).toEqual({ color: ["red"], weight: 2 })
      const line = { externalId: "q", name: "Q", Colour: "blue|red", kg: 3 }
      const more = { ...line, attributes: { "is-new": true } }
      const wrong = { ...line, externalId: "r", attributes: 5 }
      const lines = [more, wrong].map((record) => `${JSON.stringify(record)}\n`).join("")
      const { problems } = yield* taken(lines, { map, form: "jsonl" })
      expect(problems).toEqual([expect.stringMatching(/^2:null attributes InvalidInput: /)])
      expect(yield* values("q")).toEqual({ color: ["blue", "red"], "is-new": true, weight: 3 })
    }).pipe(Effect.provide(layer))
  )
})

it.effect("takes values from lines of JSON, null clears, and a text is read as a cell is", () =>
  Effect.gen(function* () {
    const { taken, values } = yield* shop
    const lines: ReadonlyArray<{ readonly [field: string]: unknown }> = [
      { externalId: "p", name: "P", attributes: { color: ["red"], weight: 0.5, "is-new": false } },
      { externalId: "q", name: "Q", attributes: { color: "blue", weight: "7", constructor: "'=" } },
      { externalId: "r", name: "R", attributes: { weight: true } },
      { externalId: "s", name: "S", attributes: { Weight: 1 } },
      { externalId: "t", name: "T", attributes: { size: null } }
    ]
    const { counts, problems } = yield* taken(lines.map((one) => JSON.stringify(one)).join("\n"), {
      form: "jsonl"
    })
    expect(counts).toMatchObject({ created: 2, failed: 3 })
    expect(problems).toEqual([
      expect.stringMatching(/^3:null attributes\.weight AttributeMismatch: .* is a number$/),
      expect.stringMatching(/^4:null attributes\S* InvalidInput: /),
      expect.stringMatching(/^5:null attributes\.size AttributeNotFound: /)
    ])
    expect(yield* values("q")).toEqual({ color: ["blue"], constructor: "'=", weight: 7 })
    const clear = '{"externalId":"p","attributes":{"color":null,"constructor":null}}\n'
    expect(yield* taken(clear, { form: "jsonl" })).toMatchObject({ counts: { updated: 1 } })
    expect(yield* values("p")).toEqual({ "is-new": false, weight: 0.5 })
  }).pipe(Effect.provide(layer))
)

it.effect.each(["csv", "jsonl"] as const)(
  "writes what it reads back as it is, for more attributes than a product may have: %s",
  (form) =>
    Effect.gen(function* () {
      const { catalog, taken, values, written } = yield* shop
      const codes = Array.from({ length: 260 }, (_, n) => `more-${String(n).padStart(3, "0")}`)
      for (const code of codes) yield* catalog.createAttribute({ code, name: code, kind: "TEXT" })
      const kept = {
        color: ["a|b", "red"],
        constructor: "-2",
        "is-new": false,
        "more-259": "'=x, y",
        weight: -1e-7
      }
      yield* catalog.createProduct({ name: "P", type: "NORMAL", externalId: "p", attributes: kept })
      yield* catalog.createProduct({ name: "Q", type: "NORMAL", externalId: "q" })
      const text = yield* written(form)
      expect(yield* taken(text, { form })).toEqual({
        counts: { created: 0, updated: 0, unchanged: 2, failed: 0 },
        problems: []
      })
      // In another shop, the same file makes the same products.
      const other = yield* Effect.provide(
        Effect.gen(function* () {
          const { catalog: theirs, taken: import_, values: read } = yield* shop
          for (const code of codes)
            yield* theirs.createAttribute({ code, name: code, kind: "TEXT" })
          expect(yield* import_(text, { form })).toMatchObject({ counts: { created: 2 } })
          return yield* read("p")
        }),
        layer,
        { local: true }
      )
      expect(other).toEqual(kept)
      expect(yield* values("q")).toEqual({})
    }).pipe(Effect.provide(layer))
)
