/** An event as a Kafka message: the envelope as JSON, and headers for those who do not read it. */
import { envelopeJson, type KeptEvent } from "@holdfast/core/events"
import * as DateTime from "effect/DateTime"
import type { KafkaMessage } from "../clients/KafkaClient.ts"
import { contextOf } from "./topicOf.ts"

/** A message and what to remember of it. */
export interface EventMessage extends KafkaMessage {
  readonly key: Buffer
  readonly value: Buffer
  readonly eventId: string
  /** About how many bytes it takes in a batch, before compression. */
  readonly bytes: number
}

/**
 * The headers: fields of the envelope under their own names (those that are null are left out), and
 * the attributes of CloudEvents 1.0 in the binary mode of its Kafka binding.
 */
export const headersOf = (event: KeptEvent): Readonly<Record<string, string>> => ({
  eventType: event.eventType,
  eventId: event.eventId,
  version: String(event.version),
  ...(event.correlationId === null ? {} : { correlationId: event.correlationId }),
  ...(event.traceparent === null ? {} : { traceparent: event.traceparent }),
  "content-type": "application/json",
  ce_specversion: "1.0",
  ce_id: event.eventId,
  ce_type: event.eventType,
  ce_source: `urn:holdfast:${contextOf(event.eventType)}`,
  ce_subject: event.aggregateId,
  ce_time: DateTime.formatIso(event.timestamp)
})

const headerBytes = (headers: Readonly<Record<string, string>>): number => {
  let bytes = 0
  // Two lengths, and text that is nearly always ASCII.
  for (const [name, value] of Object.entries(headers)) bytes += name.length + value.length + 4
  return bytes
}

/** The message of an event; its key is the id of the aggregate. */
export const messageOf = (event: KeptEvent): EventMessage => {
  const key = Buffer.from(event.aggregateId)
  const value = Buffer.from(envelopeJson(event))
  const headers = headersOf(event)
  const bytes = key.length + value.length + headerBytes(headers) + 30
  return { key, value, headers, eventId: event.eventId, bytes }
}
