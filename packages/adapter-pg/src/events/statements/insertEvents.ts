import { type AuditDraft, keptRecord } from "@holdfast/core/audit"
import type { DomainEvent } from "@holdfast/core/engine"
import {
  bools,
  instant,
  int8s,
  type Param,
  type Query,
  query,
  texts,
  textsIfAny
} from "../../connection/Query.ts"
import { auditBlock } from "../../schema/engineTables.ts"

/** The events of a batch as rows, in their order. */
const eventRows = `unnest($1::text[], $2::text[], $3::text[], $4::int8[], $5::text[], $6::text[],
  $7::text[], $8::text[], $10::bool[]) with ordinality
  as n(event_id, event_type, aggregate_id, version, command_id, correlation_id, traceparent,
    payload, opens_run, place)`

const insert = (schema: string) => `
insert into ${schema}.events (position, event_id, event_type, aggregate_id, version, "timestamp",
  command_id, correlation_id, traceparent, payload, opens_run)
select nextval('${schema}.event_positions'), event_id::uuid, event_type, aggregate_id, version, $9,
  command_id::uuid, correlation_id, traceparent, payload::json, opens_run
from ${eventRows}
order by place`

/** The events of a batch, which of them open a run, and the instant of the batch. */
interface InsertedEvents {
  readonly events: ReadonlyArray<DomainEvent<string, unknown>>
  readonly opensRun: ReadonlyArray<boolean>
  /** The JSON text of each payload. */
  readonly payloads: ReadonlyArray<string>
  readonly nowMillis: number
}

const paramsOf = ({
  events,
  nowMillis,
  opensRun,
  payloads
}: InsertedEvents): ReadonlyArray<Param> => [
  texts(events.map((event) => event.eventId)),
  texts(events.map((event) => event.eventType)),
  texts(events.map((event) => event.aggregateId)),
  int8s(events.map((event) => event.version)),
  texts(events.map((event) => event.commandId)),
  textsIfAny(events.map((event) => event.correlationId)),
  textsIfAny(events.map((event) => event.traceparent)),
  texts(payloads),
  instant(nowMillis),
  bools(opensRun)
]

/**
 * Appends to the event log, in the order given. The position is drawn while the aggregates are locked,
 * so for one aggregate the order of positions is the order of commits. `opensRun` says which events
 * are in events_runs; the ones that follow are found from there.
 * Index: events_pkey of the newest partition, and the others of the log for few of the rows.
 * Lock: the new rows.
 */
export const insertEvents = (schema: string) => {
  const sql = insert(schema)
  return (inserted: InsertedEvents): Query => query(sql, ...paramsOf(inserted))
}

/** Where the events of each command stand among those of the batch: the first and the last, from 1. */
const standingOf = (
  events: InsertedEvents["events"],
  drafts: ReadonlyArray<AuditDraft>
): ReadonlyArray<readonly [number, number]> => {
  const standing = new Map<string, [number, number]>()
  for (const [index, { commandId }] of events.entries()) {
    const own = standing.get(commandId)
    if (own === undefined) standing.set(commandId, [index + 1, index + 1])
    else if (own[1] === index) own[1] = index + 1
    else throw new Error(`the events of command ${commandId} do not follow each other`)
  }
  return drafts.map(({ commandId }) => {
    const own = standing.get(commandId)
    if (own === undefined) throw new Error(`a record is about command ${commandId} without events`)
    return own
  })
}

/**
 * Appends to the event log as `insertEvents` does, and to the audit log a record ($11) for each command, which
 * names the positions of its events: a part of the positions of all ($12, $13). These are drawn first, at once for
 * both: a record then takes nothing from rows that were written before it, which saved a tenth of what records cost
 * a batch, and a join of the two made the server loop over both. Records take their positions from blocks: a draw
 * for each cost a third of what 500 records cost a batch.
 * Index: events_pkey of the newest partition, audit_pkey; the others of the log for few of the rows.
 * Lock: the new rows.
 */
export const insertRecordedEvents = (schema: string) => {
  const sql = `
with drawn as materialized (
  select array_agg(nextval('${schema}.event_positions')) as positions
  from generate_series(1, cardinality($1::text[]))
), blocks as materialized (
  select array_agg(nextval('${schema}.audit_positions')) as firsts
  from generate_series(1, cardinality($11::text[]), ${auditBlock})
), written as (
  insert into ${schema}.events (position, event_id, event_type, aggregate_id, version, "timestamp",
    command_id, correlation_id, traceparent, payload, opens_run)
  select drawn.positions[place], event_id::uuid, event_type, aggregate_id, version, $9,
    command_id::uuid, correlation_id, traceparent, payload::json, opens_run
  from drawn cross join ${eventRows}
)
insert into ${schema}.audit (position, record, event_positions, created_at)
select blocks.firsts[1 + (place - 1) / ${auditBlock}] + (place - 1) % ${auditBlock}, record::json,
  drawn.positions[first_event:last_event], $9
from drawn cross join blocks cross join unnest($11::text[], $12::int8[], $13::int8[])
  with ordinality as n(record, first_event, last_event, place)`
  return (inserted: InsertedEvents, drafts: ReadonlyArray<AuditDraft>): Query => {
    const standing = standingOf(inserted.events, drafts)
    return query(
      sql,
      ...paramsOf(inserted),
      texts(drafts.map(keptRecord)),
      int8s(standing.map(([first]) => first)),
      int8s(standing.map(([, last]) => last))
    )
  }
}
