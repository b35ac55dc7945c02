/** An event as a Kafka message: the envelope as JSON, and headers for those who do not read it. */
import { envelopeJson, type KeptEvent } from "@holdfast/core/events"
import * as DateTime from "effect/DateTime"
import type { KafkaMessage } from "../clients/KafkaClient.ts"
import { sourceOf } from "./topicOf.ts"

/** A message and what to remember of it. */
export interface EventMessage extends KafkaMessage {
  readonly key: Buffer
  readonly value: Buffer
  readonly eventId: string
  /** About how many bytes it takes in a batch, before compression. */
  readonly bytes: number
}

/** The key of an event's message: all events of an aggregate are in one partition. */
export const keyOf = (event: KeptEvent): Buffer => Buffer.from(event.aggregateId)

/**
 * The headers: fields of the envelope under their own names (those that are null are left out), and
 * the attributes of CloudEvents 1.0 in the binary mode of its Kafka binding.
 */
export const headersOf = (event: KeptEvent): Readonly<Record<string, string>> => ({
  eventType: event.eventType,
  eventId: event.eventId,
  aggregateType: event.aggregateType,
  version: String(event.version),
  ...(event.correlationId === null ? {} : { correlationId: event.correlationId }),
  ...(event.traceparent === null ? {} : { traceparent: event.traceparent }),
  "content-type": "application/json",
  ce_specversion: "1.0",
  ce_id: event.eventId,
  ce_type: event.eventType,
  ce_source: sourceOf(event.eventType),
  ce_subject: event.aggregateId,
  ce_time: DateTime.formatIso(event.timestamp)
})

/** The names of the headers, the values that are always the same, and what a record adds. */
const otherBytes = 300

/** About how many bytes the headers take: nearly all of it is ASCII. */
const headerBytes = (event: KeptEvent): number =>
  2 * (event.eventType.length + event.eventId.length) +
  event.aggregateId.length +
  event.aggregateType.length +
  (event.correlationId?.length ?? 0) +
  (event.traceparent?.length ?? 0)

/** The message of an event; its key is the id of the aggregate. */
export const messageOf = (event: KeptEvent, key: Buffer = keyOf(event)): EventMessage => {
  const value = Buffer.from(envelopeJson(event))
  const bytes = key.length + value.length + headerBytes(event) + otherBytes
  return { key, value, headers: headersOf(event), eventId: event.eventId, bytes }
}
