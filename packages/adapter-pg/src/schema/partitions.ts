/**
 * Partitions made ahead: months of the tables that grow by time, and ranges of the event log, three
 * beyond the one in use. A new partition is made apart and then attached, which does not stop
 * writers. A row without a partition goes to the DEFAULT one, where `doctor` reports it.
 */
import * as PgPool from "@effect/sql-pg/PgPool"
import * as Effect from "effect/Effect"
import type { Row } from "../connection/Query.ts"
import { withSession } from "../connection/Session.ts"
import { toStoreError } from "../connection/SqlFailure.ts"
import { commit } from "../transaction/batchTrips.ts"
import type { ContextTables } from "./ContextTables.ts"
import { checkedSchemaName } from "./schemaName.ts"
import {
  beginPartitions,
  findOvertaken,
  makePartition,
  type PartitionRange
} from "./statements/changePartitions.ts"

/** Partitions that exist beyond the current one. */
const partitionsAhead = 3

/** Events in one partition of the log. */
export const eventsPerPartition = 10_000_000

/** The first instant of a month, so many months later. */
export const monthStart = (millis: number, monthsLater: number): Date => {
  const date = new Date(millis)
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + monthsLater, 1))
}

const monthPartition = (
  { column, table }: ContextTables["monthly"][number],
  nowMillis: number,
  monthsLater: number
): PartitionRange => {
  const from = monthStart(nowMillis, monthsLater)
  const name = `${table}_${from.toISOString().slice(0, 7).replace("-", "_")}`
  const to = monthStart(nowMillis, monthsLater + 1).toISOString()
  return { parent: table, column, name, from: from.toISOString(), to }
}

const rangePartition = (position: number, rangesLater: number): PartitionRange => {
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
): ReadonlyArray<PartitionRange> =>
  Array.from({ length: partitionsAhead + 1 }, (_, later) => [
    ...monthly.map((table) => monthPartition(table, nowMillis, later)),
    rangePartition(position, later)
  ]).flat()

/**
 * Makes the partitions that are due; the names of those that it made. A range whose rows are in the
 * DEFAULT partition already gets no partition of its own: moving the rows would stop writers.
 */
export const ensurePartitionsOf = Effect.fnUntraced(function* (
  tables: ContextTables,
  schemaName: string
) {
  const schema = yield* checkedSchemaName(schemaName)
  const pool = yield* PgPool.PgPool
  const made = withSession(pool)((session) =>
    Effect.gen(function* () {
      const results = yield* session.run(beginPartitions(schema))
      const [clock] = results[2] ?? []
      const existing = new Set((results[3] ?? []).map((row: Row) => row["name"] as string))
      const missing = duePartitions(
        tables,
        (clock?.["now"] as number | undefined) ?? 0,
        (clock?.["position"] as number | undefined) ?? 0
      ).filter(({ name }) => !existing.has(name))
      const made: Array<string> = []
      if (missing.length > 0 && clock?.["may_create"] !== true) {
        const names = missing.map(({ name }) => name).join(", ")
        yield* Effect.logWarning(
          `partitions are due that this user may not make; run holdfast migrate as the owner: ${names}`
        )
        return made
      }
      for (const partition of missing) {
        const [overtaken = []] = yield* session.run([findOvertaken(schema, partition)])
        if (overtaken.length > 0) continue
        // One at a time: a prepared statement holds one command.
        for (const step of makePartition(schema, partition)) yield* session.run([step])
        made.push(partition.name)
      }
      yield* session.run([commit])
      return made
    })
  )
  return yield* Effect.mapError(made, toStoreError)
})
