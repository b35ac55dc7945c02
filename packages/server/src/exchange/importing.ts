/**
 * One import of a file: found again by the digest of the file and by how it is read, so that a
 * repeat goes on where it stopped, or finds that everything is done.
 */
import { createHash } from "node:crypto"
import {
  aliveMillis,
  type ColumnMap,
  type DecidedPart,
  type ImportCounts,
  type ImportCourse,
  type ImportJob,
  type ImportMode,
  importCategories,
  importProducts,
  importSkus,
  importStock,
  noCounts,
  type RecordKind,
  readRecords,
  type Shape,
  type TakenOver,
  type UnusableFile
} from "@holdfast/core/exchange"
import type { StoreError } from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import type { CommandFailure } from "../cli/CommandFailure.ts"
import { ExchangeContexts, jobsOf } from "./ExchangeContexts.ts"
import type { InputFile } from "./InputFile.ts"

/** How a file is imported. */
export interface ImportSettings {
  readonly kind: RecordKind
  readonly mode: ImportMode
  readonly map: ColumnMap
  /** The preset and its currency, as one word; null for the columns of Holdfast. */
  readonly preset: string | null
  readonly shape: Shape | undefined
  /** Whether options may map SKU ids that the inventory does not know. */
  readonly allowUnknownSkus: boolean
}

/** What can go wrong with an import as a whole. */
export type ImportFailure = CommandFailure | StoreError | TakenOver | UnusableFile

/** How an import ended. */
export interface ImportReport {
  readonly importId: string | null
  readonly counts: ImportCounts
  /** How many records this run passed over, because an earlier one had decided them. */
  readonly passed: number
  /** Whether nothing was written, because a row was bad. */
  readonly isUndone: boolean
  /** Whether the last line had no end, as one does that was cut off. */
  readonly endsAbruptly: boolean
}

/** The same for two imports of one file that are read and written the same way. */
const fingerprintOf = (file: InputFile, settings: ImportSettings): string => {
  const { allowUnknownSkus, kind, map, mode, preset } = settings
  const about = [kind, file.form, mode, allowUnknownSkus, [...map].sort(), preset, file.digest]
  return createHash("sha256").update(JSON.stringify(about)).digest("hex")
}

/** The import of a file that is there already, or undefined. */
export const lastImportOf = (file: InputFile, settings: ImportSettings) =>
  Effect.flatMap(ExchangeContexts, (contexts) =>
    jobsOf(contexts, settings.kind).lastOf(fingerprintOf(file, settings))
  )

/** Begins an import of a file, or another run of the one that is there. */
export const beginImport = (file: InputFile, settings: ImportSettings, isAgain: boolean) =>
  Effect.gen(function* () {
    const jobs = jobsOf(yield* ExchangeContexts, settings.kind)
    const last = yield* lastImportOf(file, settings)
    if (last !== undefined && !isAgain) return yield* jobs.resume(last.importId)
    const { bytesTotal, source } = file
    const fingerprint = fingerprintOf(file, settings)
    return yield* jobs.create(
      { kind: settings.kind, fingerprint, source, bytesTotal },
      last?.importId
    )
  })

/** Runs an import of any kind over the contexts. */
const runOf = (
  contexts: ExchangeContexts["Service"],
  { allowUnknownSkus, kind, map, shape }: ImportSettings,
  file: InputFile,
  importId: string | undefined,
  course: Omit<ImportCourse<never, ImportFailure>, "records" | "bytesDone">,
  ended: (abruptly: boolean) => void
): Effect.Effect<ImportCounts, ImportFailure> => {
  const { catalog, inventory } = contexts
  const of = <Kind extends RecordKind>(kind: Kind) => ({
    ...course,
    bytesDone: file.bytesDone,
    records: readRecords(file.bytes, { kind, form: file.form, map, shape, ended })
  })
  switch (kind) {
    case "categories":
      return importCategories(catalog, of("categories"))
    case "products": {
      const stock = contexts.isStockHere ? inventory.reads : undefined
      return importProducts({ ...catalog, stock, allowUnknownSkus }, of("products"))
    }
    case "skus":
      return importSkus(inventory, of("skus"))
    case "stock": {
      const keyOf = (record: number) =>
        importId === undefined ? undefined : `import ${importId} ${record}`
      return importStock({ ...inventory, keyOf }, of("stock"))
    }
  }
}

const sentenceOf = (failure: ImportFailure): string => failure.message

/** Tries an import, and writes nothing, not even that it was tried. */
export const tryImport = (
  file: InputFile,
  settings: ImportSettings,
  seen: (part: DecidedPart) => Effect.Effect<void>
): Effect.Effect<ImportReport, ImportFailure, ExchangeContexts> =>
  Effect.gen(function* () {
    const contexts = yield* ExchangeContexts
    let endsAbruptly = false
    const course = { mode: "trial" as const, decided: seen }
    const counts = yield* runOf(contexts, settings, file, undefined, course, (abruptly) => {
      endsAbruptly = abruptly
    })
    return { importId: null, counts, passed: 0, isUndone: false, endsAbruptly }
  })

/** Runs an import that has begun to its end, and keeps how far it is. */
export const importFile = (
  job: ImportJob,
  file: InputFile,
  settings: ImportSettings,
  seen: (part: DecidedPart) => Effect.Effect<void>
): Effect.Effect<ImportReport, ImportFailure, ExchangeContexts> =>
  Effect.gen(function* () {
    const contexts = yield* ExchangeContexts
    const jobs = jobsOf(contexts, settings.kind)
    const isTogether = settings.mode === "together"
    // It may have waited for its turn while another process went on with it, to the end.
    yield* jobs.beat(job)
    const failed = new Set(yield* jobs.failedRecords(job.importId))
    // What was not written because of a bad row is tried again from the beginning.
    const counts = isTogether && failed.size > 0 ? noCounts : countsOf(job)
    const before = { counts, failed: counts === noCounts ? new Set<number>() : failed }
    let endsAbruptly = false
    let isUndone = false
    const course = {
      mode: settings.mode,
      before,
      decided: (part: DecidedPart) => {
        isUndone = isTogether && part.failed.length > 0
        return Effect.andThen(jobs.checkpoint(job, part), seen(part))
      }
    }
    const run = runOf(contexts, settings, file, job.importId, course, (abruptly) => {
      endsAbruptly = abruptly
    })
    const beating = Effect.forever(
      Effect.andThen(
        Effect.sleep(aliveMillis / 3),
        Effect.catchTag(jobs.beat(job), "StoreError", () => Effect.void)
      )
    )
    const after = yield* Effect.raceFirst(run, beating).pipe(
      Effect.tapError((error) =>
        error._tag === "TakenOver" ? Effect.void : Effect.ignore(jobs.end(job, sentenceOf(error)))
      ),
      Effect.onInterrupt(() => Effect.ignore(jobs.end(job, "the process was asked to stop")))
    )
    const undone = `${after.failed} of ${after.records} records are bad, so nothing was written`
    yield* jobs.end(job, isUndone ? undone : null)
    return { importId: job.importId, counts: after, passed: counts.records, isUndone, endsAbruptly }
  })

const countsOf = ({ created, failed, records, unchanged, updated }: ImportJob): ImportCounts => ({
  records,
  created,
  updated,
  unchanged,
  failed
})
