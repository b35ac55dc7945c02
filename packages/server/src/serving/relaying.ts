/**
 * Moves the events of every context to Kafka while the server runs. Stock and products never depend
 * on it: a Kafka that is away, or that refuses, only makes events wait. Any number of servers may do
 * this, and one of them is active for each log.
 */
import { hostname } from "node:os"
import { type KafkaStartError, kafkaPublisher } from "@holdfast/adapter-kafka"
import { kafkaPublisher as platformaticPublisher } from "@holdfast/adapter-kafka/platformatic"
import {
  type CursorKindMismatch,
  type EventLog,
  type EventPublisher,
  type EventRelay,
  makeEventRelay
} from "@holdfast/core/events"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import type { KafkaDestination } from "../cli/kafkaSettings.ts"
import { ServedContexts } from "./ServedContexts.ts"
import type { ServerLife } from "./ServerLife.ts"

/**
 * A publisher of the events of a log, until the scope closes. The topic of the inventory must be
 * there for its own log alone; that of products is looked up when their first event comes.
 */
export const openKafka = (
  { client, publisher }: KafkaDestination,
  { context }: { readonly context: string }
) => {
  const options = context === "inventory" ? publisher : { ...publisher, expect: [] }
  return client === "kafkajs" ? kafkaPublisher(options) : platformaticPublisher(options)
}

/** Who this process is, for the people who look at the cursors. */
export const ownerHere = (): string =>
  `${hostname()}:${process.pid}:${crypto.randomUUID().slice(0, 8)}`

/** Logs that events go to Kafka, once the first of them are there. */
const logFirst = (
  { publish }: EventPublisher,
  { client, cursor, publisher: { brokers } }: KafkaDestination,
  context: string
): EventPublisher => {
  let isFirst = true
  const say = Effect.suspend(() => {
    if (!isFirst) return Effect.void
    isFirst = false
    return Effect.annotateLogs(Effect.logInfo("events go to Kafka"), {
      brokers: brokers.join(","),
      client,
      context,
      cursor
    })
  })
  return { publish: (events) => Effect.tap(publish(events), say) }
}

/**
 * Moves the events of a log until it is interrupted; fails when only a person can set right what is
 * wrong. `opened` runs once Kafka has not refused this process, and gets how the relay does.
 */
export const relayTo = (
  destination: KafkaDestination,
  log: EventLog,
  opened: (status: EventRelay["status"]) => Effect.Effect<void> = () => Effect.void
): Effect.Effect<never, KafkaStartError | CursorKindMismatch> =>
  Effect.scoped(
    Effect.gen(function* () {
      const publisher = logFirst(yield* openKafka(destination, log), destination, log.context)
      const { cursor, leaseMillis } = destination
      const relay = makeEventRelay(log, publisher, { cursor, leaseMillis, owner: ownerHere() })
      yield* opened(relay.status)
      return yield* relay.run
    })
  )

/** From one second to half a minute apart. */
const pauses = Schedule.min([Schedule.exponential("1 second"), Schedule.spaced("30 seconds")])

/** Moves the events of a log. What is wrong is logged, and tried again. */
const relayOn = (destination: KafkaDestination, log: EventLog, { relays }: ServerLife) => {
  const note = (status: EventRelay["status"]) =>
    Effect.sync(() => void relays.set(log.context, status))
  return relayTo(destination, log, note).pipe(
    Effect.tapError((error) => {
      const { message: problem } = error
      const stopped = { state: "STOPPED", position: null, problem } as const
      relays.set(log.context, Effect.succeed(stopped))
      return Effect.annotateLogs(Effect.logError("events are not published; trying again"), {
        context: log.context,
        problem
      })
    }),
    Effect.retry(pauses)
  )
}

/** Moves events for the lifetime of the layer, those of each log apart. */
export const layerRelays = (
  destination: KafkaDestination,
  life: ServerLife
): Layer.Layer<never, never, ServedContexts> =>
  Layer.effectDiscard(
    Effect.flatMap(ServedContexts, (contexts) =>
      Effect.forEach(contexts, ({ log }) => Effect.forkScoped(relayOn(destination, log, life)), {
        discard: true
      })
    )
  )
