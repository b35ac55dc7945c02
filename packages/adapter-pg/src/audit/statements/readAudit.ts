import type { AuditQuery, SealedLog } from "@holdfast/core/audit"
import {
  instant,
  int8,
  type Param,
  type Query,
  query,
  text,
  texts
} from "../../connection/Query.ts"
import { millis } from "../../connection/sqlText.ts"

const micros = (column: string) => `(extract(epoch from ${column}) * 1000000)::int8::text`

const recordColumns = `a.position::float8 as position, a.audit_id::text as audit_id,
  a.outcome::text as outcome, a.principal_kind::text as principal_kind,
  a.principal_id::text as principal_id, a.actor::text as actor, a.operation::text as operation,
  array_to_json(a.targets)::text as targets, a.command_id::text as command_id,
  a.correlation_id::text as correlation_id, a.key_digest::text as key_digest,
  a.sender_digest::text as sender_digest, array_to_json(a.event_positions)::text as event_positions,
  a.reason, a.dropped::float8 as dropped, ${millis("a.created_at")} as created_at,
  ${micros("a.created_at")} as created_micros`

/**
 * How far a transaction may lag behind its clock: the instant of a record is read before its position
 * is drawn, and a transaction lasts at most some seconds.
 */
const lag = "interval '1 minute'"

/** The conditions of a question beside the one whose index is walked, and their parameters. */
const conditionsOf = (schema: string, asked: AuditQuery) => {
  const params: Array<Param> = [int8(asked.limit), int8(asked.before ?? Number.MAX_SAFE_INTEGER)]
  const conditions = ["a.position < $2"]
  const add = (param: Param, condition: (name: string) => string) => {
    params.push(param)
    conditions.push(condition(`$${params.length}`))
  }
  const { from, operation, principal, target, until } = asked
  if (principal !== undefined) add(text(principal), (name) => `a.principal_id = ${name}`)
  if (operation !== undefined) add(text(operation), (name) => `a.operation = ${name}`)
  if (target !== undefined) add(text(target), (name) => `a.targets @> array[${name}::text]`)
  if (from !== undefined) {
    add(
      instant(from.epochMilliseconds),
      (name) => `a.created_at >= ${name} and a.position >= coalesce(
    (select b.position from ${schema}.audit b where b.created_at < ${name}::timestamptz - ${lag}
      order by b.created_at desc limit 1), 0)`
    )
  }
  if (until !== undefined) {
    add(
      instant(until.epochMilliseconds),
      (name) => `a.created_at <= ${name} and a.position <= coalesce(
    (select b.position from ${schema}.audit b where b.created_at > ${name}::timestamptz + ${lag}
      order by b.created_at limit 1), 9007199254740991)`
    )
  }
  return { conditions: conditions.join("\n  and "), params }
}

/**
 * Reads records, the newest first; the conditions are those that are asked for. Records of a target are
 * found by audit_targets as far as they are sealed, and among the few others one by one. The bounds of
 * time are taken for bounds of positions by audit_created_at, with room for transactions that
 * overtook each other.
 * Index: audit_pkey, audit_principal, audit_operation or audit_targets_pkey; audit_created_at, seals_pkey.
 * Lock: none.
 */
export const readAudit = (schema: string) => {
  const plain = (conditions: string) => `
select ${recordColumns}
from ${schema}.audit a
where ${conditions}
order by a.position desc
limit $1`
  const ofTarget = (conditions: string, target: string) => `
with sealed as (
  select coalesce((select s.last_position from ${schema}.seals s where s.log = 'AUDIT'
    order by s.number desc limit 1), 0) as position
)
select * from (
  (select ${recordColumns}
  from ${schema}.audit a
  where a.position > (select position from sealed) and ${conditions}
  order by a.position desc
  limit $1)
  union all
  (select ${recordColumns}
  from ${schema}.audit_targets t
  cross join lateral (select * from ${schema}.audit b where b.position = t.position limit 1) as a
  where t.target = ${target} and t.position < $2 and t.position <= (select position from sealed)
    and ${conditions}
  order by t.position desc
  limit $1)
) as found
order by position desc
limit $1`
  return (asked: AuditQuery): Query => {
    const { conditions, params } = conditionsOf(schema, asked)
    const place = params.findIndex(({ value }) => value === asked.target) + 1
    return asked.target === undefined
      ? query(plain(conditions), ...params)
      : query(ofTarget(conditions, `$${place}`), ...params)
  }
}

/**
 * Reads the records of commands.
 * Index: audit_command. Lock: none.
 */
export const readAuditOfCommands = (schema: string) => {
  const sql = `
select ${recordColumns}
from unnest($1::text[]) as n(command_id)
cross join lateral (select * from ${schema}.audit b where b.command_id = n.command_id::uuid limit 1)
  as a`
  return (commandIds: ReadonlyArray<string>): Query => query(sql, texts(commandIds))
}

