/** Looking topics up, over a client whose brokers learn of a new topic late. */
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import type { KafkaClient } from "../src/clients/KafkaClient.ts"
import { makeTopics } from "../src/publishing/Topics.ts"

const shape = { partitions: 3, replicationFactor: undefined, minInSyncReplicas: undefined }

/** A client that sees a topic from the given look on, once it was made. */
const clientThatSees = (look: number) => {
  const asked: Array<string> = []
  const client: KafkaClient = {
    newProducer: () => expect.unreachable(),
    describeTopic: async () => {
      asked.push("describe")
      return asked.length >= look ? { partitions: 3 } : undefined
    },
    createTopic: async () => void asked.push("create"),
    codeOf: () => undefined
  }
  return { asked, client }
}

it.effect("waits for a topic that it has made to be known", () =>
  Effect.gen(function* () {
    const { asked, client } = clientThatSees(5)
    const topics = makeTopics(client, shape)
    const fiber = yield* Effect.forkChild(topics.partitionsOf("t"))
    yield* TestClock.adjust("1 second")
    expect(yield* Fiber.join(fiber)).toBe(3)
    expect(asked).toEqual(["describe", "create", "describe", "describe", "describe"])
    // Known from then on, until it is to be looked up again.
    expect(yield* topics.partitionsOf("t")).toBe(3)
    expect(asked.length).toBe(5)
    topics.forget("t")
    yield* topics.partitionsOf("t")
    expect(asked.length).toBe(6)
  })
)

it.effect("makes no topic unasked", () =>
  Effect.gen(function* () {
    const { asked, client } = clientThatSees(9)
    const failure = yield* Effect.flip(makeTopics(client, undefined).partitionsOf("t"))
    expect(failure.code).toBe("UNKNOWN_TOPIC_OR_PARTITION")
    expect(asked).toEqual(["describe"])
  })
)

it.effect("gives up after ten seconds", () =>
  Effect.gen(function* () {
    const { client } = clientThatSees(1_000_000)
    const fiber = yield* Effect.forkChild(Effect.flip(makeTopics(client, shape).partitionsOf("t")))
    yield* TestClock.adjust("11 seconds")
    expect((yield* Fiber.join(fiber)).code).toBe("TIMED_OUT")
  })
)
