/** Imports beside everything else that happens: other editors, and records that need each other. */
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import {
  Catalog,
  CatalogReads,
  CatalogStore,
  MemoryCatalog,
  ProductId,
  StockStatus
} from "../../src/catalog.ts"
import {
  importCategories,
  importProducts,
  type RecordKind,
  readRecords
} from "../../src/exchange.ts"
import { uuidOf } from "../../src/testing/catalog/CatalogStage.ts"

const layer = Catalog.layer().pipe(
  Layer.provideMerge(MemoryCatalog.layer),
  Layer.provide(StockStatus.layerNone)
)

const partsOf = Effect.all({ catalog: Catalog, store: CatalogStore, reads: CatalogReads })

/** How a file of lines is imported, row by row. */
const course = <Kind extends RecordKind>(kind: Kind, records: ReadonlyArray<object>) => {
  const text = records.map((record) => `${JSON.stringify(record)}\n`).join("")
  const problems: Array<string> = []
  return {
    problems,
    mode: "live" as const,
    records: readRecords(Stream.succeed(new TextEncoder().encode(text)), { kind, form: "jsonl" }),
    bytesDone: () => text.length,
    decided: ({
      failed
    }: {
      readonly failed: ReadonlyArray<{
        readonly problems: ReadonlyArray<{ readonly message: string }>
      }>
    }) =>
      Effect.sync(() => {
        problems.push(...failed.flatMap((one) => one.problems.map(({ message }) => message)))
      })
  }
}

const productId = ProductId.make(uuidOf(1))

it.effect("leaves an option alone that another editor adds between the look and the write", () =>
  Effect.gen(function* () {
    const parts = yield* partsOf
    const { catalog, reads } = parts
    yield* catalog.createProduct({
      productId,
      name: "Mug",
      type: "NORMAL",
      options: [{ name: "Small" }]
    })
    let isAdded = false
    const products = (ids: ReadonlyArray<ProductId>) =>
      Effect.tap(reads.products(ids), () => {
        if (isAdded) return Effect.void
        isAdded = true
        return Effect.orDie(catalog.addOption({ productId, name: "Large" }))
      })
    const asked = course("products", [{ id: productId, options: [{ name: "Medium" }] }])
    const counts = yield* importProducts(
      { ...parts, reads: { ...reads, products }, stock: undefined, allowUnknownSkus: true },
      asked
    )
    expect(asked.problems).toEqual([])
    expect(counts).toMatchObject({ updated: 1, failed: 0 })
    const [product] = yield* reads.products([productId])
    expect(product?.options.map(({ name }) => name)).toEqual(["Small", "Large", "Medium"])
  }).pipe(Effect.provide(layer))
)

it.effect("moves a category under one that an earlier record of the file makes", () =>
  Effect.gen(function* () {
    const parts = yield* partsOf
    yield* importCategories(parts, course("categories", [{ externalId: "a", name: "A" }]))
    const asked = course("categories", [
      { externalId: "b", name: "B" },
      { externalId: "a", parent: "b" },
      { externalId: "c", name: "C", parent: "a" }
    ])
    const counts = yield* importCategories(parts, asked)
    expect(asked.problems).toEqual([])
    expect(counts).toMatchObject({ created: 2, updated: 1, failed: 0 })
    const all = yield* parts.reads.allCategories
    expect(all.map(({ level, name }) => `${name} ${level}`).sort()).toEqual(["A 1", "B 0", "C 2"])
  }).pipe(Effect.provide(layer))
)
