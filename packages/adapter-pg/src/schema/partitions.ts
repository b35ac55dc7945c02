/**
 * Partitions made ahead: months of the tables that grow by time, and ranges of the event log, three beyond the one in
 * use. A new partition is made apart and then attached, which does not stop writers. What finds no
 * partition goes to the DEFAULT one, where `doctor` reports it.
 */
import * as PgPool from "@effect/sql-pg/PgPool"
import * as Effect from "effect/Effect"
import { query, type Row, text } from "../connection/Query.ts"
import { type Session, withSession } from "../connection/Session.ts"
import { toStoreError } from "../connection/SqlFailure.ts"
import { commit } from "../transaction/batchTrips.ts"
import type { ContextTables } from "./ContextTables.ts"
import { checkedSchemaName } from "./schemaName.ts"

/** Partitions that exist beyond the current one. */
const partitionsAhead = 3

/** Events in one partition of the log. */
const eventsPerPartition = 10_000_000

interface Partition {
  readonly parent: string
  /** The column that decides which partition a row goes to. */
  readonly column: string
  readonly name: string
  readonly from: string
  readonly to: string
}

const monthStart = (millis: number, monthsLater: number): Date => {
  const date = new Date(millis)
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + monthsLater, 1))
}

const monthPartition = (
  { column, table }: ContextTables["monthly"][number],
  nowMillis: number,
  monthsLater: number
): Partition => {
  const from = monthStart(nowMillis, monthsLater)
  const name = `${table}_${from.toISOString().slice(0, 7).replace("-", "_")}`
  const to = monthStart(nowMillis, monthsLater + 1).toISOString()
  return { parent: table, column, name, from: from.toISOString(), to }
}

const rangePartition = (position: number, rangesLater: number): Partition => {
  const index = Math.floor(position / eventsPerPartition) + rangesLater
  const from = index * eventsPerPartition
  const name = `events_${String(index).padStart(6, "0")}`
  return {
    parent: "events",
    column: "position",
    name,
    from: `${from}`,
    to: `${from + eventsPerPartition}`
  }
}

/** The partitions that should exist at an instant and a position of the event log. */
export const duePartitions = (
  { monthly }: ContextTables,
  nowMillis: number,
  position: number
): ReadonlyArray<Partition> =>
  Array.from({ length: partitionsAhead + 1 }, (_, later) => [
    ...monthly.map((table) => monthPartition(table, nowMillis, later)),
    rangePartition(position, later)
  ]).flat()

const make = (session: Session, schema: string, { from, name, parent, to }: Partition) =>
  Effect.forEach(
    [
      `create table ${schema}.${name} (like ${schema}.${parent} including defaults including constraints)`,
      // Row triggers come with the parent; a statement's do not.
      `create trigger ${name}_no_truncate before truncate on ${schema}.${name}
       for each statement execute function ${schema}.refuse_change()`,
      `alter table ${schema}.${parent} attach partition ${schema}.${name}
       for values from ('${from}') to ('${to}')`
    ],
    (sql) => session.run([query(sql)]),
    { discard: true }
  )

/** Whether rows of the range went to the DEFAULT partition: it cannot be attached beside them. */
const isOvertaken = (session: Session, schema: string, { column, from, parent, to }: Partition) =>
  Effect.map(
    session.run([
      query(`select 1 as found from ${schema}.${parent}_default
        where ${column} >= '${from}' and ${column} < '${to}' limit 1`)
    ]),
    ([rows = []]) => rows.length > 0
  )

/**
 * Makes the partitions that are due; the names of those that it made. A range whose rows are in the
 * DEFAULT partition already is left to it, so that nothing stops for a partition that came too late.
 */
export const ensurePartitionsOf = Effect.fnUntraced(function* (
  tables: ContextTables,
  schemaName: string
) {
  const schema = yield* checkedSchemaName(schemaName)
  const pool = yield* PgPool.PgPool
  const made = withSession(pool)((session) =>
    Effect.gen(function* () {
      const results = yield* session.run([
        query("begin"),
        query(
          "select pg_advisory_xact_lock(hashtextextended($1, 0))::text",
          text(`${schema}/partitions`)
        ),
        query(`select extract(epoch from clock_timestamp())::float8 * 1000 as now,
          (select last_value from ${schema}.event_positions)::float8 as position`),
        query(
          "select c.relname::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = $1",
          text(schema)
        )
      ])
      const [clock] = results[2] ?? []
      const existing = new Set((results[3] ?? []).map((row: Row) => row["name"] as string))
      const missing = duePartitions(
        tables,
        (clock?.["now"] as number | undefined) ?? 0,
        (clock?.["position"] as number | undefined) ?? 0
      ).filter(({ name }) => !existing.has(name))
      const made: Array<string> = []
      for (const partition of missing) {
        if (yield* isOvertaken(session, schema, partition)) continue
        yield* make(session, schema, partition)
        made.push(partition.name)
      }
      yield* session.run([commit])
      return made
    })
  )
  return yield* Effect.mapError(made, toStoreError)
})
