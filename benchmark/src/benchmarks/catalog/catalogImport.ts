/** A file of products on its way into an empty catalog, against COPY of the rows that it became. */
import { CatalogReads, CatalogStore } from "@holdfast/core/catalog"
import { importProducts, readRecords } from "@holdfast/core/exchange"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Benchmark } from "../../Bench.ts"
import type { Contender } from "../../Contender.ts"
import { race } from "../../Contender.ts"
import { catalogOver, migrateCatalog, numbers, wordsOf } from "../../catalog/catalogDatabase.ts"
import { runSql } from "../../database.ts"

const imported = "import, from CSV"
const copied = "COPY of the same rows"

/** Every table that an import of products writes, each after those that it refers to. */
const tables = [
  "products",
  "product_options",
  "sku_mappings",
  "product_images",
  "product_search",
  "batches",
  "events"
]

const header =
  "externalId,name,description,status,images,option.externalId,option.name,option.price,option.currency,option.skuIds\n"

/** A table of products with one option and one image. */
const tableOf = (count: number): Uint8Array => {
  const next = numbers()
  const rows = Array.from(
    { length: count },
    (_, n) =>
      `product-${n},${wordsOf(next, 3)} ${n},${wordsOf(next, 8)},ACTIVE,/images/${n}.jpg,` +
      `option-${n},one,${1 + next(200)}.90,EUR,sku-${n}\n`
  )
  return new TextEncoder().encode(header + rows.join(""))
}

const importInto = Effect.fnUntraced(function* (url: string, table: Uint8Array) {
  const { catalog, context } = yield* catalogOver(url)
  const [store, reads] = [Context.get(context, CatalogStore), Context.get(context, CatalogReads)]
  let read = 0
  const start = performance.now()
  yield* importProducts(
    { catalog, store, reads, stock: undefined, allowUnknownSkus: true },
    {
      mode: "live",
      records: readRecords(Stream.make(table), { kind: "products", form: "csv" }),
      bytesDone: () => table.length,
      decided: ({ failed, tried }) =>
        Effect.suspend(() => {
          read += tried.length
          return failed.length === 0
            ? Effect.void
            : Effect.die(new Error(`a record was refused: ${JSON.stringify(failed[0])}`))
        })
    }
  )
  const seconds = (performance.now() - start) / 1_000
  return { read, seconds }
}, Effect.scoped)

/** Imports, and copies of what one import wrote. Every turn fills a database of its own. */
export const catalogImport: Benchmark = {
  name: "catalog-import",
  run: Effect.fnUntraced(function* (bench) {
    const { copy, server } = yield* bench.databases
    const { budget } = bench.race
    const count = "operations" in budget ? budget.operations : 10_000
    const table = tableOf(count)
    let databases = 0
    const empty = Effect.gen(function* () {
      const url = yield* copy(`catalog_import_${databases++}`)
      yield* migrateCatalog(url)
      return url
    })
    const first = yield* empty
    yield* Effect.orDie(importInto(first, table))
    const [[folder] = []] = yield* runSql(first, "select current_setting('data_directory') as at")
    const fileOf = (name: string) => `'${folder?.["at"]}/bench-${name}'`
    yield* runSql(
      first,
      ...tables.map((name) => `copy (select * from catalog.${name}) to ${fileOf(name)}`)
    )
    const contenders: ReadonlyArray<Contender> = [
      {
        name: imported,
        turn: () =>
          Effect.gen(function* () {
            const { read, seconds } = yield* Effect.orDie(importInto(yield* empty, table))
            return { perSecond: read / seconds }
          })
      },
      {
        name: copied,
        turn: () =>
          Effect.gen(function* () {
            const url = yield* empty
            const start = performance.now()
            yield* runSql(url, ...tables.map((name) => `copy catalog.${name} from ${fileOf(name)}`))
            return { perSecond: count / ((performance.now() - start) / 1_000) }
          })
      }
    ]
    const medians = yield* race(contenders, bench.race)
    yield* runSql(
      server.url(),
      ...Array.from(
        { length: databases },
        (_, n) => `drop database catalog_import_${n} with (force)`
      )
    )
    const [ours, theirs] = [medians.get(imported)?.perSecond, medians.get(copied)?.perSecond]
    const ratio = ours === undefined || theirs === undefined ? undefined : ours / theirs
    return {
      name: "catalog-import",
      title: "A file of products",
      about: `${count.toLocaleString("en-US")} products with one option and one image each, into an empty catalog.`,
      ratioIs: "of COPY",
      rows: [...medians].map(([name, sample]) => ({
        name,
        ...sample,
        ...(name === imported && ratio !== undefined ? { ratio } : {})
      })),
      aims: [
        {
          what: "products of a file, against COPY of their rows",
          unit: "×",
          bound: { atLeast: 0.2 },
          measured: ratio
        }
      ]
    }
  })
}
