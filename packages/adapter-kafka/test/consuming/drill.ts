/**
 * Consuming at length, for a person who watches: `pnpm drill consume`, with `--backlog 100000`,
 * `--messages 10000`, `--events 50000` and `--seed shuffled`. `--part poison | backlog | shuffled |
 * leaders` runs one part alone, and every part but the shuffled one runs over each client. It prints a line for each part, and ends with 1 when a message was
 * lost, a poison was handled, a partition stood still for 2 s, or a projection is wrong.
 */
import { parseArgs } from "node:util"
import type { ConsumedMessage } from "@holdfast/core/events"
import { type KafkaServer, startKafka, whyNoKafka, whyNoPostgres } from "@holdfast/test-servers"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import { clients } from "../clients.ts"
import { readTopic } from "../kafka/readTopic.ts"
import { deliveriesOf } from "../shuffled/deliveries.ts"
import { differences, lineOf, modelOf, project } from "../shuffled/projecting.ts"
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
    messages: { type: "string", default: "10000" },
    events: { type: "string", default: "50000" },
    seed: { type: "string", default: "shuffled" },
    part: { type: "string" }
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

/** Events that come 1 to 5 times, shuffled, to a projection that must equal the model. */
const shuffled = Effect.fnUntraced(function* (brokers: ReadonlyArray<string>) {
  const deliveries = deliveriesOf(Number(values.events), 500, values.seed)
  let isGood = true
  for (const meeting of ["claims", "versions"] as const) {
    const { deadLettered, projection } = yield* project(brokers, deliveries, meeting)
    const differing = differences(modelOf(deliveries), projection)
    console.log(lineOf(deliveries, `meets repeats by ${meeting}`, values.seed, differing.length))
    isGood &&= differing.length === 0 && deadLettered === 0
  }
  return isGood
})

interface Part {
  readonly nodes: 1 | 3
  readonly over: ReadonlyArray<Client>
  readonly run: (
    server: KafkaServer,
    client: Client
  ) => Effect.Effect<boolean, unknown, Scope.Scope>
}

/** Each part, how many nodes it needs, and the clients that it runs over. */
const parts: Readonly<Record<string, Part>> = {
  poison: { nodes: 1, over: clients, run: ({ brokers }, client) => poison(client, brokers) },
  backlog: { nodes: 1, over: clients, run: ({ brokers }, client) => slow(client, brokers) },
  shuffled: { nodes: 1, over: [clients[0]], run: ({ brokers }) => shuffled(brokers) },
  leaders: { nodes: 3, over: clients, run: (server, client) => movingLeaders(client, server) }
}

const reason = whyNoKafka() ?? whyNoPostgres()
if (reason !== undefined) throw new Error(reason)
const { part } = values
if (part !== undefined && !Object.hasOwn(parts, part)) {
  throw new Error(`--part is one of: ${Object.keys(parts).join(", ")}`)
}
let isGood = true
for (const nodes of [1, 3] as const) {
  const some = Object.entries(parts).filter(
    ([name, one]) => one.nodes === nodes && (part ?? name) === name
  )
  if (some.length === 0) continue
  const server = await startKafka({ nodes })
  for (const [, { over, run }] of some) {
    for (const client of over) {
      const isPartGood = await Effect.runPromise(Effect.scoped(run(server, client)))
      isGood &&= isPartGood
    }
  }
  await server.stop()
}
process.exit(isGood ? 0 : 1)
