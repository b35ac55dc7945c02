/** Databases for the tests of imports: an embedded one in a folder, and a PostgreSQL server. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { layerPglite, layerPostgres } from "@holdfast/adapter-pg/effect"
import type { Catalog } from "@holdfast/core/catalog"
import {
  type FileForm,
  type ImportMode,
  type Problem,
  type RecordKind,
  writtenFile
} from "@holdfast/core/exchange"
import { freshDatabase, hasPostgres } from "@holdfast/test-servers"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { ExchangeContexts, layerExchange } from "../../src/exchange/ExchangeContexts.ts"
import { exportedRecords } from "../../src/exchange/exportedRecords.ts"
import { inputFile } from "../../src/exchange/InputFile.ts"
import {
  beginImport,
  type ImportReport,
  importFile,
  tryImport
} from "../../src/exchange/importing.ts"

/** What an import came to, with every problem as `line:column name`. */
export interface Imported extends ImportReport {
  readonly problems: ReadonlyArray<string>
}

/** A database that is open, and a folder for files. */
export interface Shop {
  /** Imports a file; `meanwhile` happens once its digest is known. */
  readonly import: (
    kind: RecordKind,
    path: string,
    mode?: ImportMode,
    meanwhile?: () => Promise<unknown>
  ) => Promise<Imported>
  readonly exportTo: (kind: RecordKind, path: string, form: FileForm) => Promise<void>
  readonly exported: (kind: RecordKind) => Promise<ReadonlyArray<Record<string, unknown>>>
  /** Makes an attribute of products. */
  readonly attribute: (
    asked: Parameters<Catalog["Service"]["createAttribute"]>[0]
  ) => Promise<unknown>
  /** How many events both logs have. */
  readonly events: () => Promise<number>
}

/** A folder for files, and a database beside it. */
export interface Place extends AsyncDisposable {
  readonly folder: string
  readonly flags: ReadonlyArray<string>
  /** Writes a file, and answers with its path. */
  readonly file: (name: string, text: string) => Promise<string>
  /** Opens the database in this process, and closes it. */
  readonly within: <A>(work: (shop: Shop) => Promise<A>) => Promise<A>
}

type Run = <A, E>(effect: Effect.Effect<A, E, ExchangeContexts>) => Promise<A>

const problemText = ({ column, columnNumber, line, message }: Problem): string =>
  `${line}:${columnNumber ?? "-"} ${column ?? "row"}: ${message}`

const importing = (
  kind: RecordKind,
  path: string,
  mode: ImportMode,
  meanwhile: () => Promise<unknown>
) =>
  Effect.scoped(
    Effect.gen(function* () {
      const file = yield* inputFile(path, undefined)
      yield* Effect.promise(meanwhile)
      const about = { map: new Map(), preset: null, shape: undefined, allowUnknownSkus: false }
      const settings = { kind, mode, ...about }
      const problems: Array<string> = []
      const seen = (part: {
        readonly failed: ReadonlyArray<{ problems: ReadonlyArray<Problem> }>
      }) =>
        Effect.sync(() => {
          problems.push(...part.failed.flatMap((failed) => failed.problems.map(problemText)))
        })
      const report =
        mode === "trial"
          ? yield* tryImport(file, settings, seen)
          : yield* importFile(yield* beginImport(file, settings, false), file, settings, seen)
      return { ...report, problems }
    })
  )

const textOf = (kind: RecordKind, form: FileForm) =>
  Effect.flatMap(ExchangeContexts, (contexts) =>
    Effect.map(
      Stream.runCollect(writtenFile(kind, form, exportedRecords(contexts, kind))),
      (parts) => [...parts].join("")
    )
  )

const shopOver = (run: Run): Shop => ({
  import: (kind, path, mode = "live", meanwhile = async () => undefined) =>
    run(importing(kind, path, mode, meanwhile)),
  exportTo: async (kind, path, form) => writeFile(path, await run(textOf(kind, form))),
  exported: async (kind) =>
    (await run(textOf(kind, "jsonl")))
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line)),
  attribute: (asked) =>
    run(Effect.flatMap(ExchangeContexts, ({ catalog }) => catalog.catalog.createAttribute(asked))),
  events: () =>
    run(
      Effect.gen(function* () {
        const { catalog, inventory } = yield* ExchangeContexts
        const products = yield* catalog.reads.events(0, 10_000)
        const stock = yield* inventory.reads.events(0, 10_000)
        return products.length + stock.length
      })
    )
})

const placeWith = async (
  flagsIn: (folder: string) => Promise<ReadonlyArray<string>>
): Promise<Place> => {
  const folder = await mkdtemp(join(tmpdir(), "holdfast-exchange-"))
  const flags = await flagsIn(folder)
  const [, where = ""] = flags
  const sessions =
    flags[0] === "--folder"
      ? layerPglite({ folder: where })
      : layerPostgres({ url: Redacted.make(where) })
  const contexts = Layer.provide(
    layerExchange({ schema: "inventory", catalogSchema: "catalog", mayMigrate: true }),
    sessions
  )
  return {
    folder,
    flags,
    file: async (name, text) => {
      const path = join(folder, name)
      await writeFile(path, text)
      return path
    },
    within: (work) =>
      Effect.runPromise(
        Effect.scoped(
          Effect.flatMap(Layer.build(contexts), (built) => {
            const run: Run = (effect) => Effect.runPromise(Effect.provideContext(effect, built))
            return Effect.promise(() => work(shopOver(run)))
          })
        )
      ),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true })
  }
}

/** The text of a file. */
export const textAt = (path: string): Promise<string> => readFile(path, "utf8")

/** Each database: its name, and how to get one. */
export const places: ReadonlyArray<readonly [string, () => Promise<Place>]> = [
  ["embedded PostgreSQL", () => placeWith(async (folder) => ["--folder", join(folder, "db")])],
  ...(hasPostgres(18)
    ? [
        [
          "PostgreSQL 18",
          () => placeWith(async () => ["--database", (await freshDatabase()).url])
        ] as const
      ]
    : [])
]
