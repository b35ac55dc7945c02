/** A relay to Kafka against a bare producer of the same client, which sends prepared messages. */
import { kafkaPublisher, partitionOf } from "@holdfast/adapter-kafka"
import { kafkaPublisher as platformaticPublisher } from "@holdfast/adapter-kafka/platformatic"
import { unchecked } from "@holdfast/core/engine"
import {
  type EventPublisher,
  envelopeJson,
  type FollowedLog,
  type KeptEvent,
  makeEventRelay
} from "@holdfast/core/events"
import { Producer, stringSerializers } from "@platformatic/kafka"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"
import kafkajs from "kafkajs"
import type { Benchmark } from "../Bench.ts"
import { type Budget, type Contender, race, type Sample } from "../Contender.ts"
import { kafkaServer, makeTopics, partitions } from "../kafkaServer.ts"

const { Kafka, Partitioners } = kafkajs

const page = 1_000
/** How many events there are; a longer turn publishes them again. */
const prepared = 20_000

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

const events: ReadonlyArray<KeptEvent> = Array.from({ length: prepared }, (_, n) => eventOf(n))

/** The events again and again, under a cursor that costs nothing. */
const endlessLog: FollowedLog = {
  context: "inventory",
  read: (after, limit) =>
    Effect.sync(() => {
      const from = after % prepared
      // A page goes over the end of what is prepared: it always has events after the one before it.
      const ahead = events.slice(from, from + limit)
      const some = [...ahead, ...events.slice(0, limit - ahead.length)]
      const first = after + 1
      return some.map((event, index) => ({ ...event, position: first + index }))
    }),
  head: Effect.succeed(Number.MAX_SAFE_INTEGER),
  watch: Effect.succeed(Effect.never),
  cursors: {
    take: (name) => Effect.succeed({ name, epoch: 1, position: 0, eventId: null }),
    renew: () => Effect.succeed(true),
    advance: () => Effect.succeed(true),
    release: () => Effect.void,
    suspend: () => Effect.void,
    adopt: () => Effect.succeed({ incarnation: 2, position: 0 }),
    reset: () => Effect.void,
    forget: () => Effect.succeed({ deadLetters: 0 }),
    list: Effect.succeed([]),
    deadLetters: () => Effect.succeed([]),
    forgetDeadLetters: () => Effect.void
  }
}

const isOver = (budget: Budget, startedAt: number, done: number): boolean =>
  "seconds" in budget
    ? performance.now() - startedAt >= budget.seconds * 1_000
    : done >= budget.operations

const sampleOf = (done: number, startedAt: number): Sample => ({
  perSecond: done / ((performance.now() - startedAt) / 1_000)
})

/** Runs a relay until its time is over. */
const relayTurn = (publisher: EventPublisher, budget: Budget): Effect.Effect<Sample> =>
  Effect.scoped(
    Effect.gen(function* () {
      const startedAt = performance.now()
      let done = 0
      let finish: () => void = () => undefined
      const over = new Promise<void>((resolve) => {
        finish = resolve
      })
      const publish: EventPublisher["publish"] = (some) =>
        Effect.tap(publisher.publish(some), () =>
          Effect.sync(() => {
            done += some.length
            if (isOver(budget, startedAt, done)) finish()
          })
        )
      const relay = makeEventRelay(endlessLog, { publish }, { cursor: "kafka", owner: "bench" })
      const running = yield* Effect.forkScoped(relay.run)
      yield* Effect.promise(() => over)
      const sample = sampleOf(done, startedAt)
      yield* Fiber.interrupt(running)
      return sample
    })
  )

/** A message as a bare producer sends it. */
interface Prepared {
  readonly key: Buffer
  readonly value: Buffer
  readonly headers: Record<string, string>
  readonly partition: number
}

type SendBatch = (topic: string, batch: ReadonlyArray<Prepared>) => Promise<unknown>

/** Sends prepared pages, each as one batch a partition, side by side: what the relay's publisher does. */
const bareTurn =
  (send: SendBatch, topic: string, pages: ReadonlyArray<ReadonlyArray<ReadonlyArray<Prepared>>>) =>
  (budget: Budget): Effect.Effect<Sample> =>
    Effect.promise(async () => {
      const startedAt = performance.now()
      let done = 0
      for (let at = 0; !isOver(budget, startedAt, done); at++) {
        const batches = pages[at % pages.length] ?? []
        await Promise.all(batches.map((batch) => send(topic, batch)))
        done += page
      }
      return sampleOf(done, startedAt)
    })

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

const preparedPages = () => {
  const pages: Array<ReadonlyArray<ReadonlyArray<Prepared>>> = []
  for (let from = 0; from < prepared; from += page) {
    const messages = events.slice(from, from + page).map(messageOf)
    pages.push([...Map.groupBy(messages, ({ partition }) => partition).values()])
  }
  return pages
}

const bareKafkaJs = (brokers: ReadonlyArray<string>) =>
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

const barePlatformatic = (brokers: ReadonlyArray<string>) =>
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

const clients = [
  { client: "KafkaJS", bare: bareKafkaJs, open: kafkaPublisher },
  { client: "@platformatic/kafka", bare: barePlatformatic, open: platformaticPublisher }
] as const

/** Both contenders of a client, each with a topic of its own. */
const contendersOf = Effect.fnUntraced(function* (
  brokers: ReadonlyArray<string>,
  { bare, client, open }: (typeof clients)[number]
): Effect.fn.Return<ReadonlyArray<Contender>, never, Scope.Scope> {
  const prefix = client.replaceAll(/\W/g, "")
  const bareTopic = `${prefix}.bare`
  yield* Effect.promise(() => makeTopics(brokers, [bareTopic, `${prefix}.inventory`]))
  const publisher = yield* Effect.orDie(open({ brokers, topicPrefix: prefix }))
  const send = yield* bare(brokers)
  return [
    { name: `relay, ${client}`, turn: (budget) => relayTurn(publisher, budget) },
    { name: `bare producer, ${client}`, turn: bareTurn(send, bareTopic, preparedPages()) }
  ]
})

/** Events from a log to Kafka. */
export const kafka: Benchmark = {
  name: "kafka",
  run: Effect.fnUntraced(function* (bench) {
    const { brokers } = yield* kafkaServer
    const contenders = (yield* Effect.forEach(clients, (it) => contendersOf(brokers, it))).flat()
    const medians = yield* race(contenders, bench.race)
    const rateOf = (name: string) => medians.get(name)?.perSecond ?? Number.NaN
    const ratioOf = (client: string) =>
      rateOf(`relay, ${client}`) / rateOf(`bare producer, ${client}`)
    return {
      name: "kafka",
      title: "Events to Kafka",
      about:
        `A relay moves pages of ${page.toLocaleString("en-US")} events from a log that costs nothing to a topic of ` +
        `${partitions} partitions on one broker. The bare producer of the same client sends prepared messages, the ` +
        "same ones in the same batches. The broker shares the machine.",
      ratioIs: "the relay is",
      rows: contenders.map(({ name }) => {
        const client = name.replace(/^bare producer, /, "")
        const ratio = client === name ? {} : { ratio: ratioOf(client) }
        return { name, perSecond: rateOf(name), ...ratio }
      }),
      aims: clients.map(({ client }) => ({
        what: `relay against a bare producer, ${client}`,
        unit: "×",
        bound: { atLeast: 0.8 },
        measured: ratioOf(client)
      }))
    }
  })
}
