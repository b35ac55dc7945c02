/** Imports beside everything else that happens: other editors, and records that need each other. */
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { everyProduct } from "../../src/catalog/ports/CatalogReads.ts"
import {
  Catalog,
  CatalogLog,
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
import { StoreError } from "../../src/kernel/StoreError.ts"
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

for (const status of ["INACTIVE", "DISCONTINUED"] as const) {
  it.effect(`withdraws a product together with its last option: ${status}`, () =>
    Effect.gen(function* () {
      const parts = yield* partsOf
      const price = { amount: "4.50", currency: "EUR" }
      const small = {
        externalId: "small",
        name: "Small",
        price,
        skus: [],
        skuIds: [{ skuId: "mug" }]
      }
      const lookups = { ...parts, stock: undefined, allowUnknownSkus: true }
      const record = { externalId: "mug", name: "Mug", status: "ACTIVE", options: [small] }
      yield* importProducts(lookups, course("products", [record]))
      const asked = course("products", [
        { externalId: "mug", status, options: [{ externalId: "small", status: "INACTIVE" }] }
      ])
      const counts = yield* importProducts(lookups, asked)
      expect(asked.problems).toEqual([])
      expect(counts).toMatchObject({ updated: 1, failed: 0 })
      const [product] = yield* parts.reads.productsPage({ ...everyProduct, limit: 1 })
      expect(product).toMatchObject({ status, options: [{ status: "INACTIVE" }] })
      // And both come back together.
      const back = course("products", [
        {
          externalId: "mug",
          status: "ACTIVE",
          options: [{ externalId: "small", status: "ACTIVE" }]
        }
      ])
      expect(yield* importProducts(lookups, back)).toMatchObject({ updated: 1, failed: 0 })
      expect(yield* importProducts(lookups, back)).toMatchObject({ unchanged: 1, failed: 0 })
    }).pipe(Effect.provide(layer))
  )
}

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

it.effect("moves a category and gives it another name, whichever of the two must come first", () =>
  Effect.gen(function* () {
    const parts = yield* partsOf
    const before = [
      { externalId: "a", name: "A" },
      { externalId: "b", name: "B" },
      { externalId: "a-cables", name: "Cables", parent: "a" },
      { externalId: "b-cables", name: "Cables", parent: "b" },
      { externalId: "c", name: "C" },
      { externalId: "c-plugs", name: "Plugs", parent: "c" },
      { externalId: "c-wires", name: "Wires", parent: "c" }
    ]
    yield* importCategories(parts, course("categories", before))
    // Where the first goes there is one of its old name, and where the second was one of its new name.
    const asked = course("categories", [
      { externalId: "a-cables", name: "Thick cables", parent: "b" },
      { externalId: "c-wires", name: "Plugs", parent: "b" }
    ])
    const counts = yield* importCategories(parts, asked)
    expect(asked.problems).toEqual([])
    expect(counts).toMatchObject({ updated: 2, failed: 0 })
    const all = yield* parts.reads.allCategories
    expect(all.map(({ level, name }) => `${name} ${level}`).sort()).toEqual([
      ...["A 0", "B 0", "C 0", "Cables 1", "Plugs 1", "Plugs 1", "Thick cables 1"]
    ])
  }).pipe(Effect.provide(layer))
)

it.live("tries again what was not begun because too much was brought at once", () =>
  Effect.gen(function* () {
    const parts = yield* partsOf
    const { catalog } = parts
    let underWay = 0
    const busy = (command: never) =>
      Effect.suspend(() => {
        if (underWay >= 10) {
          const message = "the request waited too long and was not started"
          return Effect.fail(new StoreError({ reason: "Overloaded", message }))
        }
        underWay += 1
        return Effect.ensuring(
          catalog.execute(command),
          Effect.sync(() => {
            underWay -= 1
          })
        )
      })
    const records = Array.from({ length: 60 }, (_, n) => ({ externalId: `p${n}`, name: `P ${n}` }))
    const asked = course("products", records)
    const counts = yield* importProducts(
      {
        ...{ ...parts, stock: undefined, allowUnknownSkus: true },
        catalog: { ...catalog, execute: busy as never }
      },
      asked
    )
    expect(asked.problems).toEqual([])
    expect(counts).toMatchObject({ created: 60, failed: 0 })
  }).pipe(Effect.provide(layer))
)

it.effect("makes few transactions of its own at once, for records of several commands", () =>
  Effect.gen(function* () {
    const parts = yield* partsOf
    let underWay = 0
    let most = 0
    const transact: typeof parts.store.transact = (scope, decide) =>
      Effect.suspend(() => {
        underWay += 1
        most = Math.max(most, underWay)
        return Effect.ensuring(
          Effect.andThen(Effect.yieldNow, parts.store.transact(scope, decide)),
          Effect.sync(() => {
            underWay -= 1
          })
        )
      })
    const records = Array.from({ length: 60 }, (_, n) => ({
      ...{ externalId: `p${n}`, name: `P ${n}`, status: "INACTIVE" },
      options: [{ name: "One", price: { amount: "1", currency: "EUR" } }]
    }))
    const asked = course("products", records)
    const counts = yield* importProducts(
      {
        ...{ ...parts, stock: undefined, allowUnknownSkus: true },
        store: { ...parts.store, transact }
      },
      asked
    )
    expect(asked.problems).toEqual([])
    expect(counts).toMatchObject({ created: 60, failed: 0 })
    expect(most).toBe(4)
  }).pipe(Effect.provide(layer))
)

it.effect("finds the parent that another run of the file makes at the same time", () =>
  Effect.gen(function* () {
    const parts = yield* partsOf
    const { reads } = parts
    const file = [
      { externalId: "p", name: "P" },
      { externalId: "c", name: "C", parent: "p" }
    ]
    let isMade = false
    const byExternalIds: typeof reads.byExternalIds = (kind, names) =>
      Effect.tap(reads.byExternalIds(kind, names), () => {
        if (isMade) return Effect.void
        isMade = true
        return Effect.orDie(importCategories(parts, course("categories", file.slice(0, 1))))
      })
    const asked = course("categories", file)
    const counts = yield* importCategories({ ...parts, reads: { ...reads, byExternalIds } }, asked)
    expect(asked.problems).toEqual([])
    expect(counts).toMatchObject({ created: 1, unchanged: 1, failed: 0 })
  }).pipe(Effect.provide(layer))
)

const severalCommands = (prefix: string) => ({
  ...{ externalId: prefix, name: prefix, status: "INACTIVE" },
  options: [{ name: "One", price: { amount: "1", currency: "EUR" } }]
})

it.effect("leaves a record of each change, also where several commands are one transaction", () =>
  Effect.gen(function* () {
    const parts = yield* partsOf
    const { audit, read } = yield* CatalogLog
    const brought = { ...parts, stock: undefined, allowUnknownSkus: true }
    const counted = (policy: "ALL" | "PRINCIPALS", mode: "live" | "together", name: string) =>
      Effect.gen(function* () {
        const asked = { ...course("products", [severalCommands(name)]), mode }
        const before = (yield* read(0, 1_000)).length
        yield* importProducts({ ...brought, audit: policy }, asked)
        expect(asked.problems).toEqual([])
        const events = (yield* read(0, 1_000)).slice(before)
        const records = yield* audit.ofCommands([
          ...new Set(events.map(({ commandId }) => commandId))
        ])
        const positions = records.flatMap(({ eventPositions }) => eventPositions)
        expect(records.every(({ principal }) => principal.kind === "HOST")).toBe(true)
        return { events: events.length, recorded: positions.length }
      })
    for (const mode of ["live", "together"] as const) {
      const all = yield* counted("ALL", mode, `all-${mode}`)
      expect(all.events).toBeGreaterThan(1)
      expect(all.recorded).toBe(all.events)
      const own = yield* counted("PRINCIPALS", mode, `own-${mode}`)
      expect(own).toEqual({ events: all.events, recorded: 0 })
    }
  }).pipe(Effect.provide(layer))
)
