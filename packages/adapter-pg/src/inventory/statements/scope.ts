/**
 * The columns and the SKU set that the statements of a transaction share. Instants travel as epoch
 * milliseconds and whole numbers as float8, which every driver reads alike and which holds 2^53.
 */

import { hashOf } from "@holdfast/core/engine"
import type { OrderId, Sku, StockScope } from "@holdfast/core/inventory"
import { int8s, type Param, type Query, query, text, texts } from "../../connection/Query.ts"
import { millis } from "../../connection/sqlText.ts"

/**
 * A condition that is always true and limits the wait for every later lock of the transaction to
 * the given parameter. It is evaluated once, before the first lock, and saves a statement.
 */
export const waitsAtMost = (parameter: string): string =>
  `(select set_config('lock_timeout', ${parameter}, true)) is not null`

/**
 * Whether the holder of a lock may keep it for long: its session does not have the name of an
 * engine, or is idle. `held` selects the lock among the rows `l` of pg_locks. A lock without a
 * holder is free by now, was taken in a savepoint, or is shared. So "not for long" is a guess, and
 * a command that asks again and again must not rely on it.
 */
export const isHeldForLong = (held: string): string => `exists (
  select 1 from pg_locks l join pg_stat_activity a on a.pid = l.pid
  where l.granted and ${held} and (a.application_name <> current_setting('application_name')
    or a.state <> 'active' and a.state_change < clock_timestamp() - interval '1 second'))`

/**
 * The lock of an order: one of 4,096 that the orders of a schema share. However many whole orders
 * are decided on, their batches cannot fill the server's lock table (about 6,400 locks by default).
 * Engines that run side by side must agree on it.
 */
export const bucketOf = (orderId: OrderId): number => {
  const hash = hashOf(orderId)
  return (hash ^ (hash >>> 16)) & 0xfff
}

/** How long a lock may be waited for, as the parameter of `waitsAtMost`. */
export const lockMillis = (millis: number): Param => text(`${millis}ms`)

/**
 * Whether a reservation is a line of its order: open, or lost. It repeats the predicate of the
 * index reservations_lines word for word, so that the planner recognises it.
 */
export const isLine = (alias: string): string => `(case ${alias}.status
    when 'EXPIRED' then ${alias}.release_reason is null
    when 'RELEASED' then ${alias}.release_reason = 'SHORTFALL'
    else ${alias}.status <> 'FULFILLED' end)`

/** What a decision about a whole order loads, at most `limit` lines. */
export const wholeOrder = (schema: string, orderId: string, limit: string): string => {
  const newest = (status: string) => `
  (select * from ${schema}.reservations r where r.order_id = ${orderId} and r.status = '${status}'
   order by r.created_at desc, r.id desc limit 1)`
  return `
  (select * from ${schema}.reservations r where r.order_id = ${orderId} and ${isLine("r")}
   limit ${limit})
  union all ${["FULFILLED", "RELEASED", "EXPIRED"].map(newest).join("\n  union all ")}`
}

/**
 * The reservations that `held` selects, as `r`, and the holds that took their place, however often.
 * Nothing takes the place of an open or a shipped hold, so none is looked for. With `limit 1` on a
 * unique index, the planner can only look each one up.
 */
export const withReplacements = (schema: string, held: string): string => `
with recursive r as (
  ${held}
  union all
  select n.* from r cross join lateral (
    select * from ${schema}.reservations n
    where n.replaces = r.id and n.replaces is not null limit 1) as n
  where r.status in ('RELEASED', 'EXPIRED'))
select ${reservationColumns} from r`

/**
 * The holds, as `r`, that were ever made for the bundles `named` of an array of ids. A bundle has the
 * id of its first hold, which tells the option, and its holds are found by that. The statuses are
 * rows and each step stands alone, so that the planner can only look each hold up.
 */
export const ofBundles = (schema: string, bundleIds: string): string => `
  from unnest(${bundleIds}) as named(id)
  cross join lateral (
    select option_id from ${schema}.reservations where id = named.id::uuid limit 1) as first
  cross join unnest('{PENDING,CONFIRMED,FULFILLED,RELEASED,EXPIRED}'::text[]) as s(status)
  cross join lateral (
    select * from ${schema}.reservations r
    where r.option_id = first.option_id and r.status = s.status and r.bundle_id = named.id::uuid
    offset 0) as r`

/**
 * Whose the orders `named` are: the owner that the first of its owned holds names, or else that of
 * the placed order; and whether anybody knows the order. Each look-up ends with the first row, so
 * that the planner takes it from its index; for `exists` it read the whole index once.
 */
export const ownersOf = (schema: string, named: string): string => {
  const held = (which: string) =>
    `(select true from ${schema}.reservations r
      where r.order_id = named.order_id and ${which} limit 1) is not null`
  const ended = ["FULFILLED", "RELEASED", "EXPIRED"].map((status) => `r.status = '${status}'`)
  return `
select named.order_id, coalesce(first.owner_id, o.owner_id)::text as owner_id,
  (first.owner_id is not null or o.order_id is not null
    or ${[isLine("r"), ...ended].map(held).join("\n    or ")}) as is_known
from (${named}) as named
  left join lateral (
    select r.owner_id from ${schema}.reservations r
    where r.order_id = named.order_id and r.owner_id is not null
    order by r.created_at, r.id limit 1) as first on true
  left join lateral (
    select o.order_id, o.owner_id from ${schema}.orders o
    where o.order_id = named.order_id limit 1) as o on true`
}

/** Whether a scope names SKUs by their bundles too. */
const hasBundles = (scope: StockScope): boolean => scope.bundleIds.length > 0

