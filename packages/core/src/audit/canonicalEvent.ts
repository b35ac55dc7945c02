/** The text of an event that is sealed. */
import type { KeptEvent } from "../kernel/DomainEvent.ts"

/** What of an event is sealed beside its envelope, as the store keeps it. */
export interface SealedEventParts {
  /** Its instant as the store keeps it, which may be finer than milliseconds. */
  readonly at: string
  /** Whether it begins a run in the index of runs; null in a store without that index. */
  readonly opensRun: boolean | null
}

/** The text of an event that is sealed. The payload is the text that was written, to the byte. */
export const canonicalEvent = (
  event: Omit<KeptEvent, "aggregateType" | "timestamp" | "position" | "incarnation">,
  { at, opensRun }: SealedEventParts
): string =>
  JSON.stringify([
    event.eventId,
    event.eventType,
    event.aggregateId,
    event.version,
    at,
    event.commandId,
    event.correlationId,
    event.traceparent,
    event.payloadJson,
    opensRun
  ])
