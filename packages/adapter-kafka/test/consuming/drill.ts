/**
 * Consuming at length, for a person who watches: `pnpm drill consume`, with `--backlog 100000` and
 * `--messages 10000`. Every part runs over each client. It prints a line for each part, and ends with 1 when a message was lost, a
 * poison was handled, or a partition stood still for 2 s.
 */
import { parseArgs } from "node:util"
import type { ConsumedMessage } from "@holdfast/core/events"
import { type KafkaServer, startKafka, whyNoKafka } from "@holdfast/test-servers"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { clients } from "../clients.ts"
import { readTopic } from "../kafka/readTopic.ts"
import {
  failure,
  freshTopic,
  numbered,
  produce,
  Seen,
  startConsumer,
  statusWhen
} from "./consuming.ts"

const { values } = parseArgs({
  // pnpm passes its own separator on.
  args: process.argv.slice(2).filter((word) => word !== "--"),
  options: {
    backlog: { type: "string", default: "100000" },
    messages: { type: "string", default: "10000" }
  }
})
const backlog = Number(values.backlog)
const messages = Number(values.messages)
const partitions = 6
const isPoison = (value: string | null) => Number(value) % 100 === 7

type Client = (typeof clients)[number]

const standstillMillisMax = 2_000

/** One message in a hundred is poison, every second of which might pass; the others must not wait. */
const poison = Effect.fnUntraced(function* (client: Client, brokers: ReadonlyArray<string>) {
  const topic = yield* Effect.promise(() => freshTopic(brokers, partitions))
  const seen = new Seen()
  let lastAt = performance.now()
  let standstillMillis = 0
  const consumer = yield* startConsumer(client, {
    brokers,
    groupId: topic,
    topics: [topic],
    from: "FIRST",
    triesMax: 3,
    handle: (message) =>
      Effect.suspend(() => {
        if (isPoison(message.value)) {
          return failure(`poison ${message.value}`, Number(message.value) % 200 === 7)
        }
        standstillMillis = Math.max(standstillMillis, performance.now() - lastAt)
        lastAt = performance.now()
        return Effect.sync(() => seen.note(message))
      })
  })
  yield* statusWhen(consumer, ({ state }) => state === "CONSUMING")
  lastAt = performance.now()
  yield* Effect.promise(() => produce(brokers, topic, numbered(0, messages, partitions)))
  yield* seen.untilCount(messages - messages / 100)
  yield* statusWhen(consumer, ({ deadLettered }) => deadLettered === messages / 100)
  yield* consumer.stop
  const letters = yield* Effect.promise(() => readTopic(brokers, `${topic}.dlq`))
  const found = new Set(letters.map(({ value }) => value).filter(isPoison))
  console.log(
    `${client.name}: poison: ${messages} messages, ${seen.messages.length} handled, ${found.size} dead letters, ` +
      `${letters.length - found.size} twice among them; at most ${Math.round(standstillMillis)} ms ` +
      "without a message"
  )
  const isGood = seen.messages.length === messages - messages / 100
  return isGood && found.size === messages / 100 && standstillMillis < standstillMillisMax
})

/** Two members, while each of three nodes is ended and started again. */
const movingLeaders = Effect.fnUntraced(function* (
  client: Client,
  { brokers, nodes }: KafkaServer
) {
  const topic = yield* Effect.promise(() => freshTopic(brokers, partitions))
  const seen = new Seen()
  const options = {
    brokers,
    groupId: topic,
    topics: [topic],
    from: "FIRST",
    handle: (message: ConsumedMessage) => Effect.sync(() => seen.note(message))
  } as const
  const members = [yield* startConsumer(client, options), yield* startConsumer(client, options)]
  let produced = 0
  const step = Effect.suspend(() => {
    const from = produced
    produced += messages / 10
    const write = () => produce(brokers, topic, numbered(from, produced, partitions))
    // A repeat may write a message twice; that is two messages, and no fault of the consumer.
    return Effect.retry(Effect.tryPromise(write), Schedule.spaced("200 millis"))
  })
  for (const by of ["terminate", "kill9"] as const) {
    for (const node of nodes) {
      yield* step
      yield* Effect.promise(node[by])
      yield* step
      yield* Effect.promise(node.restart)
      yield* step
      yield* seen.until(() => seen.values().size >= produced)
    }
  }
  for (const { stop } of members) yield* stop
  const found = seen.values().size
  console.log(
    `${client.name}: moving leaders: ${produced} messages, ${produced - found} lost, ` +
      `${seen.messages.length - seen.places().size} handled twice`
  )
  return found === produced
})

/** A consumer that is slower than what there is to handle: what it holds stays the same. */
const slow = Effect.fnUntraced(function* (client: Client, brokers: ReadonlyArray<string>) {
  const topic = yield* Effect.promise(() => freshTopic(brokers, partitions))
  yield* Effect.promise(() => produce(brokers, topic, numbered(0, backlog, partitions)))
  const places = new Set<string>()
  let handled = 0
  let heldMax = 0
  let heapMax = 0
  let finish: () => void = () => undefined
  const finished = new Promise<void>((done) => {
    finish = done
  })
  const startedAt = performance.now()
  const consumer = yield* startConsumer(client, {
    brokers,
    groupId: topic,
    topics: [topic],
    from: "FIRST",
    handle: ({ offset, partition }) =>
      Effect.sync(() => {
        handled++
        places.add(`${partition}/${offset}`)
        if (handled % 1_000 === 0) {
          const held = Effect.runSync(consumer.status).partitions.map((one) => one.held)
          heldMax = Math.max(
            heldMax,
            held.reduce((sum, one) => sum + one, 0)
          )
          heapMax = Math.max(heapMax, process.memoryUsage().heapUsed)
        }
        if (places.size === backlog) finish()
      })
  })
  yield* Effect.promise(() => finished)
  const seconds = (performance.now() - startedAt) / 1_000
  yield* consumer.stop
  console.log(
    `${client.name}: backlog: ${backlog} messages handled in ${seconds.toFixed(1)} s, ${handled - backlog} twice; at ` +
      `most ${heldMax} held, ${Math.round(heapMax / 1_048_576)} MiB of heap`
  )
  return true
})

const reason = whyNoKafka()
if (reason !== undefined) throw new Error(reason)
const server = await startKafka()
const results: Array<boolean> = []
for (const client of clients) {
  const parts = Effect.all([poison(client, server.brokers), slow(client, server.brokers)])
  results.push(...(await Effect.runPromise(Effect.scoped(parts))))
}
await server.stop()
const three = await startKafka({ nodes: 3 })
for (const client of clients) {
  results.push(await Effect.runPromise(Effect.scoped(movingLeaders(client, three))))
}
await three.stop()
process.exit(results.every((isGood) => isGood) ? 0 : 1)
