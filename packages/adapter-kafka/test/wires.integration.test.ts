/** What is between the client and the broker: TLS, compression, and the timer of KafkaJS. */
import { createRequire } from "node:module"
import { expect, it } from "@effect/vitest"
import { freePort, makeCertificates, sharedKafka, startKafka } from "@holdfast/test-servers"
import { describeKafka } from "@holdfast/test-servers/describeKafka"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { vi } from "vitest"
import { quietTimer } from "../src/clients/quietTimer.ts"
import * as kafkaJs from "../src/index.ts"
import * as platformatic from "../src/platformatic.ts"
import { clients } from "./clients.ts"
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
      const { ca, client, server } = makeCertificates()
      const port = yield* Effect.promise(freePort)
      const pem = (text: string) => text.trim().replaceAll("\n", "\\n")
      const settings = (listeners: string): Record<string, string> => ({
        listeners: `${listeners},SECURE://127.0.0.1:${port}`,
        "advertised.listeners": `${listeners.split(",")[0]},SECURE://localhost:${port}`,
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SECURE:SSL",
        "ssl.client.auth": "required",
        "ssl.keystore.type": "PEM",
        "ssl.keystore.certificate.chain": pem(server.cert),
        "ssl.keystore.key": pem(server.key),
        "ssl.truststore.type": "PEM",
        "ssl.truststore.certificates": pem(ca)
      })
      const secure = yield* Effect.acquireRelease(
        Effect.promise(() => startKafka({ listening: settings })),
        ({ stop }) => Effect.promise(stop)
      )
      const brokers = [`localhost:${port}`]
      for (const { kafkaPublisher } of clients) {
        const prefix = topicPrefix()
        const options = { brokers, topicPrefix: prefix, createTopics }
        const unknown = yield* Effect.flip(Effect.scoped(kafkaPublisher({ ...options, tls: true })))
        expect(unknown.reason).toBe("Refused")
        expect(unknown.message).toContain("correct `tls`")
        const key = Redacted.make(client.key)
        const tls = { ca, cert: client.cert, key }
        const publisher = yield* kafkaPublisher({ ...options, tls })
        yield* publisher.publish(eventsOf(0, 20))
        expect(yield* sizeOf(secure.brokers, prefix)).toBe(20)
        const plain = yield* kafkaPublisher({ ...options, tls: false, sendTimeoutMillis: 1_000 })
        const error = yield* Effect.flip(plain.publish(eventsOf(20, 30)))
        expect(error.isRetryable).toBe(true)
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
