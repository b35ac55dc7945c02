import type { InventoryEvent, UpdatedLevel } from "@holdfast/core/effect"
import { bools, instant, int8s, type Query, query, texts } from "../../connection/Query.ts"

/** A SKU that changes more often than this, in milliseconds, has few of its events in the index. */
const quietMillis = 4_000

/** How many of its versions share one event in `events_runs`; a batch may have more. */
const versionsPerRun = 8

/**
 * Which events open a run, and so are in `events_runs`; the events that follow are found from
 * there. The first event of a SKU here opens one, unless the SKU changed within four seconds before,
 * in the same eight versions. So a run is at most eight batches, each within four seconds of the one
 * before, and ends at the end of a batch.
 */
const opening = (
  events: ReadonlyArray<InventoryEvent>,
  updatedLevels: ReadonlyArray<UpdatedLevel>,
  nowMillis: number
): ReadonlyArray<boolean> => {
  const lately = new Set<string>()
  for (const { level, loadedAt } of updatedLevels) {
    if (loadedAt.epochMilliseconds >= nowMillis - quietMillis) lately.add(level.skuId)
  }
  const last = new Map<string, number>()
  for (const { aggregateId, version } of events) last.set(aggregateId, version)
  const known = new Set<string>()
  const places = new Set<string>()
  return events.map(({ aggregateId, payload, version }) => {
    if ("location" in payload) return places.size !== places.add(aggregateId).size
    if (known.size === known.add(aggregateId).size) return false
    const runOf = (ofVersion: number) => Math.floor(ofVersion / versionsPerRun)
    return !lately.has(aggregateId) || runOf(version - 1) !== runOf(last.get(aggregateId) ?? 0)
  })
}

/**
 * Appends to the event log, in the order given. The position is drawn while the SKUs are locked,
 * so for one aggregate the order of positions is the order of commits.
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
    events: ReadonlyArray<InventoryEvent>,
    updatedLevels: ReadonlyArray<UpdatedLevel>,
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
      bools(opening(events, updatedLevels, nowMillis))
    )
}
