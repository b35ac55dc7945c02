import type { DomainEvent } from "@holdfast/core/engine"
import { bools, instant, int8s, type Query, query, texts } from "../../connection/Query.ts"

/**
 * Appends to the event log, in the order given. The position is drawn while the aggregates are locked,
 * so for one aggregate the order of positions is the order of commits. `opensRun` says which events
 * are in events_runs; the ones that follow are found from there.
 * Index: events_pkey of the newest partition, and the others of the log for few of the rows.
 * Lock: the new rows.
 */
export const insertEvents = (schema: string) => {
  const sql = `
insert into ${schema}.events (position, event_id, event_type, aggregate_id, version, "timestamp",
  command_id, correlation_id, traceparent, payload, opens_run)
select nextval('${schema}.event_positions'), event_id::uuid, event_type, aggregate_id, version, $9,
  command_id::uuid, correlation_id, traceparent, payload::json, opens_run
from unnest($1::text[], $2::text[], $3::text[], $4::int8[], $5::text[], $6::text[], $7::text[],
  $8::text[], $10::bool[]) with ordinality
  as n(event_id, event_type, aggregate_id, version, command_id, correlation_id, traceparent,
    payload, opens_run, place)
order by place`
  return (
    events: ReadonlyArray<DomainEvent<string, unknown>>,
    opensRun: ReadonlyArray<boolean>,
    nowMillis: number
  ): Query =>
    query(
      sql,
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
    )
}
