import type { Advance, CursorKind, Lease } from "@holdfast/core/events"
import { instant, int8, int8s, type Query, query, text, texts } from "../../connection/Query.ts"
import { waitsAtMost } from "../../inventory/statements/scope.ts"
import { drawnOf } from "./scope.ts"

const now = (parameter: string) => `coalesce(${parameter}, clock_timestamp())`
const later = (parameter: string) => `${parameter}::int8 * interval '1 millisecond'`

/** How a cursor is taken. */
interface Taken {
  readonly kind: CursorKind
  readonly owner: string
  readonly leaseMillis: number
}

/**
 * Takes a cursor ($1) until $5 milliseconds after $6, unless a lease of it runs. One that is not
 * there is made at a position ($3), or where the log begins if events were dropped meanwhile.
 * Index: event_cursors_pkey, events_pkey, event_log_pkey. Lock: the row.
 */
export const takeCursor = (schema: string) => {
  const sql = `
insert into ${schema}.event_cursors as c
  (name, kind, position, event_id, epoch, owner, lease_until, updated_at)
select $1, $2, s.position,
  (select e.event_id from ${schema}.events e where e.position = s.position), 1, $4,
  ${now("$6")} + ${later("$5")}, ${now("$6")}
from (select greatest($3, l.horizon) as position from ${schema}.event_log l) as s
on conflict (name) do update
set owner = excluded.owner, epoch = c.epoch + 1, lease_until = excluded.lease_until
where c.kind = excluded.kind and (c.lease_until is null or c.lease_until <= ${now("$6")})
returning c.epoch::float8 as epoch, c.position::float8 as position, c.event_id::text as event_id`
  return (
    name: string,
    taken: Taken & { readonly position: number },
    nowMillis: number | null
  ): Query =>
    query(
      sql,
      text(name),
      text(taken.kind),
      int8(taken.position),
      text(taken.owner),
      int8(taken.leaseMillis),
      instant(nowMillis)
    )
}

/**
 * Takes a cursor ($1) that is there until $4 milliseconds after $5, unless a lease of it runs.
 * Index: event_cursors_pkey. Lock: the row.
 */
export const retakeCursor = (schema: string) => {
  const sql = `
update ${schema}.event_cursors c
set owner = $3, epoch = c.epoch + 1, lease_until = ${now("$5")} + ${later("$4")}
where c.name = $1 and c.kind = $2 and (c.lease_until is null or c.lease_until <= ${now("$5")})
returning c.epoch::float8 as epoch, c.position::float8 as position, c.event_id::text as event_id`
  return (name: string, taken: Taken, nowMillis: number | null): Query =>
    query(
      sql,
      text(name),
      text(taken.kind),
      text(taken.owner),
      int8(taken.leaseMillis),
      instant(nowMillis)
    )
}

/** The cursor, for as long as nobody has taken it since. */
const owned = `c.name = $1 and c.epoch = $2 and c.owner is not null`

/**
 * Lengthens a lease to $3 milliseconds after $4. The row may be locked for long by a handler that moves
 * it in a transaction, so the wait for it is short.
 * Index: event_cursors_pkey. Lock: the row.
 */
export const renewCursor = (schema: string) => {
  const sql = `
update ${schema}.event_cursors c set lease_until = ${now("$4")} + ${later("$3")}
where ${waitsAtMost("'250ms'")} and ${owned} returning 1`
  return ({ epoch, name }: Lease, leaseMillis: number, nowMillis: number | null): Query =>
    query(sql, text(name), int8(epoch), int8(leaseMillis), instant(nowMillis))
}

/**
 * Moves a cursor forward, but not from before where its owner knows it ($9), and keeps what was left
 * out ($5 to $7).
 * Index: event_cursors_pkey. Lock: the row.
 */
export const advanceCursor = (schema: string) => {
  const sql = `
with moved as (
  update ${schema}.event_cursors c set position = greatest(c.position, $3),
    event_id = case when $3 >= c.position then $4::uuid else c.event_id end,
    updated_at = ${now("$8")}
  where ${owned} and c.position >= $9 returning c.name
), kept as (
  insert into ${schema}.dead_letters (cursor, position, event_id, cause, created_at)
  select m.name, n.position, n.event_id::uuid, n.cause, ${now("$8")}
  from moved m cross join unnest($5::int8[], $6::text[], $7::text[])
    as n(position, event_id, cause)
)
select m.name::text as name from moved m`
  return (
    lease: Lease,
    { deadLetters, eventId, position }: Advance,
    nowMillis: number | null
  ): Query =>
    query(
      sql,
      text(lease.name),
      int8(lease.epoch),
      int8(position),
      text(eventId),
      int8s(deadLetters.map((letter) => letter.position)),
      texts(deadLetters.map((letter) => letter.eventId)),
      texts(deadLetters.map((letter) => letter.cause)),
      instant(nowMillis),
      int8(lease.position)
    )
}

const markSet = "set_config('holdfast.cursor', $1, true) as mark"

/**
 * Leaves a mark that lasts as long as the transaction, and not beyond a statement without one.
 * Index: none. Lock: none.
 */
export const markTransaction = (mark: string): Query => query(`select ${markSet}`, text(mark))

/**
 * Leaves such a mark in the transaction of a handler. One that sleeps keeps the cursor locked, so
 * the server ends it after 5 s.
 * Index: none. Lock: none.
 */
export const markHandler = (mark: string): Query =>
  query(
    `select ${markSet}, set_config('idle_in_transaction_session_timeout', '5s', true) as idle`,
    text(mark)
  )

