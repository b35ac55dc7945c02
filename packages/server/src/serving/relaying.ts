/**
 * Moves the events of the inventory to Kafka while the server runs. Stock never depends on it: a
 * Kafka that is away, or that refuses, only makes events wait. Any number of servers may do this,
 * and one of them is active.
 */
import { hostname } from "node:os"
import { type KafkaStartError, kafkaPublisher } from "@holdfast/adapter-kafka"
import { kafkaPublisher as platformaticPublisher } from "@holdfast/adapter-kafka/platformatic"
import { type CursorKindMismatch, makeEventRelay } from "@holdfast/core/events"
import { InventoryLog } from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import type { KafkaDestination } from "../cli/kafkaSettings.ts"

/** A publisher to a destination, until the scope closes. */
export const openKafka = ({ client, publisher }: KafkaDestination) =>
  client === "kafkajs" ? kafkaPublisher(publisher) : platformaticPublisher(publisher)

/** Who this process is, for the people who look at the cursors. */
export const ownerHere = (): string =>
  `${hostname()}:${process.pid}:${crypto.randomUUID().slice(0, 8)}`

/** Moves events until it is interrupted; fails when only a person can set right what is wrong. */
export const relayTo = (
  destination: KafkaDestination
): Effect.Effect<never, KafkaStartError | CursorKindMismatch, InventoryLog> =>
  Effect.scoped(
    Effect.gen(function* () {
      const log = yield* InventoryLog
      const publisher = yield* openKafka(destination)
      const { cursor, leaseMillis } = destination
      yield* Effect.annotateLogs(Effect.logInfo("events go to Kafka"), {
        brokers: destination.publisher.brokers.join(","),
        client: destination.client,
        cursor
      })
      return yield* makeEventRelay(log, publisher, { cursor, leaseMillis, owner: ownerHere() }).run
    })
  )

/** From one second to half a minute apart. */
const pauses = Schedule.min([Schedule.exponential("1 second"), Schedule.spaced("30 seconds")])

/** Moves events for the lifetime of the layer. What is wrong is logged, and tried again. */
export const layerRelay = (
  destination: KafkaDestination
): Layer.Layer<never, never, InventoryLog> =>
  Layer.effectDiscard(
    Effect.forkScoped(
      relayTo(destination).pipe(
        Effect.tapError((error) =>
          Effect.annotateLogs(Effect.logError("events are not published; trying again"), {
            problem: error.message
          })
        ),
        Effect.retry(pauses)
      )
    )
  )
