/** Imports in the tables of a context. They must exist. */
import { createHash } from "node:crypto"
import * as PgPool from "@effect/sql-pg/PgPool"
import { StoreError } from "@holdfast/core/engine"
import { type ImportJob, ImportJobs, type ImportProblem, TakenOver } from "@holdfast/core/exchange"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Query, Row } from "../connection/Query.ts"
import { runQueries } from "../connection/Session.ts"
import { toStoreError } from "../connection/SqlFailure.ts"
import { checkedSchemaName, type MigrationError } from "../schema/schemaName.ts"
import {
  beatImport,
  endImport,
  insertImport,
  keepCheckpoint,
  readFailedRecords,
  readImport,
  readLastImport,
  readProblems,
  resumeImport
} from "./statements/importJobs.ts"

const instantOf = (value: unknown): DateTime.Utc => DateTime.makeUnsafe(value as number)

const toJob = (row: Row): ImportJob => ({
  importId: row["import_id"] as string,
  kind: row["kind"] as ImportJob["kind"],
  fingerprint: row["fingerprint"] as string,
  source: row["source"] as string,
  status: row["status"] as ImportJob["status"],
  run: row["run"] as number,
  records: row["records"] as number,
  created: row["created"] as number,
  updated: row["updated"] as number,
  unchanged: row["unchanged"] as number,
  failed: row["failed"] as number,
  bytesDone: row["bytes_done"] as number,
  bytesTotal: row["bytes_total"] as number,
  problem: row["problem"] as string | null,
  createdAt: instantOf(row["created_at"]),
  updatedAt: instantOf(row["updated_at"])
})

const toProblem = (row: Row): ImportProblem => ({
  record: row["record"] as number,
  line: row["line"] as number,
  column: row["column_name"] as string | null,
  columnNumber: row["column_number"] as number | null,
  code: row["code"] as string,
  message: row["message"] as string
})

/**
 * The id of the import that follows another: the same for everybody who would make it, so that the
 * primary key lets one of them make it. A UUID of version 8.
 */
const importIdOf = (fingerprint: string, after = ""): string => {
  const hex = createHash("sha256").update(`import ${fingerprint} ${after}`).digest("hex")
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 3) | 8).toString(16)
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32)
  ].join("-")
}

/** How the tables are used. */
export interface PgImportJobsOptions {
  /** The database schema that holds the tables, that of the context which is imported into. */
  readonly schema: string
}

/** Keeps imports in the tables of a context. */
export const layerImportJobs = (
  options: PgImportJobsOptions
): Layer.Layer<ImportJobs, MigrationError, PgPool.PgPool> =>
  Layer.effect(
    ImportJobs,
    Effect.gen(function* () {
      const schema = yield* checkedSchemaName(options.schema)
      const run = runQueries(yield* PgPool.PgPool)
      const rowsOf = (query: Query) =>
        Effect.mapBoth(run([query]), {
          onSuccess: ([rows = []]) => rows,
          onFailure: toStoreError
        })
      const firstOf = (query: Query) =>
        Effect.map(rowsOf(query), ([row]) => (row === undefined ? undefined : toJob(row)))
      const surely = (query: Query) =>
        Effect.flatMap(firstOf(query), (job) =>
          job === undefined
            ? Effect.fail(new StoreError({ reason: "Unavailable", message: "the import is gone" }))
            : Effect.succeed(job)
        )
      const fenced = (importId: string, query: Query) =>
        Effect.flatMap(rowsOf(query), ([row]) =>
          row === undefined ? Effect.fail(new TakenOver(importId)) : Effect.void
        )
      const statements = {
        get: readImport(schema),
        lastOf: readLastImport(schema),
        insert: insertImport(schema),
        resume: resumeImport(schema),
        checkpoint: keepCheckpoint(schema),
        beat: beatImport(schema),
        end: endImport(schema),
        failedRecords: readFailedRecords(schema),
        problems: readProblems(schema)
      }
      return ImportJobs.of({
        lastOf: (fingerprint) => firstOf(statements.lastOf(fingerprint)),
        get: (importId) => firstOf(statements.get(importId)),
        create: (of, after) =>
          Effect.suspend(() => surely(statements.insert(importIdOf(of.fingerprint, after), of))),
        resume: (importId) => surely(statements.resume(importId)),
        checkpoint: ({ importId, run: number }, checkpoint) =>
          fenced(importId, statements.checkpoint(importId, number, checkpoint)),
        beat: ({ importId, run: number }) => fenced(importId, statements.beat(importId, number)),
        end: ({ importId, run: number }, problem) =>
          fenced(importId, statements.end(importId, number, problem)),
        failedRecords: (importId) =>
          Effect.map(rowsOf(statements.failedRecords(importId)), (rows) =>
            rows.map((row) => row["record"] as number)
          ),
        problems: (importId, after, limit) =>
          Effect.map(rowsOf(statements.problems(importId, after, limit)), (rows) => {
            const last = rows.at(-1)
            return {
              items: rows.map(toProblem),
              last:
                last === undefined
                  ? null
                  : { record: last["record"] as number, part: last["part"] as number }
            }
          })
      })
    })
  )
