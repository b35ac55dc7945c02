/**
 * Handles events about orders from a Kafka topic: an `order.created` ends as an order that is
 * reserved, or rejected, and the answer leaves with the events of the inventory. Any number of servers
 * may do this; they share the partitions of the topic.
 */
import { type KafkaStartError, kafkaConsumer } from "@holdfast/adapter-kafka"
import { kafkaConsumer as platformaticConsumer } from "@holdfast/adapter-kafka/platformatic"
import {
  layerParkedOrderEvents,
  type MigrationError,
  type PgSessions
} from "@holdfast/adapter-pg/effect"
import { type ConsumedMessage, HandleError } from "@holdfast/core/events"
import { type Inventory, sentenceOf } from "@holdfast/core/inventory"
import { OrderFlow } from "@holdfast/core/ordering"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import type { KafkaDestination } from "../cli/kafkaSettings.ts"

/** Where events about orders come from. */
export interface OrdersSource {
  readonly kafka: KafkaDestination
  readonly topic: string
  /** The group that shares the partitions. */
  readonly group: string
}

/** Only a database that is away fails for a while. This many tries last for hours. */
const triesMax = 1_000

const never = (message: string, cause?: unknown) =>
  new HandleError({ message, isRetryable: false, cause })

const logDead = ({ offset, partition, topic }: ConsumedMessage, { message }: HandleError) =>
  Effect.annotateLogs(
    Effect.logWarning(`an event about an order goes among the dead letters: ${message}`),
    { topic, partition, offset }
  )

/** Handles one message: what can never be handled is a dead letter, with the reason. */
const handleWith = (flow: OrderFlow["Service"]) => (message: ConsumedMessage) => {
  const { headers, value } = message
  const { correlationId, traceparent } = headers
  return flow.handleOrderEvent(value, { correlationId, traceparent }).pipe(
    Effect.mapError((error) =>
      error._tag === "StoreError"
        ? new HandleError({ message: error.message, isRetryable: true, cause: error })
        : never(error.message, error)
    ),
    Effect.flatMap((handled) => {
      switch (handled._tag) {
        case "Refused":
          return Effect.fail(never(sentenceOf(handled.refusal)))
        case "DeadLettered":
          return Effect.fail(never(handled.cause))
        default:
          return Effect.void
      }
    }),
    Effect.tapError((error) => (error.isRetryable ? Effect.void : logDead(message, error)))
  )
}

/** Handles events until it is interrupted; fails when only a person can set right what is wrong. */
export const consumeOrders = ({
  group,
  kafka,
  topic
}: OrdersSource): Effect.Effect<never, KafkaStartError, OrderFlow> =>
  Effect.scoped(
    Effect.gen(function* () {
      const { brokers, clientId, createTopics, sasl, tls } = kafka.publisher
      const open = kafka.client === "kafkajs" ? kafkaConsumer : platformaticConsumer
      const consumer = yield* open({
        ...{ brokers, clientId, sasl, tls, createTopics },
        groupId: group,
        topics: [topic],
        from: "FIRST",
        triesMax,
        handle: handleWith(yield* OrderFlow)
      })
      const about = { topic, group, client: kafka.client }
      yield* Effect.annotateLogs(Effect.logInfo("orders come from Kafka"), about)
      return yield* consumer.run
    })
  )

/** The order flow over an inventory and its tables. */
export const layerOrderFlow = (
  schema: string
): Layer.Layer<OrderFlow, MigrationError, Inventory | PgSessions> => {
  const flow = Layer.provide(OrderFlow.layer(), layerParkedOrderEvents({ schema }))
  return Layer.provideMerge(OrderFlow.layerOverdue(), flow)
}

/** From one second to half a minute apart. */
const pauses = Schedule.min([Schedule.exponential("1 second"), Schedule.spaced("30 seconds")])

/** Handles events for the lifetime of the layer. What is wrong is logged, and tried again. */
export const layerOrders = (source: OrdersSource): Layer.Layer<never, never, OrderFlow> =>
  Layer.effectDiscard(
    Effect.forkScoped(
      consumeOrders(source).pipe(
        Effect.tapError(({ message }) =>
          Effect.logError(`events about orders are not handled, trying again: ${message}`)
        ),
        Effect.retry(pauses)
      )
    )
  )
