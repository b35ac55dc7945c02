import type { AuditDraft } from "@holdfast/core/audit"
import type { DomainEvent } from "@holdfast/core/engine"
import {
  bools,
  instant,
  int8s,
  type Param,
  type Query,
  query,
  texts
} from "../../connection/Query.ts"

const insert = (schema: string) => `
insert into ${schema}.events (position, event_id, event_type, aggregate_id, version, "timestamp",
  command_id, correlation_id, traceparent, payload, opens_run)
select nextval('${schema}.event_positions'), event_id::uuid, event_type, aggregate_id, version, $9,
  command_id::uuid, correlation_id, traceparent, payload::json, opens_run
from unnest($1::text[], $2::text[], $3::text[], $4::int8[], $5::text[], $6::text[], $7::text[],
  $8::text[], $10::bool[]) with ordinality
  as n(event_id, event_type, aggregate_id, version, command_id, correlation_id, traceparent,
    payload, opens_run, place)
order by place`

/** The events of a batch, which of them open a run, and the instant of the batch. */
interface InsertedEvents {
  readonly events: ReadonlyArray<DomainEvent<string, unknown>>
  readonly opensRun: ReadonlyArray<boolean>
  readonly nowMillis: number
}

const paramsOf = ({ events, nowMillis, opensRun }: InsertedEvents): ReadonlyArray<Param> => [
  texts(events.map((event) => event.eventId)),
  texts(events.map((event) => event.eventType)),
  texts(events.map((event) => event.aggregateId)),
  int8s(events.map((event) => event.version)),
  texts(events.map((event) => event.commandId)),
  texts(events.map((event) => event.correlationId)),
  texts(events.map((event) => event.traceparent)),
  texts(events.map((event) => JSON.stringify(event.payload))),
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

/**
 * Appends to the event log as `insertEvents` does, and to the audit log a record for each command ($11 to
 * $20), which names the positions of its events. It fails when a command has none. No target has a line
 * break, so the targets of a record are one text.
 * Index: events_pkey of the newest partition, audit_pkey; their other indexes grow.
 * Lock: the new rows.
 */
export const insertRecordedEvents = (schema: string) => {
  const sql = `
with written as (${insert(schema)}
  returning position, command_id
), of_command as (
  select command_id, array_agg(position order by position) as positions from written
  group by command_id
), recorded as (
  insert into ${schema}.audit (position, audit_id, outcome, principal_kind, principal_id, actor,
    operation, targets, command_id, correlation_id, key_digest, sender_digest, event_positions,
    dropped, created_at)
  select nextval('${schema}.audit_positions'), audit_id::uuid, 'DONE', principal_kind, principal_id,
    actor, operation, string_to_array(targets, E'\n'), c.command_id, correlation_id, key_digest,
    sender_digest, c.positions, 0, $9
  from (
    select * from unnest($11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::text[],
      $17::text[], $18::text[], $19::text[], $20::text[]) with ordinality
      as n(audit_id, principal_kind, principal_id, actor, operation, targets, for_command,
        correlation_id, key_digest, sender_digest, place)
    order by place
  ) as n join of_command c on c.command_id = n.for_command::uuid
  returning 1
)
select ${schema}.require_rows((select count(*) from recorded), cardinality($11::text[]))::text as done`
  return (inserted: InsertedEvents, drafts: ReadonlyArray<AuditDraft>): Query =>
    query(
      sql,
      ...paramsOf(inserted),
      texts(drafts.map((draft) => draft.auditId)),
      texts(drafts.map((draft) => draft.principal.kind)),
      texts(drafts.map((draft) => draft.principal.id)),
      texts(drafts.map((draft) => draft.actor)),
      texts(drafts.map((draft) => draft.operation)),
      texts(drafts.map((draft) => draft.targets.join("\n"))),
      texts(drafts.map((draft) => draft.commandId)),
      texts(drafts.map((draft) => draft.correlationId)),
      texts(drafts.map((draft) => draft.keyDigest)),
      texts(drafts.map((draft) => draft.sender?.digest ?? null))
    )
}
