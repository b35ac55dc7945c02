/**
 * Indexes of big tables, built beside those who write: one process builds, on a connection of its own,
 * partition after partition, and what a build that was broken off has left is dropped and built again.
 * A failure leaves the table as it was, and the next turn goes on.
 */
import type * as PgConnection from "@effect/sql-pg/PgConnection"
import * as PgPool from "@effect/sql-pg/PgPool"
import type { StoreError } from "@holdfast/core/engine"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { encoded, type Query, type Row } from "../../connection/Query.ts"
import { isRemote, runQueries } from "../../connection/Session.ts"
import { knownOf } from "../../connection/SessionPool.ts"
import { fromDriver, type SqlFailure, toStoreError } from "../../connection/SqlFailure.ts"
import type { ContextTables, LaterIndex } from "../ContextTables.ts"
import { checkedSchemaName } from "../schemaName.ts"
import {
  attachPart,
  beginIndexes,
  beginWhole,
  buildAlone,
  buildBeside,
  dropBroken,
  readIndexParts,
  readIndexProgress
} from "../statements/laterIndexes.ts"

/** How far an index is. */
export interface IndexStanding {
  readonly name: string
  readonly isWhole: boolean
  /** The parts of its table that have it, of all. */
  readonly built: number
  readonly parts: number
  /** The share of the part that is read now, from 0 to 1; null while nothing is built. */
  readonly share: number | null
}

/** Runs queries one after another, each by itself. */
type RunEach = (queries: ReadonlyArray<Query>) => Effect.Effect<ReadonlyArray<Row>, SqlFailure>

const isWhole = (rows: ReadonlyArray<Row>): boolean =>
  rows.every((row) =>
    row["is_partitioned"] === true ? row["is_whole"] === true : row["is_built"] === true
  )

const isBuiltPart = (row: Row): boolean =>
  row["is_partitioned"] === true ? row["is_attached"] === true : row["is_built"] === true

/** How far each index of a context is. */
export const indexStandings = Effect.fnUntraced(function* (
  run: (
    queries: ReadonlyArray<Query>
  ) => Effect.Effect<ReadonlyArray<ReadonlyArray<Row>>, StoreError>,
  { indexes = [] }: ContextTables,
  schema: string
) {
  if (indexes.length === 0) return []
  const [progress = [], ...found] = yield* run([
    readIndexProgress(schema),
    ...indexes.map((index) => readIndexParts(schema, index))
  ])
  const shareOf = (rows: ReadonlyArray<Row>) => {
    const names = new Set(rows.map((row) => row["part"]))
    const now = progress.find((row) => names.has(row["part"]))
    return now === undefined
      ? null
      : Math.min(1, (now["blocks_done"] as number) / Math.max(1, now["blocks_total"] as number))
  }
  return indexes.map(({ name }, at): IndexStanding => {
    const rows = found[at] ?? []
    return {
      name,
      isWhole: isWhole(rows),
      built: rows.filter(isBuiltPart).length,
      parts: rows.length,
      share: shareOf(rows)
    }
  })
})

/** Builds what an index lacks. */
const build = Effect.fnUntraced(function* (run: RunEach, schema: string, index: LaterIndex) {
  const rows = yield* run([readIndexParts(schema, index)])
  if (isWhole(rows)) return false
  if (rows.some((row) => row["is_partitioned"] === true && row["is_begun"] !== true)) {
    yield* run(beginWhole(schema, index))
  }
  for (const row of rows.filter((one) => !isBuiltPart(one))) {
    const name = `${index.name}${String(row["suffix"])}`
    const part = String(row["part"])
    if (row["is_there"] === true && row["is_built"] !== true) yield* run(dropBroken(schema, name))
    if (row["is_built"] !== true) yield* run(buildBeside(schema, { name, on: index.on, part }))
    if (row["is_partitioned"] === true) yield* run(attachPart(schema, index.name, name))
  }
  return true
})

/** Runs on a connection that stays the same. */
const onConnection =
  (connection: PgConnection.PgConnection): RunEach =>
  (queries) =>
    Effect.gen(function* () {
      let rows: ReadonlyArray<Row> = []
      for (const { params, sql } of queries) {
        // Not prepared: such a statement may not be in a transaction.
        const result = yield* Effect.mapError(
          connection.query(sql, params.map(encoded), false),
          (error) => fromDriver(error)
        )
        rows = result.rows as ReadonlyArray<Row>
      }
      return rows
    })

const buildOn = Effect.fnUntraced(function* (
  dedicated: Effect.Effect<PgConnection.PgConnection, unknown, Scope.Scope>,
  schema: string,
  indexes: ReadonlyArray<LaterIndex>
) {
  const connection = yield* Effect.mapError(dedicated, (error) => fromDriver(error))
  const run = onConnection(connection)
  const [first] = yield* run(beginIndexes(schema))
  if (first?.["is_alone"] !== true) return []
  const made: Array<string> = []
  for (const index of indexes) if (yield* build(run, schema, index)) made.push(index.name)
  return made
})

/**
 * Builds the indexes of a context that are due; the names of those that it built. Where another process
 * builds, or only a pooler can be reached, it builds none.
 */
export const buildIndexesOf = Effect.fnUntraced(function* (
  { indexes = [] }: ContextTables,
  schemaName: string
) {
  const schema = yield* checkedSchemaName(schemaName)
  if (indexes.length === 0) return []
  const pool = yield* PgPool.PgPool
  const run = runQueries(pool)
  const found = yield* Effect.mapError(
    run(indexes.map((index) => readIndexParts(schema, index))),
    toStoreError
  )
  const due = indexes.filter((_, at) => !isWhole(found[at] ?? []))
  if (due.length === 0) return []
  const names = due.map(({ name }) => name)
  if (!isRemote(pool)) {
    yield* Effect.mapError(run(due.map((index) => buildAlone(schema, index))), toStoreError)
    return names
  }
  const { dedicated, isKept } = knownOf(pool)
  if (dedicated === undefined || isKept !== true) {
    yield* Effect.logWarning(
      `indexes are due that cannot be built through a pooler: run holdfast migrate with a URL that leads to the server: ${names.join(", ")}`
    )
    return []
  }
  return yield* Effect.mapError(Effect.scoped(buildOn(dedicated, schema, due)), toStoreError)
})
