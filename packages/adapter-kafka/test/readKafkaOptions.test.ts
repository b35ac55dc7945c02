/** Settings that cannot be used: each is named, and no secret is. */
import { inspect } from "node:util"
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { kafkaPublisher } from "../src/index.ts"
import * as platformatic from "../src/platformatic.ts"

const good = { brokers: ["127.0.0.1:9092"] }

/** What a host without types may pass. */
const refusal = (options: unknown, open: (options: never) => ReturnType<typeof kafkaPublisher>) =>
  Effect.flip(Effect.scoped(open(options as never)))

it.effect.each([
  [{ brokers: [] }, "brokers"],
  [{ brokers: ["kafka"] }, "brokers.0 must be host:port, such as kafka-1:9092"],
  [{ brokers: ["kafka:99999"] }, "brokers.0 must have a port from 1 to 65535"],
  [{ ...good, tls: { ca: "no PEM", cert: "none" } }, "tls"],
  [{}, "brokers is required"],
  [{ ...good, topicPrefix: "my shop" }, "topicPrefix must be at most 100 letters"],
  [{ ...good, topics: "sku" }, "topics"],
  [{ ...good, expect: ["in ventory"] }, "expect.0"],
  [{ ...good, createTopics: true }, "createTopics must be an object"],
  [{ ...good, tls: 5 }, "tls must be true or false or an object"],
  [{ ...good, createTopics: { partitions: 0 } }, "createTopics.partitions"],
  [{ ...good, sendTimeoutMillis: 0.5 }, "sendTimeoutMillis"],
  [{ ...good, compression: "brotli" }, "compression"],
  [{ ...good, sasl: { mechanism: "PLAIN", username: "u", password: "plain" } }, "sasl.password"],
  [{ ...good, tls: { key: "PEM" } }, "tls.key must be text, wrapped by Redacted.make"],
  [{ ...good, topicPrefx: "x" }, "topicPrefx is not a field"]
] as const)("refuses %o: %s", ([options, words]) =>
  Effect.gen(function* () {
    for (const open of [kafkaPublisher, platformatic.kafkaPublisher]) {
      const error = yield* refusal(options, open)
      expect(error.reason).toBe("InvalidOptions")
      expect(error.message).toContain("the settings for Kafka cannot be used: ")
      expect(error.message).toContain(words)
    }
  })
)

it.effect("names every mistake at once, and no secret", () =>
  Effect.gen(function* () {
    const password = Redacted.make("hunter2")
    const sasl = { mechanism: "GSSAPI", username: "", password }
    const error = yield* refusal({ brokers: ["x"], sasl }, kafkaPublisher)
    for (const field of ["brokers.0", "sasl.mechanism", "sasl.username"]) {
      expect(error.message).toContain(field)
    }
    expect(inspect(error, { depth: 10 })).not.toContain("hunter2")
  })
)

it.effect("takes only compressions that the client has", () =>
  Effect.gen(function* () {
    const error = yield* refusal({ ...good, compression: "lz4" }, kafkaPublisher)
    expect(error.message).toContain("compression")
  })
)
