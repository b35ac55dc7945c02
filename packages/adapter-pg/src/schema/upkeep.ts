/**
 * What the tables need from time to time: old receipts, batches, claims of events and deliveries of webhooks are deleted,
 * in chunks that delay nobody, and partitions are made before they are due.
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
import {
  deleteBatches,
  deleteClaims,
  deleteDeliveries,
  deleteReceipts
} from "../transaction/statements/deleteOld.ts"
import type { ContextTables } from "./ContextTables.ts"
import { buildIndexesOf } from "./indexes/buildIndexes.ts"
import { ensurePartitionsOf } from "./partitions.ts"
import { pruneTables, type Retention } from "./prune.ts"
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
    deliveries: yield* forget(deleteDeliveries(schema)),
    partitions: yield* ensurePartitionsOf(tables, schema)
  }
})

/** How upkeep goes on. */
export interface UpkeepOptions {
  /** How long to wait between two turns: 10 minutes. */
  readonly interval?: Duration.Input | undefined
  /** What is dropped because it is old: nothing unless given. */
  readonly retention?: Retention | undefined
}

/** Drops what is old, and logs what that was. */
const pruneLogged = Effect.fnUntraced(function* (
  tables: ContextTables,
  schema: string,
  retention: Retention
) {
  const { events, months } = yield* pruneTables(tables, schema, retention)
  const dropped = [...(events?.dropped ?? []), ...months.flatMap((one) => one.dropped)]
  // A host gets the message alone, so it holds the names.
  if (dropped.length > 0) {
    yield* Effect.annotateLogs(Effect.logInfo(`old rows were dropped: ${dropped.join(", ")}`), {
      schema
    })
  }
  const lost = events?.lost ?? []
  if (lost.length > 0) {
    yield* Effect.annotateLogs(
      Effect.logWarning(`events were dropped that cursors had not passed: ${lost.join(", ")}`),
      { schema }
    )
  }
})

/** Builds the indexes that are due, and logs which those were. */
const indexLogged = Effect.fnUntraced(function* (tables: ContextTables, schema: string) {
  const built = yield* buildIndexesOf(tables, schema)
  if (built.length === 0) return
  yield* Effect.annotateLogs(Effect.logInfo(`indexes were built: ${built.join(", ")}`), { schema })
})

/** Does upkeep at every interval for as long as the layer lives. */
export const layerUpkeepOf = (
  tables: ContextTables,
  schema: string,
  { interval = Duration.minutes(10), retention }: UpkeepOptions = {}
): Layer.Layer<never, MigrationError | StoreError, PgPool.PgPool> => {
  const orLogged = <A, E, R>(work: Effect.Effect<A, E, R>, message: string) =>
    Effect.catchCause(work, (cause) => Effect.logWarning(message, cause))
  const turn = orLogged(upkeepOf(tables, schema), `upkeep of schema ${schema} failed`)
  const indexing = orLogged(
    indexLogged(tables, schema),
    `indexes of schema ${schema} were not built; it is tried again`
  )
  const pruning =
    retention === undefined
      ? Effect.void
      : orLogged(
          pruneLogged(tables, schema, retention),
          `old rows of schema ${schema} were not dropped`
        )
  return Layer.effectDiscard(
    Effect.andThen(
      Effect.forkScoped(Effect.repeat(Effect.andThen(turn, pruning), Schedule.spaced(interval))),
      // A build may take hours, and holds nothing else up.
      Effect.forkScoped(Effect.repeat(indexing, Schedule.spaced(interval)))
    )
  )
}
