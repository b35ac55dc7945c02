/** An event of a log that exists in a test alone. */
import type { KeptEvent } from "@holdfast/core/events"
import * as DateTime from "effect/DateTime"

/** The event at a position. */
export const eventAt = (
  position: number,
  own: { readonly eventId?: string; readonly payloadJson?: string } = {}
): KeptEvent =>
  ({
    position,
    eventId: `event-${position}`,
    eventType: "inventory.stock.updated",
    aggregateId: "mug",
    aggregateType: "SKU",
    version: position,
    timestamp: DateTime.makeUnsafe(0),
    commandId: "command",
    correlationId: null,
    traceparent: null,
    payloadJson: "{}",
    ...own
  }) as unknown as KeptEvent
