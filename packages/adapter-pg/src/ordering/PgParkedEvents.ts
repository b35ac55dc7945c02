/** Events about orders that came too early, in the tables of the inventory. They must exist. */
import * as PgPool from "@effect/sql-pg/PgPool"
import type { OrderId } from "@holdfast/core/inventory"
import { type ParkedOrderEvent, ParkedOrderEvents, parkedMax } from "@holdfast/core/ordering"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Query, Row } from "../connection/Query.ts"
import { runQueries } from "../connection/Session.ts"
import { toStoreError } from "../connection/SqlFailure.ts"
import { schemaDefault } from "../inventory/inventoryTables.ts"
import { checkedSchemaName, type MigrationError } from "../schema/schemaName.ts"
import {
  condemnEvent,
  parkEvent,
  readDead,
  readOverdue,
  readWaiting,
  removeDead,
  removeEvent
} from "./statements/parkedEvents.ts"

const toParked = (row: Row): ParkedOrderEvent => ({
  eventId: row["event_id"] as string,
  orderId: row["order_id"] as OrderId,
  json: row["event"] as string,
  happenedAt: DateTime.makeUnsafe(row["happened_at"] as number)
})

/** How the table is used. */
export interface PgParkedEventsOptions {
  /** The database schema that holds the tables: `inventory` unless given. */
  readonly schema?: string | undefined
  /** The clock: the database's own unless given. For tests. */
  readonly now?: Effect.Effect<DateTime.Utc> | undefined
}

/** Keeps events that came too early in the tables of the inventory. */
export const layerParkedOrderEvents = (
  options: PgParkedEventsOptions = {}
): Layer.Layer<ParkedOrderEvents, MigrationError, PgPool.PgPool> =>
  Layer.effect(
    ParkedOrderEvents,
    Effect.gen(function* () {
      const schema = yield* checkedSchemaName(options.schema ?? schemaDefault)
      const run = runQueries(yield* PgPool.PgPool)
      const nowMillis =
        options.now === undefined
          ? Effect.succeed(null)
          : Effect.map(options.now, (now) => now.epochMilliseconds)
      const rowsOf = (query: Query) =>
        Effect.mapBoth(run([query]), {
          onSuccess: ([rows = []]) => rows,
          onFailure: toStoreError
        })
      const parkedOf = (query: Query) => Effect.map(rowsOf(query), (rows) => rows.map(toParked))
      const park = parkEvent(schema)
      const waiting = readWaiting(schema)
      const overdue = readOverdue(schema)
      const condemn = condemnEvent(schema)
      const remove = removeEvent(schema)
      const forget = removeDead(schema)
      const dead = readDead(schema)
      return ParkedOrderEvents.of({
        park: (event, causeWhenFull) =>
          Effect.flatMap(nowMillis, (now) =>
            Effect.map(
              rowsOf(park(event, now, parkedMax, causeWhenFull)),
              ([row]) => (row?.["cause"] as string | null | undefined) ?? null
            )
          ),
        waiting: (orderId) => parkedOf(waiting(orderId)),
        overdue: (waitMillis, limit) =>
          Effect.flatMap(nowMillis, (now) => parkedOf(overdue(waitMillis, limit, now))),
        condemn: ({ eventId, orderId }, cause) =>
          Effect.asVoid(rowsOf(condemn(orderId, eventId, cause))),
        remove: ({ eventId, orderId }) => Effect.asVoid(rowsOf(remove(orderId, eventId))),
        forgetDead: (eventIds) => Effect.asVoid(rowsOf(forget(eventIds))),
        dead: (after, limit) =>
          Effect.map(rowsOf(dead(after ?? "", limit)), (rows) =>
            rows.map((row) => ({ ...toParked(row), cause: row["cause"] as string }))
          )
      })
    })
  )
