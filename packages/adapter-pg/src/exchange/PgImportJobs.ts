/** Imports in the tables of a context. They must exist. */
import * as PgPool from "@effect/sql-pg/PgPool"
import { type ManagementRecord, StoreError } from "@holdfast/core/engine"
import { type ImportJob, ImportJobs, type ImportProblem, TakenOver } from "@holdfast/core/exchange"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { recordedChanges } from "../audit/recordedChanges.ts"
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
      const pool = yield* PgPool.PgPool
      const run = runQueries(pool)
      const change = recordedChanges(pool, { schema })
      const rowsOf = (query: Query) =>
        Effect.mapBoth(run([query]), {
          onSuccess: ([rows = []]) => rows,
          onFailure: toStoreError
        })
      const firstOf = (query: Query) =>
        Effect.map(rowsOf(query), ([row]) => (row === undefined ? undefined : toJob(row)))
      const changed = (query: Query, record: ManagementRecord | undefined) =>
        Effect.flatMap(Effect.mapError(change([query], record), toStoreError), ([rows = []]) =>
          rows[0] === undefined
            ? Effect.fail(new StoreError({ reason: "Unavailable", message: "the import is gone" }))
            : Effect.succeed(toJob(rows[0]))
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
        create: (of, record) => changed(statements.insert(of.importId, of), record),
        resume: (importId, record) => changed(statements.resume(importId), record),
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
