/**
 * The ceiling: what PostgreSQL takes from one connection when nothing decides. Groups of 500 of the
 * rows that 500 reservations leave: begin, update the level, insert 500 reservations and 500 events,
 * commit. Twice: with the rows sent by a client, every column that a row has and all statements in
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

const reservationsInto = (schema: SchemaName) => `
insert into ${schema}.reservations (id, order_id, sku_id, location_id, quantity, status, expires_at,
  created_at)`

const eventsInto = (schema: SchemaName) => `
insert into ${schema}.events (position, event_id, event_type, aggregate_id, version, command_id,
  payload, "timestamp", opens_run)`

/** Rows that the server makes up, by pgbench. */
export const madeByServer = (
  options: Pick<PgbenchOptions, "name" | "pgbench" | "url">,
  schema: SchemaName
): Contender => {
  const script = [
    "begin",
    updateLevel(schema),
    `${reservationsInto(schema)}
     select uuidv7(), 'order-' || n, 'sku-1', 'default', 1, 'PENDING',
       now() + interval '15 minutes', now()
     from generate_series(1, ${groupSize}) as n`,
    `${eventsInto(schema)}
     select nextval('${schema}.event_positions'), uuidv7(), 'inventory.stock.reserved', 'sku-1', n,
       uuidv7(), :payload, now(), n = 1
     from generate_series(1, ${groupSize}) as n`,
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

const column = <A>(value: (n: number) => A): ReadonlyArray<A> =>
  Array.from({ length: groupSize }, (_, n) => value(n))

const sendGroups = (connection: PgConnection.PgConnection, schema: SchemaName) => {
  const update = updateLevel(schema)
  const reservations = `${reservationsInto(schema)}
    select id::uuid, order_id, sku_id, location_id, quantity, status, expires_at, created_at
    from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int8[], $6::text[],
      $7::timestamptz[], $8::timestamptz[])
      as n(id, order_id, sku_id, location_id, quantity, status, expires_at, created_at)`
  const events = `${eventsInto(schema)}
    select nextval('${schema}.event_positions'), event_id::uuid, event_type, aggregate_id, version,
      command_id::uuid, payload::json, now(), version = 0
    from unnest($1::text[], $2::text[], $3::text[], $4::int8[], $5::text[], $6::text[])
      as n(event_id, event_type, aggregate_id, version, command_id, payload)`
  // Everything but the ids is the same in each group, and made once.
  const now = Date.now()
  const orders = column((n) => `order-${n}`)
  const skus = column(() => "sku-1")
  const locations = column(() => "default")
  const ones = column(() => 1n)
  const statuses = column(() => "PENDING")
  const expiries = column(() => new Date(now + 900_000))
  const instants = column(() => new Date(now))
  const types = column(() => "inventory.stock.reserved")
  const versions = column((n) => BigInt(n))
  const payloads = column(() => payload)
  const ids = () => nextIds("019ab0a2-7d5e")
  const group = Effect.suspend(() => {
    const holds = [ids(), orders, skus, locations, ones, statuses, expiries, instants]
    const happened = [ids(), types, skus, versions, ids(), payloads]
    return Effect.all(
      [
        connection.query("begin"),
        connection.query(update),
        connection.query(reservations, holds),
        connection.query(events, happened),
        connection.query("commit")
      ],
      { concurrency: "unbounded", discard: true }
    )
  })
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
