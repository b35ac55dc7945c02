/** Topics and rights on a real broker: what is made, what is missed, and what is refused. */
import { inspect } from "node:util"
import { expect, it } from "@effect/vitest"
import { kafkaUsers, scopedProxiedKafka, sharedKafka } from "@holdfast/test-servers"
import { describeKafka } from "@holdfast/test-servers/describeKafka"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { vi } from "vitest"
import { KafkaPublisher } from "../src/index.ts"
import { clients } from "./clients.ts"
import { eventOf, eventsOf, publishAll } from "./kafka/events.ts"
import { createTopic, deleteTopic, freshName, readTopic, shapeOf } from "./kafka/readTopic.ts"

// A broker on a busy machine takes its time.
vi.setConfig({ testTimeout: 120_000 })

const shared = Effect.promise(sharedKafka)

for (const { kafkaPublisher, layerKafkaPublisher, name } of clients) {
  describeKafka(`topics with ${name}`, () => {
    it.live(
      "are made on request, with partitions and replicas, and left as they are if there",
      () =>
        Effect.gen(function* () {
          const { brokers } = yield* shared
          const topicPrefix = freshName("made")
          const expectations = { topicPrefix, expect: ["inventory", "ordering"] }
          for (const partitions of [5, 9]) {
            const createTopics = { partitions, replicationFactor: 1, minInSyncReplicas: 1 }
            yield* Effect.scoped(kafkaPublisher({ brokers, ...expectations, createTopics }))
          }
          for (const context of expectations.expect) {
            const shape = yield* Effect.promise(() => shapeOf(brokers, `${topicPrefix}.${context}`))
            expect(shape).toEqual({ partitions: 5, replicas: 1 })
          }
        })
    )

    it.live("that are missing stop the start, and the message says what to do", () =>
      Effect.gen(function* () {
        const { brokers } = yield* shared
        const topicPrefix = freshName("missing")
        const error = yield* Effect.flip(Effect.scoped(kafkaPublisher({ brokers, topicPrefix })))
        expect(error).toMatchObject({ _tag: "KafkaStartError", reason: "TopicMissing" })
        expect(error.message).toContain(`there is no topic ${topicPrefix}.inventory`)
        expect(error.message).toContain("set `createTopics`")
      })
    )

    it.live("that are missing later keep events waiting until they are made", () =>
      Effect.gen(function* () {
        const { brokers } = yield* shared
        const topicPrefix = freshName("later")
        const publisher = yield* kafkaPublisher({ brokers, topicPrefix, expect: [] })
        const error = yield* Effect.flip(publisher.publish(eventsOf(0, 10)))
        expect(error).toMatchObject({ isRetryable: true, acknowledged: new Set() })
        expect(error.message).toContain(`there is no topic ${topicPrefix}.inventory`)
        yield* Effect.promise(() => createTopic(brokers, `${topicPrefix}.inventory`, 3))
        yield* publisher.publish(eventsOf(0, 10))
        const read = yield* Effect.promise(() => readTopic(brokers, `${topicPrefix}.inventory`))
        expect(read.length).toBe(10)
      })
    )

    it.live("that are removed and made again with other partitions are written to again", () =>
      Effect.gen(function* () {
        const { brokers } = yield* shared
        const topicPrefix = freshName("again")
        const topic = `${topicPrefix}.inventory`
        yield* Effect.promise(() => createTopic(brokers, topic, 6))
        const publisher = yield* kafkaPublisher({ brokers, topicPrefix, sendTimeoutMillis: 2_000 })
        yield* publisher.publish(eventsOf(0, 50))
        yield* Effect.promise(() => deleteTopic(brokers, topic))
        const gone = yield* Effect.flip(publisher.publish(eventsOf(50, 60)))
        expect(gone.isRetryable).toBe(true)
        yield* Effect.promise(() => createTopic(brokers, topic, 2))
        yield* publishAll(publisher, eventsOf(50, 100))
        const read = yield* Effect.promise(() => readTopic(brokers, topic))
        const ids = new Set(read.map(({ headers }) => headers["eventId"]))
        expect([...ids].sort()).toEqual(
          eventsOf(50, 100)
            .map(({ eventId }) => eventId)
            .sort()
        )
      })
    )

    it.live("of their own for each type, where that was asked for", () =>
      Effect.gen(function* () {
        const { brokers } = yield* shared
        const topicPrefix = freshName("types")
        const createTopics = { partitions: 2 }
        const options = { brokers, topicPrefix, createTopics, topics: "eventType" } as const
        const publisher = yield* kafkaPublisher(options)
        const reserved = { ...eventOf(1), eventType: "inventory.stock.reserved" }
        yield* publisher.publish([eventOf(0), reserved])
        for (const type of ["updated", "reserved"]) {
          const topic = `${topicPrefix}.inventory.stock.${type}`
          const read = yield* Effect.promise(() => readTopic(brokers, topic))
          expect(read.map(({ headers }) => headers["ce_type"])).toEqual([`inventory.stock.${type}`])
        }
      })
    )

    it.live("that take less name the event that is too large for them, with its setting", () =>
      Effect.gen(function* () {
        const { brokers } = yield* shared
        const topicPrefix = freshName("small")
        const topic = `${topicPrefix}.inventory`
        yield* Effect.promise(() => createTopic(brokers, topic, 1, { "max.message.bytes": "9000" }))
        const publisher = yield* kafkaPublisher({ brokers, topicPrefix })
        const events = eventsOf(0, 40).map((event, n) =>
          n === 29 ? eventOf(29, 7, "x".repeat(10_000)) : event
        )
        const error = yield* Effect.flip(publisher.publish(events))
        expect(error).toMatchObject({ isRetryable: false, eventId: "event-29" })
        expect(error.message).toContain(`raise its max.message.bytes`)
        // Those before it in its partition are kept; nothing after it is.
        expect([...(error.acknowledged ?? [])].sort()).toEqual(
          eventsOf(0, 29)
            .map(({ eventId }) => eventId)
            .sort()
        )
      })
    )

    it.live("are written to by the service as well", () =>
      Effect.gen(function* () {
        const { brokers } = yield* shared
        const topicPrefix = freshName("service")
        const options = { brokers, topicPrefix, createTopics: { partitions: 3 } }
        yield* Effect.provide(
          Effect.flatMap(KafkaPublisher, ({ publish }) => publish(eventsOf(0, 30))),
          layerKafkaPublisher(options)
        )
        const read = yield* Effect.promise(() => readTopic(brokers, `${topicPrefix}.inventory`))
        expect(read.length).toBe(30)
      })
    )

    it.live("take a page of 3 MB in one partition, in batches that a broker takes", () =>
      Effect.gen(function* () {
        const { brokers } = yield* shared
        const topicPrefix = freshName("page")
        const createTopics = { partitions: 1 }
        const publisher = yield* kafkaPublisher({ brokers, topicPrefix, createTopics })
        const events = eventsOf(0, 1_000).map((_, n) => eventOf(n, 7, "é".repeat(1_500)))
        yield* publisher.publish(events)
        const read = yield* Effect.promise(() => readTopic(brokers, `${topicPrefix}.inventory`))
        expect(read.map(({ headers }) => headers["eventId"])).toEqual(
          events.map(({ eventId }) => eventId)
        )
      })
    )
  })

  describeKafka(`who may publish with ${name}`, () => {
    const { guest, owner } = kafkaUsers
    const sasl = (user: typeof owner, mechanism: "PLAIN" | "SCRAM-SHA-256" | "SCRAM-SHA-512") => ({
      mechanism,
      username: user.username,
      password: Redacted.make(user.password)
    })

    it.live.each(["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] as const)(
      "is known by %s",
      (mechanism) =>
        Effect.gen(function* () {
          const { brokers, userBrokers } = yield* shared
          const topicPrefix = freshName("sasl")
          const publisher = yield* kafkaPublisher({
            brokers: userBrokers,
            topicPrefix,
            createTopics: { partitions: 2 },
            sasl: sasl(owner, mechanism)
          })
          yield* publisher.publish(eventsOf(0, 20))
          const read = yield* Effect.promise(() => readTopic(brokers, `${topicPrefix}.inventory`))
          expect(read.length).toBe(20)
        })
    )

    it.live.each(["PLAIN", "SCRAM-SHA-512"] as const)(
      "is refused at the start for a wrong password by %s, and later events wait",
      (mechanism) =>
        Effect.gen(function* () {
          const { userBrokers } = yield* shared
          const wrong = { ...sasl(owner, mechanism), password: Redacted.make("hunter2") }
          const options = { brokers: userBrokers, topicPrefix: freshName("wrong"), sasl: wrong }
          const refused = yield* Effect.flip(Effect.scoped(kafkaPublisher(options)))
          expect(refused.reason).toBe("Refused")
          const publisher = yield* kafkaPublisher({ ...options, expect: [] })
          const error = yield* Effect.flip(publisher.publish(eventsOf(0, 3)))
          expect(error.isRetryable).toBe(true)
          for (const one of [refused, error]) {
            expect(one.message).toContain("correct `sasl`")
            expect(inspect(one, { depth: 20, showHidden: true })).not.toContain("hunter2")
          }
        })
    )

    it.live("needs the right to see the topic, and to make it", () =>
      Effect.gen(function* () {
        const { brokers, userBrokers } = yield* shared
        const topicPrefix = freshName("rights")
        yield* Effect.promise(() => createTopic(brokers, `${topicPrefix}.inventory`, 2))
        const options = { brokers: userBrokers, topicPrefix, sasl: sasl(guest, "PLAIN") }
        const unseen = yield* Effect.flip(Effect.scoped(kafkaPublisher(options)))
        expect(unseen.message).toMatch(/grant/)
        const createTopics = { partitions: 2 }
        const making = { ...options, topicPrefix: `${topicPrefix}.new`, createTopics }
        const unmade = yield* Effect.flip(Effect.scoped(kafkaPublisher(making)))
        expect(unmade.reason).toBe("Refused")
        expect(unmade.message).toMatch(/grant/)
      })
    )
  })

  describeKafka(`a broker that is away, with ${name}`, () => {
    it.live("does not stop the start, and takes the events when it is back", () =>
      Effect.gen(function* () {
        const { brokers, proxy } = yield* scopedProxiedKafka
        yield* Effect.promise(() => proxy.behave({ kind: "refuse" }))
        const topicPrefix = freshName("away")
        const publisher = yield* kafkaPublisher({
          brokers,
          topicPrefix,
          createTopics: { partitions: 2 },
          sendTimeoutMillis: 1_000
        })
        const error = yield* Effect.flip(publisher.publish(eventsOf(0, 5)))
        expect(error.isRetryable).toBe(true)
        expect(error.message).toContain("check `brokers`")
        yield* Effect.promise(() => proxy.behave({ kind: "pass" }))
        yield* publishAll(publisher, eventsOf(0, 5))
        const read = yield* Effect.promise(() => readTopic(brokers, `${topicPrefix}.inventory`))
        expect(new Set(read.map(({ headers }) => headers["eventId"])).size).toBe(5)
        // It accepts connections and answers nothing: the time-out ends the wait.
        yield* Effect.promise(() => proxy.behave({ kind: "stall" }))
        const late = yield* Effect.flip(publisher.publish(eventsOf(5, 10)))
        expect(late.isRetryable).toBe(true)
        expect(late.message).toContain("did not answer in time")
        yield* Effect.promise(() => proxy.behave({ kind: "pass" }))
        yield* publishAll(publisher, eventsOf(5, 10))
        const all = yield* Effect.promise(() => readTopic(brokers, `${topicPrefix}.inventory`))
        expect(new Set(all.map(({ headers }) => headers["eventId"])).size).toBe(10)
      })
    )
  })
}
