/** An event as JSON on its way out. The payload's text is put in as it was kept, unread. */
import * as DateTime from "effect/DateTime"
import type { KeptEvent } from "./EventLog.ts"

/** The JSON of the envelope around a kept payload. */
export const envelopeJson = (event: KeptEvent): string => {
  const { aggregateId, commandId, correlationId, eventId, eventType, traceparent, version } = event
  const first = { eventId, eventType, aggregateId, timestamp: DateTime.formatIso(event.timestamp) }
  const last = { version, commandId, correlationId, traceparent }
  return `${JSON.stringify(first).slice(0, -1)},"payload":${event.payloadJson},${JSON.stringify(last).slice(1)}`
}
