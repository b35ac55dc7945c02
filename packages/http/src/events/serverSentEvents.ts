/** Text of an event stream, as the HTML standard defines Server-Sent Events. Pure. */
import { envelopeJson, type KeptEvent } from "@holdfast/core/events"
import type { EventId } from "@holdfast/core/inventory"

/** Where a reader of a log is: the position of the last event that it passed, and which event that was. */
export interface Place {
  readonly position: number
  /** Undefined where nobody knows it. With it, a reader learns that the log was restored. */
  readonly eventId: EventId | undefined
}

/** The form of the id of a message: a position, and behind a point the id of the event there. */
export const messageIdPattern =
  "^(0|[1-9][0-9]{0,14})(\\.[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})?$"

/** The id of a message. */
export const messageId = ({ eventId, position }: Place): string =>
  eventId === undefined ? String(position) : `${position}.${eventId}`

/** Reads the id of a message, or a position alone; undefined when it is neither. */
export const placeOf = (id: string): Place | undefined => {
  const [, position, eventId] = new RegExp(messageIdPattern).exec(id) ?? []
  return position === undefined
    ? undefined
    : { position: Number(position), eventId: eventId?.slice(1) as EventId | undefined }
}

/**
 * A comment, and how far the stream has come although no event was for its client. A stream begins
 * with it, so that a client that is cut off before its first event goes on from there.
 */
export const heartbeatText = (place: Place): string => `:\nid: ${messageId(place)}\n\n`

/** An event of the log. The envelope is JSON in one line. */
export const eventText = (event: KeptEvent): string =>
  `id: ${messageId(event)}\nevent: ${event.eventType}\ndata: ${envelopeJson(event)}\n\n`

/** The last words of a stream whose next events were dropped: a problem. */
export const goneText = (problem: unknown): string =>
  `event: gone\ndata: ${JSON.stringify(problem)}\n\n`

/**
 * The connection of a stream ends with it: a server that stops would wait for one that is idle. The
 * last header asks nginx to pass each event on at once.
 */
export const streamHeaders = {
  connection: "close",
  "cache-control": "no-store",
  "x-accel-buffering": "no"
}