/** Whether a scope names SKUs by their reservations, orders or bundles too. */
const resolves = (scope: StockScope): boolean =>
  scope.reservationIds.length > 0 || scope.orderIds.length > 0 || hasBundles(scope)

/** The SKUs in use that have one of these codes. */
export const skusWithCodes = (schema: string, codes: string): string =>
  `select s.id from ${schema}.skus s where s.archived_at is null and s.code = any(${codes})`

/**
 * A statement over the SKUs of a scope: the named ones ($1), and those of named reservations ($2),
 * of the lines of orders ($3), of bundles ($4) and of codes ($5), if there are any. Reservations
 * never change their SKU. A code may pass to another SKU between two statements; a level is then
 * written over a version that was not locked, which is a conflict. `make`
 * gets the array of SKU ids and the number of the next parameter. The array is evaluated once, and
 * the planner can only use it as an index condition. A join planned while the tables were empty
 * read all 10,000 levels to lock the level of one order. Locking 500 SKUs takes 1.2 ms with the
 * array, 2.2 ms with `in (select ...)`.
 */
export const overScope = (
  schema: string,
  make: (skuIds: string, next: (index: number) => string) => string
): ((scope: StockScope, ...rest: ReadonlyArray<Param>) => Query) => {
  const named = make("$1::text[]", (index) => `$${index + 2}`)
  const held = `select unnest($1::text[])
  union select sku_id from ${schema}.reservations where id = any($2::text[]::uuid[])
  union select r.sku_id from ${schema}.reservations r
    where r.order_id = any($3::text[]) and ${isLine("r")}`
  const resolved = make(`array(${held})`, (index) => `$${index + 4}`)
  const withBundles = `${held}
  union select r.sku_id ${ofBundles(schema, "$4::text[]")}`
  const bundled = make(`array(${withBundles})`, (index) => `$${index + 5}`)
  const coded = make(
    `array(${withBundles}
  union ${skusWithCodes(schema, "$5::text[]")})`,
    (index) => `$${index + 6}`
  )
  return (scope, ...rest) => {
    const skuIds = texts(scope.skuIds)
    const hasCodes = scope.skuCodes.length > 0
    if (!resolves(scope) && !hasCodes) return query(named, skuIds, ...rest)
    const heldBy = [skuIds, texts(scope.reservationIds), texts(scope.orderIds)]
    if (hasCodes) {
      return query(coded, ...heldBy, texts(scope.bundleIds), texts(scope.skuCodes), ...rest)
    }
    return hasBundles(scope)
      ? query(bundled, ...heldBy, texts(scope.bundleIds), ...rest)
      : query(resolved, ...heldBy, ...rest)
  }
}

/** The columns of a placed order, named apart from those of a reservation. */
export const placedOrderColumns = `o.order_id::text as placed_id, o.version::float8 as placed_version,
  o.status::text as placed_status, o.owner_id::text, o.short::text,
  ${millis("o.placed_at")} as placed_at, ${millis("o.changed_at")} as changed_at`

/** The columns of a reservation; the parts of its bundle are one text, null for most. */
export const reservationColumns = `r.id::text as id, r.order_id::text, r.line_id::text,
  r.sku_id::text, r.location_id::text, r.quantity::float8, r.fulfilled_quantity::float8,
  r.status::text, ${millis("r.expires_at")} as expires_at, ${millis("r.created_at")} as created_at,
  ${millis("r.resolved_at")} as resolved_at, r.release_reason::text, r.replaces::text,
  r.bundle_id::text || ' ' || r.option_id || ' ' || r.per_bundle as bundle,
  r.owner_id::text as held_for`

/** The columns of a movement. */
export const movementColumns = `m.id::text as id, m.sku_id::text, m.location_id::text,
  m.sequence::float8, m.type::text, m.quantity::float8, m.balance_after::float8,
  m.reference::text, m.reason::text, m.actor::text, m.transfer_id::text, m.order_id::text,
  ${millis("m.occurred_at")} as occurred_at, ${millis("m.created_at")} as created_at`

/** The columns of a SKU, prefixed so that they can stand beside a level's. */
export const skuColumns = `s.id::text as sku_id, s.code::text as code, s.name::text as name,
  s.description, s.weight::float8, s.volume::float8, s.backorder_limit::float8,
  s.safety_stock::float8, s.low_stock_threshold::float8,
  ${millis("s.created_at")} as sku_created_at, ${millis("s.archived_at")} as archived_at`

const decimal = (value: number | null) => (value === null ? null : String(value))

/** What a statement that writes SKUs takes of them, $1 to $9: all but their instants. */
export const skuParams = (skus: ReadonlyArray<Sku.Sku>): ReadonlyArray<Param> => [
  texts(skus.map((sku) => sku.id)),
  texts(skus.map((sku) => sku.code)),
  texts(skus.map((sku) => sku.name)),
  texts(skus.map((sku) => sku.description)),
  texts(skus.map((sku) => decimal(sku.weight))),
  texts(skus.map((sku) => decimal(sku.volume))),
  int8s(skus.map((sku) => sku.backorderLimit)),
  int8s(skus.map((sku) => sku.safetyStock)),
  int8s(skus.map((sku) => sku.lowStockThreshold))
]

/** The columns of a level. */
export const levelColumns = `i.location_id::text, i.total_quantity::float8,
  i.reserved_quantity::float8, i.promise_limit::float8, i.movement_sequence::float8,
  i.version::float8, ${millis("i.last_updated")} as last_updated`

/** The columns of a location, beside or without a level. */
export const locationColumns = `l.id::text as location_id, l.name::text as location_name,
  l.priority, l.is_default, l.sellable, l.active, l.version::float8 as location_version`