/**
 * Reads records after a position ($1) up to another one ($2), in order.
 * Index: audit_pkey. Lock: none.
 */
export const readAuditRange = (schema: string) => {
  const sql = `
select ${recordColumns}
from ${schema}.audit a
where a.position > $1 and a.position <= $2
order by a.position
limit $3`
  return (after: number, upTo: number, limit: number): Query =>
    query(sql, int8(after), int8(upTo), int8(limit))
}

const eventColumns = `e.position::float8 as position, e.event_id::text as event_id,
  e.event_type::text as event_type, e.aggregate_id::text as aggregate_id,
  e.version::float8 as version, ${micros('e."timestamp"')} as micros,
  e.command_id::text as command_id, e.correlation_id::text as correlation_id,
  e.traceparent::text as traceparent, e.payload::text as payload, e.opens_run`

const fromEvents = (schema: string) => `
from ${schema}.events e
where e.position > $1 and e.position <= $2
order by e.position
limit $3`

/**
 * Reads events after a position ($1) up to another one ($2), in order, as they are sealed.
 * Index: events_pkey. Lock: none.
 */
export const readSealedEvents = (schema: string) => {
  const sql = `
select ${eventColumns}, null::text as movement${fromEvents(schema)}`
  return (after: number, upTo: number, limit: number): Query =>
    query(sql, int8(after), int8(upTo), int8(limit))
}

/**
 * The same, each with the movement that it is: the one with the id and the instant of the event.
 * Index: events_pkey, and the primary key of the month's partition of stock_movements. Lock: none.
 */
export const readSealedMovements = (schema: string) => {
  const sql = `
select n.*, (
  select json_build_array(m.sku_id, m.location_id, m.sequence, m.type, m.quantity, m.balance_after,
    m.reference, m.reason, m.actor, m.transfer_id, ${micros("m.occurred_at")}, m.order_id)::text
  from ${schema}.stock_movements m where m.id = n.event_id::uuid and m.created_at = n.instant
) as movement
from (
  select ${eventColumns}, e."timestamp" as instant${fromEvents(schema)}
) as n
order by n.position`
  return (after: number, upTo: number, limit: number): Query =>
    query(sql, int8(after), int8(upTo), int8(limit))
}

/**
 * Reads a movement that is no event, of a month from which no event was dropped; those that carry a
 * balance forward aside.
 * Index: none, the ledger and the log are read whole, once in a check of both. Lock: none.
 */
export const readStrayMovement = (schema: string) => {
  const sql = `
select 'movement ' || m.id || ' of ' || m.sku_id as stray
from ${schema}.stock_movements m
where m.type <> 'OPENING'
  and m.created_at > coalesce((select e."timestamp" from ${schema}.events e
    where exists (select 1 from ${schema}.event_log l where l.horizon > 0)
    order by e.position limit 1), '-infinity')
  and not exists (select 1 from ${schema}.events e where e.event_id = m.id)
order by m.created_at, m.id
limit 1`
  return (): Query => query(sql)
}

/**
 * Reads where requests came from, encrypted.
 * Index: audit_private_pkey. Lock: none.
 */
export const readSenders = (schema: string) => {
  const sql = `
select p.audit_id::text as audit_id, p.salt::text as salt, p.key_id::text as key_id, p.ciphertext
from unnest($1::text[]) as n(audit_id)
cross join lateral (select * from ${schema}.audit_private b where b.audit_id = n.audit_id::uuid
  limit 1) as p`
  return (auditIds: ReadonlyArray<string>): Query => query(sql, texts(auditIds))
}

const sealColumns = `s.log::text as log, s.number::float8 as number,
  s.last_position::float8 as last_position, s.leaves, s.previous::text as previous,
  s.digest::text as digest, ${millis("s.sealed_at")} as sealed_at`

/**
 * Reads seals of a log ($1) after a number ($2), in order.
 * Index: seals_pkey. Lock: none.
 */
export const readSeals = (schema: string) => {
  const sql = `
select ${sealColumns} from ${schema}.seals s
where s.log = $1 and s.number > $2
order by s.number
limit $3`
  return (log: SealedLog, after: number, limit: number): Query =>
    query(sql, text(log), int8(after), int8(limit))
}

/**
 * Reads the last seal of a log.
 * Index: seals_pkey. Lock: none.
 */
export const readLastSeal = (schema: string) => {
  const sql = `
select ${sealColumns} from ${schema}.seals s
where s.log = $1
order by s.number desc
limit 1`
  return (log: SealedLog): Query => query(sql, text(log))
}

/**
 * Reads from when on the ledger is kept whole: null as long as no month of it was dropped.
 * Index: none, the ledger is read whole, once in a check. Lock: none.
 */
export const readLedgerStart = (schema: string) => {
  const sql = `
select ${millis("min(m.created_at)")} as kept_from from ${schema}.stock_movements m
where m.type = 'OPENING'`
  return (): Query => query(sql)
}
