/** A relay to Kafka against a bare producer of the same client, which sends prepared messages. */
import { kafkaPublisher } from "@holdfast/adapter-kafka"
import { kafkaPublisher as platformaticPublisher } from "@holdfast/adapter-kafka/platformatic"
import { type EventPublisher, type FollowedLog, makeEventRelay } from "@holdfast/core/events"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"
import type { Benchmark } from "../Bench.ts"
import { type Budget, type Contender, race, type Sample } from "../Contender.ts"
import { kafkaServer, makeTopics, partitions } from "../kafkaServer.ts"
import {
  bareKafkaJs,
  barePlatformatic,
  events,
  type Prepared,
  page,
  prepared,
  preparedPages,
  type SendBatch
} from "../yardsticks/bareProducers.ts"

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
    suspend: () => Effect.succeed(true),
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
