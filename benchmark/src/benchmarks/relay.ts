/** What it costs that events leave, and how soon they arrive. */
import { kafkaConsumer } from "@holdfast/adapter-kafka"
import { kafkaPublisher } from "@holdfast/adapter-kafka/platformatic"
import { type EventPublisher, makeEventRelay, makeSubscription } from "@holdfast/core/events"
import { Inventory, InventoryLog } from "@holdfast/core/inventory"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type { Benchmark } from "../Bench.ts"
import {
  type Budget,
  type Contender,
  median,
  race,
  type Sample,
  sampleOfLatencies
} from "../Contender.ts"
import { engineOver } from "../database.ts"
import { turnOf, uniformSku } from "../engine.ts"
import { kafkaServer, makeTopics } from "../kafkaServer.ts"
import {
  barePlatformatic,
  page,
  preparedPages,
  type SendBatch
} from "../yardsticks/bareProducers.ts"
import { timesFaster } from "./reservations.ts"

const alone = "reserving, 512 callers, no relay"
const relayed = "reserving, 512 callers, beside a relay to Kafka"
const produced = "reserving, 512 callers, beside a bare producer of as many messages"
const published = "events that the relay published, until it had caught up"
const consumed = "commit to consumed, at 1,000 reservations a second"
const subscribed = "subscription in the same process"

/** How many reservations a paced turn makes in a millisecond. */
const perMilli = 1

/** The engine over a database of its own. */
const opened = (url: string) =>
  Effect.map(Layer.build(engineOver(url)), (context) => ({
    inventory: Context.get(context, Inventory),
    log: Context.get(context, InventoryLog)
  }))

type Opened = Effect.Success<ReturnType<typeof opened>>

/** Runs work beside a relay that moves the log to a publisher. */
const besideRelay = <A>(
  { log }: Opened,
  publisher: EventPublisher,
  work: Effect.Effect<A, never, Scope.Scope>
): Effect.Effect<A> =>
  Effect.scoped(
    Effect.gen(function* () {
      const relay = makeEventRelay(log, publisher, {
        cursor: "kafka",
        owner: "bench",
        from: "LAST"
      })
      const running = yield* Effect.forkScoped(relay.run)
      // It begins at the end of the log: what is committed before that is not its own.
      while ((yield* relay.status).position === null) yield* Effect.sleep(1)
      const result = yield* work
      yield* Fiber.interrupt(running)
      return result
    })
  )

/** Reservations beside a relay; how fast their events left, until all of them had, is noted. */
const relayedContender = (
  engine: Opened,
  publisher: EventPublisher,
  nextSku: () => string,
  rates: Array<number>
): Contender => ({
  name: relayed,
  turn: (budget) =>
    Effect.suspend(() => {
      let done = 0
      let position = 0
      const startedAt = performance.now()
      const counting: EventPublisher = {
        publish: (events) =>
          Effect.tap(publisher.publish(events), () =>
            Effect.sync(() => {
              done += events.length
              position = events.at(-1)?.position ?? position
            })
          )
      }
      const caughtUp = Effect.gen(function* () {
        const head = yield* engine.log.head
        while (position < head) yield* Effect.sleep(1)
      })
      const turn = turnOf(engine.inventory, { callers: 512, nextSku })(budget)
      const work = Effect.tap(turn, () => Effect.orDie(caughtUp))
      return Effect.tap(besideRelay(engine, counting, work), () =>
        Effect.sync(() => {
          rates.push(done / ((performance.now() - startedAt) / 1_000))
        })
      )
    })
})

/**
 * Reservations beside a bare producer, which sends as many prepared messages as are reserved: what
 * the broker and its client take of the machine, before anything reads a log.
 */
