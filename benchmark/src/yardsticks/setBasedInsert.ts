/**
 * The ceiling: what PostgreSQL takes from one connection when nothing decides. Groups of 500 of the
 * rows that 500 reservations leave: begin, update the level, insert 500 reservations and 500 events,
 * commit. Twice: with the rows sent by a client, as rows of reservations must be, all statements in
 * one write; and with rows that the server makes up itself, where no client costs anything.
 */
import type * as PgConnection from "@effect/sql-pg/PgConnection"
import * as PgPool from "@effect/sql-pg/PgPool"
import { layerPostgres } from "@holdfast/adapter-pg/effect"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type { Budget, Contender, Sample } from "../Contender.ts"
import { type PgbenchOptions, pgbenchContender } from "./pgbench.ts"
import type { SchemaName } from "./reserveStatement.ts"

/** Reservations of one transaction. */
const groupSize = 500

const balances = { totalQuantity: 1e9, reservedQuantity: 123_456, availableQuantity: 999_876_544 }

/** A payload as long as the engine's. */
const payload = JSON.stringify({
  reservationId: "019ab0a2-7d5e-7000-8000-000000000000",
  orderId: "order-123-4567",
  skuId: "sku-1",
  locationId: "default",
  lineId: null,
  quantity: 1,
  expiresAt: "2026-11-22T19:30:00.000Z",
  replaces: null,
  level: balances,
  sku: balances
})

const updateLevel = (schema: SchemaName) => `
update ${schema}.inventory
set reserved_quantity = reserved_quantity + ${groupSize}, version = version + ${groupSize},
    last_updated = clock_timestamp()
where sku_id = 'sku-1' and location_id = 'default'
  and total_quantity - reserved_quantity >= ${groupSize}`

const insertReservations = (schema: SchemaName, columns: string, rows: string) => `
insert into ${schema}.reservations (id, order_id, quantity, status, sku_id, location_id, expires_at,
  created_at)
select ${columns}, 1, 'PENDING', 'sku-1', 'default', now() + interval '15 minutes', now()
from ${rows}`

const insertEvents = (schema: SchemaName, columns: string, rows: string) => `
insert into ${schema}.events (position, event_type, aggregate_id, "timestamp", event_id, command_id,
  version, payload)
select nextval('${schema}.event_positions'), 'inventory.stock.reserved', 'sku-1', now(), ${columns}
from ${rows}`

/** Rows that the server makes up, by pgbench. */
export const madeByServer = (
  options: Pick<PgbenchOptions, "name" | "pgbench" | "url">,
  schema: SchemaName
): Contender => {
  const rows = `generate_series(1, ${groupSize}) as n`
  const script = [
    "begin",
    updateLevel(schema),
    insertReservations(schema, "uuidv7(), 'order-' || n", rows),
    insertEvents(schema, "uuidv7(), uuidv7(), n, :payload", rows),
    "commit"
  ].join(";\n")
  return pgbenchContender({
    ...options,
    clients: 1,
    script: `${script};\n`,
    variables: { payload },
    operationsEach: groupSize
  })
}

/** Identifiers in the order of time, as cheap as can be. */
const nextIds = (() => {
  let drawn = 0
  return (prefix: string) =>
    Array.from(
      { length: groupSize },
      () => `${prefix}-7000-8000-${(drawn++).toString(16).padStart(12, "0")}`
    )
})()

const sendGroups = (connection: PgConnection.PgConnection, schema: SchemaName) => {
  const update = updateLevel(schema)
  const reservations = insertReservations(
    schema,
    "id::uuid, order_id",
    "unnest($1::text[], $2::text[]) as n(id, order_id)"
  )
  const events = insertEvents(
    schema,
    "event_id::uuid, command_id::uuid, version, payload::json",
    "unnest($1::text[], $2::text[], $3::int8[], $4::text[]) as n(event_id, command_id, version, payload)"
  )
  const orders = Array.from({ length: groupSize }, (_, n) => `order-${n}`)
  const versions = Array.from({ length: groupSize }, (_, n) => BigInt(n))
  const payloads = Array.from({ length: groupSize }, () => payload)
  const group = Effect.suspend(() =>
    Effect.all(
      [
        connection.query("begin"),
        connection.query(update),
        connection.query(reservations, [nextIds("019ab0a2-7d5e"), orders]),
        connection.query(events, [
          nextIds("019ab0a2-7d5e"),
          nextIds("019ab0a2-7d5e"),
          versions,
          payloads
        ]),
        connection.query("commit")
      ],
      { concurrency: "unbounded", discard: true }
    )
  )
  return Effect.fnUntraced(function* (budget: Budget): Effect.fn.Return<Sample> {
    const start = performance.now()
    const isOver = (groups: number) =>
      "seconds" in budget
        ? performance.now() - start >= budget.seconds * 1000
        : groups * groupSize >= budget.operations
    let groups = 0
    for (; !isOver(groups); groups++) yield* Effect.orDie(group)
    return { perSecond: (groups * groupSize * 1000) / (performance.now() - start) }
  })
}

/** Rows that a client sends, over the driver that the engine uses. */
export const sentByClient = (
  options: Pick<PgbenchOptions, "name" | "url">,
  schema: SchemaName
): Effect.Effect<Contender, never, Scope.Scope> =>
  Effect.gen(function* () {
    const context = yield* Layer.build(layerPostgres({ url: options.url, maxConnections: 1 }))
    const pool = yield* Effect.provide(PgPool.PgPool, context)
    const connection = yield* pool.get
    return { name: options.name, turn: sendGroups(connection, schema) }
  }).pipe(Effect.orDie)
