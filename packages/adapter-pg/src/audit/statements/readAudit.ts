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
import { marksOf } from "./writeAudit.ts"

const micros = (column: string) => `(extract(epoch from ${column}) * 1000000)::int8::text`

const recordColumns = `a.position::float8 as position, a.record::text as record,
  array_to_json(a.event_positions)::text as event_positions,
  ${millis("a.created_at")} as created_at, ${micros("a.created_at")} as created_micros`

/**
 * How far a transaction may lag behind its clock: the instant of a record is read before its position
 * is drawn, and a transaction lasts at most some seconds.
 */
const lag = "interval '1 minute'"

const conditionOf = {
  target: (name: string) => `exists (select 1 from json_array_elements_text(a.record -> 'targets')
    as t(target) where t.target = ${name})`,
  principal: (name: string) => `a.record -> 'principal' ->> 'id' = ${name}`,
  operation: (name: string) => `a.record ->> 'operation' = ${name}`
}

type Mark = keyof typeof conditionOf

/** The marks, the one that few records have first. */
const marks: ReadonlyArray<Mark> = ["target", "principal", "operation"]

/** What is asked for as conditions on a record (`a`), their parameters, and the mark to go by. */
const conditionsOf = (schema: string, asked: AuditQuery) => {
  const params: Array<Param> = [int8(asked.limit), int8(asked.before ?? Number.MAX_SAFE_INTEGER)]
  const conditions: Array<string> = []
  const add = (param: Param, condition: (name: string) => string): string => {
    params.push(param)
    const name = `$${params.length}`
    conditions.push(condition(name))
    return name
  }
  let mark: string | undefined
  for (const which of marks) {
    const value = asked[which]
    if (value === undefined) continue
    const name = add(text(value), conditionOf[which])
    mark ??= `'${which}:' || ${name}`
  }
  const { from, until } = asked
  const seals = (name: string, condition: string) => `
    (select s.last_position from ${schema}.seals s where s.log = 'AUDIT'
      and s.ended_at ${condition.replace("?", `${name}::timestamptz`)} limit 1)`
  if (from !== undefined) {
    add(
      instant(from.epochMilliseconds),
      (name) => `a.created_at >= ${name} and a.position > coalesce(
    ${seals(name, `< ? - ${lag} order by s.ended_at desc`)}, 0)`
    )
  }
  if (until !== undefined) {
    add(
      instant(until.epochMilliseconds),
      (name) => `a.created_at <= ${name} and a.position <= coalesce(
    ${seals(name, `> ? + ${lag} order by s.ended_at`)}, 9007199254740991)`
    )
  }
  return { conditions: conditions.map((one) => ` and ${one}`).join("\n  "), mark, params }
}

const lastSealed = (schema: string) => `coalesce((select s.last_position from ${schema}.seals s
    where s.log = 'AUDIT' order by s.number desc limit 1), 0)`

/**
 * Reads records, the newest first; the conditions are those that are asked for. Records of a principal, an
 * operation or a target are found by their mark as far as they are sealed, and among the few others one by
 * one. Bounds of time become bounds of positions by the seals, with room for transactions that overtook
 * each other.
 * Index: audit_pkey, audit_marks_pkey, seals_pkey, seals_ended_at. Lock: none.
 */
export const readAudit = (schema: string) => {
  const plain = (conditions: string) => `
select ${recordColumns}
from ${schema}.audit a
where a.position < $2${conditions}
order by a.position desc
limit $1`
  const marked = (conditions: string, mark: string) => `
with sealed as materialized (
  select ${lastSealed(schema)} as last
)
select * from (
  (select ${recordColumns}
  from ${schema}.audit a
  where a.position > (select last from sealed) and a.position < $2${conditions}
  order by a.position desc
  limit $1)
  union all
  (select ${recordColumns}
  from ${schema}.audit_marks m
  cross join lateral (select * from ${schema}.audit b where b.position = m.position limit 1) as a
  where m.mark = ${mark} and m.position < $2 and m.position <= (select last from sealed)${conditions}
  order by m.position desc
  limit $1)
) as found
order by position desc
limit $1`
  return (asked: AuditQuery): Query => {
    const { conditions, mark, params } = conditionsOf(schema, asked)
    return query(mark === undefined ? plain(conditions) : marked(conditions, mark), ...params)
  }
}

/**
 * Reads the records of commands.
 * Index: audit_marks_pkey, audit_pkey, seals_pkey. Lock: none.
 */
export const readAuditOfCommands = (schema: string) => {
  const sql = `
select ${recordColumns}
from unnest($1::text[]) as n(command_id)
cross join lateral (select m.position from ${schema}.audit_marks m
  where m.mark = 'command:' || n.command_id limit 1) as m
cross join lateral (select * from ${schema}.audit b where b.position = m.position limit 1) as a
union all
select ${recordColumns}
from ${schema}.audit a
where a.position > ${lastSealed(schema)} and a.record ->> 'commandId' = any($1::text[])`
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

/**
 * Reads the first record after a position ($1) up to another one ($2) that lacks one of its marks.
 * Index: audit_pkey, audit_marks_pkey. Lock: none.
 */
export const readUnmarked = (schema: string) => {
  const sql = `
select a.position::float8 as position
from ${schema}.audit a
cross join lateral (${marksOf}) as m
where a.position > $1 and a.position <= $2 and m.mark is not null
  and (select k.position from ${schema}.audit_marks k
    where k.mark = m.mark and k.position = a.position limit 1) is null
order by a.position
limit 1`
  return (after: number, upTo: number): Query => query(sql, int8(after), int8(upTo))
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
 * Reads a movement that is no event, of a time from which no event was dropped; those that carry a
 * balance forward aside. Transactions overtake each other: one with an earlier position may have a later
 * instant. So what is looked at begins a while after the first event that is kept.
 * Index: none, the ledger and the log are read whole, once in a check of both. Lock: none.
 */
export const readStrayMovement = (schema: string) => {
  const sql = `
select 'movement ' || m.id || ' of ' || m.sku_id as stray
from ${schema}.stock_movements m
where m.type <> 'OPENING'
  and m.created_at > case
    when not exists (select 1 from ${schema}.event_log l where l.horizon > 0) then '-infinity'
    else coalesce((select e."timestamp" + ${lag} from ${schema}.events e
      order by e.position limit 1), 'infinity')
  end
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
  s.digest::text as digest, ${millis("s.ended_at")} as ended_at,
  ${millis("s.sealed_at")} as sealed_at`

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

/**
 * Reads the last anchor of a log ($1): the last seal behind which records were dropped.
 * Index: seal_anchors_pkey. Lock: none.
 */
export const readAnchor = (schema: string) => {
  const sql = `
select k.number::float8 as number, k.last_position::float8 as last_position, k.digest::text as digest
from ${schema}.seal_anchors k
where k.log = $1
order by k.number desc
limit 1`
  return (log: SealedLog): Query => query(sql, text(log))
}
