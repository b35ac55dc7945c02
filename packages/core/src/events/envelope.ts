/** An event as JSON on its way out. The payload's text is put in as it was kept, unread. */
import * as DateTime from "effect/DateTime"
import type { KeptEvent } from "./EventLog.ts"

/** The JSON of the envelope around a kept payload: the five fields that every follower needs, then the rest. */
export const envelopeJson = (event: KeptEvent): string => {
  const { aggregateId, aggregateType, commandId, correlationId, eventId, eventType } = event
  const { incarnation, traceparent, version } = event
  const first = { eventId, eventType, aggregateId, timestamp: DateTime.formatIso(event.timestamp) }
  const last = { aggregateType, version, commandId, correlationId, traceparent, incarnation }
  return `${JSON.stringify(first).slice(0, -1)},"payload":${event.payloadJson},${JSON.stringify(last).slice(1)}`
}
