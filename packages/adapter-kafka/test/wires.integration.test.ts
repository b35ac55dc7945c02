/** What is between the client and the broker: TLS, compression, and the timer of KafkaJS. */
import { createRequire } from "node:module"
import { inspect } from "node:util"
import { expect, it } from "@effect/vitest"
import { makeCertificates, sharedKafka, startTlsKafka } from "@holdfast/test-servers"
import { describeKafka } from "@holdfast/test-servers/describeKafka"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { vi } from "vitest"
import { quietTimer } from "../src/clients/quietTimer.ts"
import type { KafkaPublisherOptions } from "../src/index.ts"
import * as kafkaJs from "../src/index.ts"
import * as platformatic from "../src/platformatic.ts"
import { clients } from "./clients.ts"
import { Seen, startConsumer } from "./consuming/consuming.ts"
import { eventsOf } from "./kafka/events.ts"
import { freshName, readTopic } from "./kafka/readTopic.ts"

// A broker on a busy machine takes its time.
vi.setConfig({ testTimeout: 120_000 })

const topicPrefix = () => freshName("wire")
const createTopics = { partitions: 2 }

const sizeOf = (brokers: ReadonlyArray<string>, prefix: string) =>
  Effect.map(
    Effect.promise(() => readTopic(brokers, `${prefix}.inventory`)),
    (read) => new Set(read.map(({ headers }) => headers["eventId"])).size
  )

describeKafka("compression", () => {
  const publishers = [
    ...(["none", "gzip"] as const).map((compression) => ({
      name: `KafkaJS, ${compression}`,
      open: (options: { brokers: ReadonlyArray<string>; topicPrefix: string }) =>
        kafkaJs.kafkaPublisher({ ...options, createTopics, compression })
    })),
    ...(["none", "gzip", "snappy", "lz4", "zstd"] as const).map((compression) => ({
      name: `@platformatic/kafka, ${compression}`,
      open: (options: { brokers: ReadonlyArray<string>; topicPrefix: string }) =>
        platformatic.kafkaPublisher({ ...options, createTopics, compression })
    }))
  ]
  it.live.each(publishers)("reaches a reader: $name", ({ open }) =>
    Effect.gen(function* () {
      const { brokers } = yield* Effect.promise(sharedKafka)
      const prefix = topicPrefix()
      const publisher = yield* open({ brokers, topicPrefix: prefix })
      yield* publisher.publish(eventsOf(0, 200))
      expect(yield* sizeOf(brokers, prefix)).toBe(200)
    })
  )
})

describeKafka("TLS", () => {
  it.live("checks the broker's certificate, and shows the client's own", () =>
    Effect.gen(function* () {
      const secure = yield* Effect.acquireRelease(Effect.promise(startTlsKafka), ({ stop }) =>
        Effect.promise(stop)
      )
      const { tlsBrokers: brokers } = secure
      const { ca, client } = secure.certificates
      const stranger = makeCertificates()
      const own = { cert: client.cert, key: Redacted.make(client.key) }
      for (const one of clients) {
        const { kafkaPublisher } = one
        const prefix = topicPrefix()
        const options = { brokers, topicPrefix: prefix, createTopics }
        const refusedBy = (tls: KafkaPublisherOptions["tls"]) =>
          Effect.flip(Effect.scoped(kafkaPublisher({ ...options, tls })))
        // Whom Node trusts does not know the broker, nor does another authority, nor has it that name.
        for (const unknown of [true, { ...own }, { ...own, ca: stranger.ca }]) {
          const refused = yield* refusedBy(unknown)
          expect(refused.reason).toBe("Refused")
          expect(refused.message).toContain("correct `tls`")
        }
        // The broker lets nobody in who shows none, or one of another authority: it counts as away.
        const { cert, key } = stranger.client
        for (const tls of [{ ca }, { ca, cert, key: Redacted.make(key) }]) {
          const publisher = yield* kafkaPublisher({ ...options, tls, sendTimeoutMillis: 1_000 })
          const refused = yield* Effect.flip(publisher.publish(eventsOf(0, 5)))
          expect(refused.isRetryable).toBe(true)
          expect(refused.acknowledged?.size ?? 0).toBe(0)
          expect(inspect(refused, { depth: 9 })).not.toContain(key.slice(40, 80))
        }
        const tls = { ...own, ca }
        const publisher = yield* kafkaPublisher({ ...options, tls })
        yield* publisher.publish(eventsOf(0, 20))
        expect(yield* sizeOf(secure.brokers, prefix)).toBe(20)
        const seen = new Seen()
        const consumer = yield* startConsumer(one, {
          ...{
            brokers,
            tls,
            groupId: freshName("secure"),
            from: "FIRST",
            topics: [`${prefix}.inventory`]
          },
          handle: (message) => Effect.sync(() => seen.note(message))
        })
        yield* seen.untilCount(20)
        yield* consumer.stop
        const plain = yield* kafkaPublisher({ ...options, tls: false, sendTimeoutMillis: 1_000 })
        const error = yield* Effect.flip(plain.publish(eventsOf(20, 30)))
        expect(error.isRetryable).toBe(true)
        expect(yield* sizeOf(secure.brokers, prefix)).toBe(20)
      }
    })
  )
})

it("replaces the timer of KafkaJS by one that is set only while requests wait", () => {
  expect(quietTimer()).toBe(true)
  const queue = createRequire(import.meta.url)("kafkajs/src/network/requestQueue").prototype
  const idle = { throttledUntil: -1, throttleCheckTimeoutId: null, pending: [] }
  queue.scheduleCheckPendingRequests.call(idle)
  expect(idle.throttleCheckTimeoutId).toBe(null)
  const waiting = { ...idle, pending: [{}] }
  queue.scheduleCheckPendingRequests.call(waiting)
  expect(waiting.throttleCheckTimeoutId).not.toBe(null)
  clearTimeout(waiting.throttleCheckTimeoutId ?? undefined)
})