const producedContender = (
  { inventory }: Opened,
  send: SendBatch,
  nextSku: () => string
): Contender => {
  const pages = preparedPages()
  return {
    name: produced,
    turn: (budget) =>
      Effect.scoped(
        Effect.gen(function* () {
          let reserved = 0
          let sent = 0
          const sending = Effect.gen(function* () {
            while (true) {
              while (reserved - sent < page) yield* Effect.sleep(1)
              const batches = pages[(sent / page) % pages.length] ?? []
              yield* Effect.promise(() =>
                Promise.all(batches.map((batch) => send("bare.inventory", batch)))
              )
              sent += page
            }
          })
          yield* Effect.forkScoped(sending)
          const counted = () => {
            reserved += 1
            return nextSku()
          }
          return yield* turnOf(inventory, { callers: 512, nextSku: counted })(budget)
        })
      )
  }
}

/** Makes reservations at an even pace, whether the ones before are answered or not. */
const paced = (
  { inventory }: Opened,
  count: number,
  nextSku: () => string,
  name: string
): Effect.Effect<void> =>
  Effect.gen(function* () {
    const startedAt = performance.now()
    let sent = 0
    const pending: Array<Fiber.Fiber<unknown, unknown>> = []
    while (sent < count) {
      const due = Math.min(count, Math.ceil((performance.now() - startedAt) * perMilli))
      for (; sent < due; sent++) {
        const lines = [{ skuId: nextSku(), quantity: 1 }]
        const order = inventory.reserve({ orderId: `${name}-${sent}`, lines })
        pending.push(yield* Effect.forkChild(Effect.orDie(order)))
      }
      yield* Effect.sleep(1)
    }
    yield* Effect.forEach(pending, Fiber.join, { discard: true })
  }).pipe(Effect.orDie)

let turns = 0

/** Who is given what arrives from Kafka, as text. */
interface Arrivals {
  take: (value: string | null) => void
}

/** A consumer of a topic for the lifetime of the scope. */
const consuming = Effect.fnUntraced(function* (brokers: ReadonlyArray<string>, topic: string) {
  const arrivals: Arrivals = { take: () => undefined }
  const consumer = yield* Effect.orDie(
    kafkaConsumer({
      brokers,
      groupId: "relay-bench",
      topics: [topic],
      from: "FIRST",
      handle: ({ value }) => Effect.sync(() => arrivals.take(value))
    })
  )
  yield* Effect.forkScoped(consumer.run)
  return arrivals
})

/** How long it takes from the commit of a reservation until a consumer of Kafka has its event. */
const consumedTurn = (
  engine: Opened,
  {
    arrivals,
    nextSku,
    publisher
  }: {
    readonly arrivals: Arrivals
    readonly publisher: EventPublisher
    readonly nextSku: () => string
  },
  budget: Budget
): Effect.Effect<Sample> =>
  Effect.gen(function* () {
    const name = `paced-${++turns}`
    const count = "seconds" in budget ? budget.seconds * 1_000 * perMilli : budget.operations
    const latencies: Array<number> = []
    const over = new Promise<void>((resolve) => {
      arrivals.take = (value) => {
        const now = performance.timeOrigin + performance.now()
        const { eventType, payload, timestamp } = JSON.parse(value ?? "{}")
        const isOurs = payload?.orderId?.startsWith(`${name}-`)
        if (eventType !== "inventory.stock.reserved" || !isOurs) return
        latencies.push((now - Date.parse(timestamp)) * 1_000)
        if (latencies.length === count) resolve()
      }
    })
    const startedAt = performance.now()
    const work = Effect.andThen(
      paced(engine, count, nextSku, name),
      Effect.promise(() => over)
    )
    yield* besideRelay(engine, publisher, work)
    return sampleOfLatencies(latencies, (performance.now() - startedAt) / 1_000)
  })

