/** Text of an event stream, as the HTML standard defines Server-Sent Events. Pure. */
import { envelopeJson, type KeptEvent } from "@holdfast/core/events"

/**
 * A comment, and how far the stream has come although no event was for its client. A stream begins
 * with it, so that a client that is cut off before its first event goes on from there.
 */
export const heartbeatText = (position: number): string => `:\nid: ${position}\n\n`

/** An event of the log. The envelope is JSON in one line. */
export const eventText = (event: KeptEvent): string =>
  `id: ${event.position}\nevent: ${event.eventType}\ndata: ${envelopeJson(event)}\n\n`

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
