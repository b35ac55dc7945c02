/** Bare producers of the Kafka clients, and the prepared messages that they send. */
import { partitionOf } from "@holdfast/adapter-kafka"
import { unchecked } from "@holdfast/core/engine"
import { envelopeJson, type KeptEvent } from "@holdfast/core/events"
import { Producer, stringSerializers } from "@platformatic/kafka"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import kafkajs from "kafkajs"
import { partitions } from "../kafkaServer.ts"

const { Kafka, Partitioners } = kafkajs

/** Events that are sent together, each partition's in one batch. */
export const page = 1_000
/** How many events there are; a longer turn publishes them again. */
export const prepared = 20_000

const eventOf = (n: number): KeptEvent => ({
  position: n,
  eventId: unchecked.eventId.make(`0199c0de-0000-7000-8000-${String(n).padStart(12, "0")}`),
  eventType: "inventory.stock.reserved",
  aggregateType: "sku",
  aggregateId: `sku-${n % 5_000}`,
  version: Math.floor(n / 5_000) + 1,
  timestamp: DateTime.makeUnsafe(1_760_000_000_000 + n),
  commandId: unchecked.commandId.make(`0199c0de-1111-7000-8000-${String(n).padStart(12, "0")}`),
  correlationId: `order-${n}`,
  traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
  payloadJson: JSON.stringify({
    reservationId: `reservation-${n}`,
    orderId: `order-${n}`,
    lineId: "1",
    skuId: `sku-${n % 5_000}`,
    quantity: 2,
    locationId: "main",
    totalQuantity: 1_000,
    reservedQuantity: 20,
    availableQuantity: 980,
    expiresAt: "2026-02-03T04:05:06.789Z"
  })
})

/** The events. */
export const events: ReadonlyArray<KeptEvent> = Array.from({ length: prepared }, (_, n) =>
  eventOf(n)
)

/** A message as a bare producer sends it. */
export interface Prepared {
  readonly key: Buffer
  readonly value: Buffer
  readonly headers: Record<string, string>
  readonly partition: number
}

/** Sends one batch. */
export type SendBatch = (topic: string, batch: ReadonlyArray<Prepared>) => Promise<unknown>

/** The message that the publisher makes of an event. */
const messageOf = (event: KeptEvent): Prepared => {
  const key = Buffer.from(event.aggregateId)
  const headers = {
    eventType: event.eventType,
    eventId: event.eventId,
    version: String(event.version),
    correlationId: event.correlationId ?? "",
    traceparent: event.traceparent ?? "",
    "content-type": "application/json",
    ce_specversion: "1.0",
    ce_id: event.eventId,
    ce_type: event.eventType,
    ce_source: "urn:holdfast:inventory",
    ce_subject: event.aggregateId,
    ce_time: DateTime.formatIso(event.timestamp)
  }
  const value = Buffer.from(envelopeJson(event))
  return { key, value, headers, partition: partitionOf(key, partitions) }
}

/** The events as messages: pages, each with a batch for each partition. */
export const preparedPages = () => {
  const pages: Array<ReadonlyArray<ReadonlyArray<Prepared>>> = []
  for (let from = 0; from < prepared; from += page) {
    const messages = events.slice(from, from + page).map(messageOf)
    pages.push([...Map.groupBy(messages, ({ partition }) => partition).values()])
  }
  return pages
}

/** A producer of KafkaJS. */
export const bareKafkaJs = (brokers: ReadonlyArray<string>) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.promise(async () => {
        const producer = new Kafka({
          brokers: [...brokers],
          logCreator: () => () => undefined
        }).producer({
          idempotent: true,
          maxInFlightRequests: 1,
          createPartitioner: Partitioners.DefaultPartitioner
        })
        await producer.connect()
        return producer
      }),
      (producer) => Effect.promise(() => producer.disconnect())
    ),
    (producer): SendBatch =>
      (topic, messages) =>
        producer.send({ topic, acks: -1, messages: [...messages] })
  )

/** A producer of @platformatic/kafka. */
export const barePlatformatic = (brokers: ReadonlyArray<string>) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.promise(async () => {
        const { headerKey, headerValue } = stringSerializers
        const producer = new Producer<Buffer, Buffer, string, string>({
          clientId: "bare",
          bootstrapBrokers: [...brokers],
          idempotent: true,
          serializers: { headerKey, headerValue }
        })
        await producer.initIdempotentProducer({})
        return producer
      }),
      (producer) => Effect.promise(() => producer.close())
    ),
    (producer): SendBatch =>
      (topic, messages) =>
        producer.send({ messages: messages.map((message) => ({ ...message, topic })) })
  )
