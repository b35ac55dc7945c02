/**
 * The answer of a produce request is lost: the broker has kept the batch, and the client cannot
 * know. The first test shows why a producer that failed is never used again.
 */
import { expect, layer, type Vitest } from "@effect/vitest"
import { type ProxiedKafka, scopedProxiedKafka } from "@holdfast/test-servers"
import { describeKafka } from "@holdfast/test-servers/describeKafka"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import kafkajs from "kafkajs"
import { vi } from "vitest"
import { quietTimer } from "../src/clients/quietTimer.ts"
import { clients } from "./clients.ts"
import { eventsOf } from "./kafka/events.ts"
import { createTopic, freshName, readTopic } from "./kafka/readTopic.ts"

// A broker on a busy machine takes its time.
vi.setConfig({ testTimeout: 120_000 })

const { Kafka, Partitioners } = kafkajs

const idsIn = (brokers: ReadonlyArray<string>, topic: string) =>
  Effect.map(
    Effect.promise(() => readTopic(brokers, topic)),
    (read) => read.map(({ headers }) => headers["eventId"] ?? "")
  )

const ids = (from: number, to: number) => eventsOf(from, to).map(({ eventId }) => eventId)

/** Swallows every answer to a produce request, or none. */
const swallow = ({ proxy }: ProxiedKafka, isOn: boolean) =>
  Effect.promise(() => proxy.behave({ kind: isOn ? "cut-commit-answer" : "pass" }))

const Proxied = Context.Service<ProxiedKafka>("tests/ProxiedKafka")
const opening = { timeout: "120 seconds", excludeTestServices: true } as const

const tests = (it: Vitest.MethodsNonLive<ProxiedKafka>): void => {
  it.effect("makes KafkaJS by itself lose the next batch, and say that it was kept", () =>
    Effect.gen(function* () {
      const proxied = yield* Proxied
      const brokers = [...proxied.brokers]
      const topic = freshName("unsafe")
      quietTimer()
      yield* Effect.promise(() => createTopic(brokers, topic, 1))
      const producer = new Kafka({ brokers, logCreator: () => () => undefined }).producer({
        idempotent: true,
        maxInFlightRequests: 1,
        createPartitioner: Partitioners.DefaultPartitioner,
        retry: { retries: 1, initialRetryTime: 20, maxRetryTime: 20 }
      })
      yield* Effect.promise(() => producer.connect())
      const send = (from: number, to: number) =>
        producer.send({
          topic,
          messages: ids(from, to).map((eventId) => ({
            value: "",
            headers: { eventId },
            partition: 0
          }))
        })
      yield* swallow(proxied, true)
      yield* Effect.promise(() => expect(send(0, 20)).rejects.toThrow())
      yield* swallow(proxied, false)
      yield* Effect.promise(() => expect(send(20, 40)).resolves.toHaveLength(1))
      yield* Effect.promise(() => producer.disconnect())
      // The second batch had the numbers of the first, and the broker took it for a repeat.
      expect(yield* idsIn(brokers, topic)).toEqual(ids(0, 20))
    })
  )

  for (const { kafkaPublisher, name } of clients) {
    it.effect(`loses nothing with ${name}`, () =>
      Effect.gen(function* () {
        const proxied = yield* Proxied
        const { brokers } = proxied
        const topicPrefix = freshName("swallowed")
        const publisher = yield* kafkaPublisher({
          brokers,
          topicPrefix,
          createTopics: { partitions: 1 },
          sendTimeoutMillis: 3_000
        })
        const before = proxied.proxy.cuts()
        yield* swallow(proxied, true)
        const error = yield* Effect.flip(publisher.publish(eventsOf(0, 20)))
        expect(error).toMatchObject({ isRetryable: true, acknowledged: new Set() })
        yield* swallow(proxied, false)
        expect(proxied.proxy.cuts()).toBeGreaterThan(before)
        yield* publisher.publish(eventsOf(20, 40))
        expect(yield* idsIn(brokers, `${topicPrefix}.inventory`)).toEqual(ids(0, 40))
      })
    )

    it.effect(`makes ${name} repeat the request, and the broker keep the batch once`, () =>
      Effect.gen(function* () {
        const { brokers, proxy } = yield* Proxied
        const topicPrefix = freshName("repeated")
        const createTopics = { partitions: 1 }
        const before = proxy.cuts()
        const publisher = yield* kafkaPublisher({ brokers, topicPrefix, createTopics })
        yield* Effect.promise(() =>
          proxy.behave({ kind: "cut-commit-answer", when: (produce) => produce === 1 })
        )
        yield* publisher.publish(eventsOf(0, 20))
        expect(proxy.cuts()).toBe(before + 1)
        yield* publisher.publish(eventsOf(20, 40))
        expect(yield* idsIn(brokers, `${topicPrefix}.inventory`)).toEqual(ids(0, 40))
      })
    )
  }
}

describeKafka("an answer that is swallowed", () => {
  layer(Layer.effect(Proxied, scopedProxiedKafka), opening)(tests)
})