/** Gives a handler that does nothing every event of the log, again and again. */
const subscribedTurn = ({ log }: Opened, budget: Budget): Effect.Effect<Sample> =>
  Effect.scoped(
    Effect.gen(function* () {
      const startedAt = performance.now()
      const head = yield* log.head
      let done = 0
      const isOver = () =>
        "seconds" in budget
          ? performance.now() - startedAt >= budget.seconds * 1_000
          : done >= budget.operations
      while (!isOver()) {
        let finish: () => void = () => undefined
        const ended = new Promise<void>((resolve) => {
          finish = resolve
        })
        const subscription = makeSubscription(
          log,
          ({ payloadJson, position, ...event }) => ({
            position,
            event: { ...event, payload: JSON.parse(payloadJson) }
          }),
          {
            name: `bench-${++turns}`,
            owner: "bench",
            handle: (events) =>
              Effect.sync(() => {
                done += events.length
                const last = events.at(-1)?.position ?? 0
                if (last >= head || isOver()) finish()
              })
          }
        )
        const running = yield* Effect.forkScoped(subscription.run)
        yield* Effect.promise(() => ended)
        yield* Fiber.interrupt(running)
      }
      return { perSecond: done / ((performance.now() - startedAt) / 1_000) }
    })
  ).pipe(Effect.orDie)

/** Events on their way out. */
export const relay: Benchmark = {
  name: "relay",
  run: Effect.fnUntraced(function* (bench) {
    const { copy, skuCount } = yield* bench.databases
    const { brokers } = yield* kafkaServer
    yield* Effect.promise(() => makeTopics(brokers, ["relay.inventory", "bare.inventory"]))
    const send = yield* barePlatformatic(brokers)
    const publisher = yield* Effect.orDie(kafkaPublisher({ brokers, topicPrefix: "relay" }))
    yield* Effect.promise(() => makeTopics(brokers, ["consumed.inventory"], 1_073_741_824))
    const toConsumed = yield* Effect.orDie(kafkaPublisher({ brokers, topicPrefix: "consumed" }))
    const arrivals = yield* consuming(brokers, "consumed.inventory")
    const nextSku = uniformSku(skuCount)
    const without = yield* opened(yield* copy("relay_without"))
    const besideBare = yield* opened(yield* copy("relay_bare"))
    const beside = yield* opened(yield* copy("relay_beside"))
    const pacedEngine = yield* opened(yield* copy("relay_paced"))
    const rates: Array<number> = []
    const contenders: ReadonlyArray<Contender> = [
      { name: alone, turn: turnOf(without.inventory, { callers: 512, nextSku }) },
      producedContender(besideBare, send, nextSku),
      relayedContender(beside, publisher, nextSku, rates),
      {
        name: consumed,
        turn: (budget) =>
          consumedTurn(pacedEngine, { arrivals, publisher: toConsumed, nextSku }, budget)
      },
      { name: subscribed, turn: (budget) => subscribedTurn(without, budget) }
    ]
    const medians = yield* race(contenders, bench.race)
    const p99 = medians.get(consumed)?.p99Micros
    const rows = contenders.map(({ name }) => ({ name, ...medians.get(name) }))
    const meanwhile = { name: published, perSecond: median(rates) }
    return {
      name: "relay",
      title: "Events on their way out",
      about:
        `Reservations over ${skuCount.toLocaleString("en-US")} SKUs, and a relay in the same process that moves their ` +
        "events to one broker, through @platformatic/kafka. Client, PostgreSQL and broker share the machine. A " +
        "subscription has a handler that does nothing, and gets 100 events at a time. A bare producer of the same " +
        "client sends prepared messages: so much of the machine goes to the client and the broker.",
      ratioIs: "",
      rows: [...rows.slice(0, 3), meanwhile, ...rows.slice(3)],
      aims: [
        {
          what: "reserving beside a relay, against without",
          unit: "×",
          bound: { atLeast: 0.85 },
          measured: timesFaster(medians, relayed, alone)
        },
        {
          what: "commit to consumed at 1,000 a second, 99 of 100",
          unit: "ms",
          bound: { atMost: 50 },
          measured: p99 === undefined ? undefined : p99 / 1_000
        }
      ]
    }
  })
}
