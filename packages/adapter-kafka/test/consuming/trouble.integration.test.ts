/** What is wrong with the brokers, or with what a person has set: said clearly, and waited for. */
import { inspect } from "node:util"
import { expect, it } from "@effect/vitest"
import { kafkaUsers, scopedProxiedKafka, sharedKafka } from "@holdfast/test-servers"
import { describeKafka } from "@holdfast/test-servers/describeKafka"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { KafkaConsumerOptions } from "../../src/index.ts"
import { clients } from "../clients.ts"
import { createTopic, freshName, shapeOf } from "../kafka/readTopic.ts"
import {
  freshTopic,
  lagOf,
  numbered,
  produce,
  Seen,
  startConsumer,
  statusWhen
} from "./consuming.ts"

const shared = Effect.promise(sharedKafka)

for (const client of clients) {
  describeKafka(`a consumer in trouble, over ${client.name}`, () => {
    it.live("names the topic that is missing, and begins when it is made", () =>
      Effect.gen(function* () {
        const { brokers } = yield* shared
        const topic = freshName("missing")
        const seen = new Seen()
        const consumer = yield* startConsumer(client, {
          brokers,
          groupId: freshName("group"),
          topics: [topic],
          from: "FIRST",
          handle: (message) => Effect.sync(() => seen.note(message))
        })
        const { problem } = yield* statusWhen(consumer, ({ state }) => state === "RETRYING")
        expect(problem).toContain(`there is no topic ${topic}`)
        expect(problem).toContain("set `createTopics`")
        yield* Effect.promise(() => createTopic(brokers, topic, 1))
        yield* Effect.promise(() => produce(brokers, topic, numbered(0, 3, 1)))
        yield* seen.untilCount(3)
        expect(yield* consumer.status).toMatchObject({ state: "CONSUMING", problem: null })
      })
    )

    it.live("makes its topics on request, and leaves those that are there as they are", () =>
      Effect.gen(function* () {
        const { brokers } = yield* shared
        const topic = freshName("made")
        for (const partitions of [2, 9]) {
          const consumer = yield* startConsumer(client, {
            brokers,
            groupId: freshName("group"),
            topics: [topic],
            from: "FIRST",
            createTopics: { partitions },
            handle: () => Effect.void
          })
          const status = yield* statusWhen(consumer, ({ state }) => state === "CONSUMING")
          expect(status.partitions.length).toBe(2)
          yield* consumer.stop
        }
        for (const name of [topic, `${topic}.dlq`]) {
          const shape = yield* Effect.promise(() => shapeOf(brokers, name))
          expect(shape).toEqual({ partitions: 2, replicas: 1 })
        }
      })
    )

    it.live("says that the credentials are refused, without the password", () =>
      Effect.gen(function* () {
        const { userBrokers } = yield* shared
        const consumer = yield* startConsumer(client, {
          brokers: userBrokers,
          sasl: { mechanism: "PLAIN", username: "owner", password: Redacted.make("hunter2") },
          groupId: freshName("group"),
          topics: [freshName("any")],
          from: "FIRST",
          handle: () => Effect.void
        })
        const status = yield* statusWhen(consumer, ({ state }) => state === "RETRYING")
        expect(status.problem).toContain("correct `sasl`")
        expect(inspect(status)).not.toContain("hunter2")
      })
    )

    it.live("says which right is missing", () =>
      Effect.gen(function* () {
        const { brokers, userBrokers } = yield* shared
        const topic = yield* Effect.promise(() => freshTopic(brokers, 1))
        const { guest } = kafkaUsers
        const consumer = yield* startConsumer(client, {
          brokers: userBrokers,
          sasl: {
            mechanism: "PLAIN",
            username: guest.username,
            password: Redacted.make(guest.password)
          },
          groupId: freshName("group"),
          topics: [topic],
          from: "FIRST",
          handle: () => Effect.void
        })
        const { problem } = yield* statusWhen(consumer, ({ state }) => state === "RETRYING")
        expect(problem).toMatch(/grant/)
      })
    )

    it.live("refuses settings that cannot be used, and names each", () =>
      Effect.gen(function* () {
        const wrong = {
          brokers: ["nowhere"],
          groupId: "",
          topics: [],
          from: "MIDDLE",
          triesMax: 0,
          handle: "no"
        } as unknown as KafkaConsumerOptions
        const error = yield* Effect.flip(Effect.scoped(client.kafkaConsumer(wrong)))
        expect(error.reason).toBe("InvalidOptions")
        for (const field of ["brokers.0", "groupId", "topics", "from", "triesMax", "handle"]) {
          expect(error.message).toContain(field)
        }
        const options = { brokers: ["a:1"], groupId: "g", topics: ["t"], from: "LAST" } as const
        const loop = { ...options, handle: () => Effect.void, deadLetterTopic: () => "t" }
        const looping = yield* Effect.flip(Effect.scoped(client.kafkaConsumer(loop)))
        expect(looping.message).toContain("deadLetterTopic gives t for t, which is itself consumed")
      })
    )

    it.live(
      "goes on by itself when a broker is away, and when it is killed and started again",
      () =>
        Effect.gen(function* () {
          const { brokers, proxy, server } = yield* scopedProxiedKafka
          const topic = yield* Effect.promise(() => freshTopic(brokers, 2))
          const groupId = freshName("group")
          const seen = new Seen()
          yield* Effect.promise(() => proxy.behave({ kind: "refuse" }))
          const consumer = yield* startConsumer(client, {
            brokers,
            groupId,
            topics: [topic],
            from: "FIRST",
            handle: (message) => Effect.sync(() => seen.note(message))
          })
          const { problem } = yield* statusWhen(consumer, ({ state }) => state === "RETRYING")
          expect(problem).toContain("check `brokers`")
          yield* Effect.promise(() => proxy.behave({ kind: "pass" }))
          yield* Effect.promise(() => produce(brokers, topic, numbered(0, 100, 2)))
          yield* seen.untilCount(100)
          yield* Effect.promise(() => proxy.behave({ kind: "refuse" }))
          yield* statusWhen(consumer, ({ state }) => state === "RETRYING")
          yield* Effect.promise(() => proxy.behave({ kind: "pass" }))
          yield* Effect.promise(() => produce(brokers, topic, numbered(100, 200, 2)))
          yield* seen.untilCount(200)
          const [node] = server.nodes
          yield* Effect.promise(async () => node?.kill9())
          yield* Effect.promise(async () => node?.restart())
          yield* Effect.promise(() => produce(brokers, topic, numbered(200, 300, 2)))
          yield* seen.untilCount(300)
          yield* consumer.stop
          expect(yield* Effect.promise(() => lagOf(brokers, groupId, topic))).toBe(0)
          expect(new Set(seen.messages.map(({ value }) => value)).size).toBe(300)
        }),
      120_000
    )
  })
}
