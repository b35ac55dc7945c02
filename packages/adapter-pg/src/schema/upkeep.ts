/**
 * What the tables need from time to time: old receipts, batches and claims of events are deleted, in chunks that
 * delay nobody, and partitions are made before they are due.
 */
import * as PgPool from "@effect/sql-pg/PgPool"
import type { StoreError } from "@holdfast/core/inventory"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import type { Query } from "../connection/Query.ts"
import { runQueries } from "../connection/Session.ts"
import { toStoreError } from "../connection/SqlFailure.ts"
import { deleteBatches, deleteClaims, deleteReceipts } from "../transaction/statements/deleteOld.ts"
import type { ContextTables } from "./ContextTables.ts"
import { ensurePartitionsOf } from "./partitions.ts"
import { checkedSchemaName, type MigrationError } from "./schemaName.ts"

/** The most rows that one statement deletes. */
const chunkSize = 5_000

/** Does all upkeep once; how many rows were forgotten, and which partitions were made. */
export const upkeepOf = Effect.fnUntraced(function* (tables: ContextTables, schemaName: string) {
  const schema = yield* checkedSchemaName(schemaName)
  const run = runQueries(yield* PgPool.PgPool)
  const forget = Effect.fnUntraced(function* (statement: (limit: number) => Query) {
    let count = 0
    for (;;) {
      const [rows = []] = yield* Effect.mapError(run([statement(chunkSize)]), toStoreError)
      count += rows.length
      if (rows.length < chunkSize) return count
    }
  })
  return {
    receipts: yield* forget(deleteReceipts(schema)),
    batches: yield* forget(deleteBatches(schema)),
    claims: yield* forget(deleteClaims(schema)),
    partitions: yield* ensurePartitionsOf(tables, schema)
  }
})

/** Does upkeep every `interval` (10 minutes) for as long as the layer lives. */
export const layerUpkeepOf = (
  tables: ContextTables,
  schema: string,
  interval: Duration.Input = Duration.minutes(10)
): Layer.Layer<never, MigrationError | StoreError, PgPool.PgPool> =>
  Layer.effectDiscard(
    Effect.forkScoped(
      Effect.repeat(
        Effect.catchCause(upkeepOf(tables, schema), (cause) =>
          Effect.logWarning(`upkeep of schema ${schema} failed`, cause)
        ),
        Schedule.spaced(interval)
      )
    )
  )