/**
 * Moves a cursor forward, but not from before where its owner knows it ($6), in the transaction of a
 * handler that has the mark ($5), once. The row says whether it moved, where it stood before, and
 * which mark and which transaction there is.
 * Index: event_cursors_pkey. Lock: the row.
 */
export const moveCursor = (schema: string) => {
  const mark = "current_setting('holdfast.cursor', true)"
  const sql = `
with moved as (
  update ${schema}.event_cursors c set position = $3, event_id = $4::uuid,
    updated_at = clock_timestamp()
  where ${owned} and c.position < $3 and c.position >= $6 and ${mark} = $5 returning 1
)
select c.epoch::text as epoch, c.position::text as position, ${mark} as mark,
  pg_current_xact_id()::text as transaction_id, (exists (select 1 from moved))::text as is_moved
from ${schema}.event_cursors c where c.name = $1`
  return (
    lease: Lease,
    { eventId, position }: { readonly eventId: string; readonly position: number },
    transactionMark: string
  ): Query =>
    query(
      sql,
      text(lease.name),
      int8(lease.epoch),
      int8(position),
      text(eventId),
      text(transactionMark),
      int8(lease.position)
    )
}

/**
 * Ends a lease.
 * Index: event_cursors_pkey. Lock: the row.
 */
export const releaseCursor = (schema: string) => {
  const sql = `
update ${schema}.event_cursors c set owner = null, lease_until = null where ${owned}`
  return ({ epoch, name }: Lease): Query => query(sql, text(name), int8(epoch))
}

/**
 * Sets a cursor to a position that the log has reached, and of which it has dropped nothing, and
 * ends its lease.
 * Index: event_cursors_pkey, events_pkey, event_log_pkey. Lock: the row.
 */
export const resetCursor = (schema: string) => {
  const sql = `
update ${schema}.event_cursors c set position = $2,
  event_id = (select e.event_id from ${schema}.events e where e.position = $2),
  epoch = c.epoch + 1, owner = null, lease_until = null, reached_before = null,
  updated_at = ${now("$3")}
where c.name = $1 and $2 <= ${drawnOf(schema)}
  and $2 >= (select l.horizon from ${schema}.event_log l where l.is_only_row)
returning 1`
  return (name: string, position: number, nowMillis: number | null): Query =>
    query(sql, text(name), int8(position), instant(nowMillis))
}

/**
 * Removes a cursor and its dead letters, and says how many these were.
 * Index: event_cursors_pkey, dead_letters_pkey. Lock: the row, and those of the letters.
 */
export const deleteCursor = (schema: string) => {
  const sql = `
with gone as (
  delete from ${schema}.event_cursors c where c.name = $1 returning 1
), letters as (
  delete from ${schema}.dead_letters d where d.cursor = $1 and exists (select 1 from gone)
  returning 1
)
select (select count(*) from letters)::float8 as letters from gone`
  return (name: string): Query => query(sql, text(name))
}

/**
 * Ends a lease, and keeps the cursor from everybody: it had reached a position ($3) where the log has another event or none.
 * Index: event_cursors_pkey. Lock: the row.
 */
export const suspendCursor = (schema: string) => {
  const sql = `
update ${schema}.event_cursors c set owner = null, lease_until = null, reached_before = $3
where ${owned} returning 1`
  return ({ epoch, name }: Lease, position: number): Query =>
    query(sql, text(name), int8(epoch), int8(position))
}

/**
 * Lets a cursor go on in a log that was restored, which is a new incarnation from then on.
 * Index: event_cursors_pkey, events_pkey, event_log_pkey. Lock: the row, and the one row of the log.
 */
export const adoptLog = (schema: string) => {
  const sql = `
with moved as (
  update ${schema}.event_cursors c set position = n.position, event_id = n.event_id,
    epoch = c.epoch + 1, owner = null, lease_until = null, reached_before = null,
    updated_at = ${now("$2")}
  from (
    select s.position,
      (select e.event_id from ${schema}.events e where e.position = s.position) as event_id
    from (select least(k.position, ${drawnOf(schema)}) as position
      from ${schema}.event_cursors k where k.name = $1) as s
  ) as n
  where c.name = $1 returning c.position
)
update ${schema}.event_log l set incarnation = l.incarnation + 1
from moved m where l.is_only_row
returning l.incarnation::float8 as incarnation, m.position::float8 as position`
  return (name: string, nowMillis: number | null): Query =>
    query(sql, text(name), instant(nowMillis))
}

/**
 * Forgets a dead letter of a cursor.
 * Index: dead_letters_pkey. Lock: the row.
 */
export const deleteDeadLetter = (schema: string) => {
  const sql = `delete from ${schema}.dead_letters where cursor = $1 and id = $2 returning 1`
  return (cursor: string, id: number): Query => query(sql, text(cursor), int8(id))
}

/**
 * Wakes the processes that follow the log, if one of them has a lease: another than those of this process
 * ($1, $2), where nobody needs it. The rows say whether. A transaction that notifies is flushed to the disk.
 * Index: event_cursors_pkey. Lock: none.
 */
export const notifyFollowers = (schema: string, channel: string) => {
  const sql = `
select pg_notify('${channel}', '')::text as notified from ${schema}.event_cursors c
where c.lease_until > clock_timestamp()
  and (c.name, c.epoch) not in (select * from unnest($1::text[], $2::int8[]))
order by c.name limit 1`
  return (here: ReadonlyMap<string, number>): Query =>
    query(sql, texts([...here.keys()]), int8s([...here.values()]))
}
