/** Dead letters that go back to where they came from. */
import { expect, it } from "@effect/vitest"
import { sharedKafka } from "@holdfast/test-servers"
import { describeKafka } from "@holdfast/test-servers/describeKafka"
import * as Effect from "effect/Effect"
import { deadLetterHeaders } from "../../src/consuming/deadLetters.ts"
import { clients } from "../clients.ts"
import { createTopic, deleteTopic, freshName, readTopic } from "../kafka/readTopic.ts"
import {
  failure,
  freshTopic,
  numbered,
  produce,
  Seen,
  startConsumer,
  statusWhen
} from "./consuming.ts"

const shared = Effect.promise(sharedKafka)

for (const client of clients) {
  describeKafka(`redrive, over ${client.name}`, () => {
    it.live("publishes letters where they came from, as they were, and each once", () =>
      Effect.gen(function* () {
        const { brokers } = yield* shared
        const topic = yield* Effect.promise(() => freshTopic(brokers, 3))
        const letters = `${topic}.dlq`
        const written = numbered(0, 30, 3).map((one) => ({ ...one, headers: { own: "header" } }))
        yield* Effect.promise(() => produce(brokers, topic, written))
        const seen = new Seen()
        let isMended = false
        const consumer = yield* startConsumer(client, {
          brokers,
          groupId: freshName("group"),
          topics: [topic],
          from: "FIRST",
          handle: (message) =>
            Effect.suspend(() =>
              isMended || Number(message.value) % 5 > 0
                ? Effect.sync(() => seen.note(message))
                : failure("not mended yet", false)
            )
        })
        yield* statusWhen(consumer, ({ deadLettered }) => deadLettered === 6)
        yield* seen.untilCount(24)
        // Whatever else stands in the topic is left there.
        const others = ["-1", "", "1.5", undefined].map((partition) => ({
          partition: 0,
          value: Buffer.of(1),
          headers:
            partition === undefined
              ? {}
              : { [deadLetterHeaders.topic]: topic, [deadLetterHeaders.partition]: partition }
        }))
        yield* Effect.promise(() => produce(brokers, letters, others))
        isMended = true
        expect(yield* client.redrive({ brokers, topic: letters })).toEqual({ redriven: 6, left: 4 })
        yield* seen.untilCount(30)
        expect(yield* client.redrive({ brokers, topic: letters })).toEqual({ redriven: 0, left: 0 })
        yield* consumer.stop
        const back = seen.messages.filter(({ value }) => Number(value) % 5 === 0)
        expect(back.map(({ value }) => Number(value)).sort((a, b) => a - b)).toEqual([
          0, 5, 10, 15, 20, 25
        ])
        for (const { headers, key, partition, value } of back) {
          expect(headers).toEqual({ own: "header" })
          expect([partition, key]).toEqual([Number(value) % 3, `key-${Number(value) % 3}`])
        }
        expect((yield* Effect.promise(() => readTopic(brokers, topic))).length).toBe(36)
      })
    )

    it.live("fails when a letter cannot go back, and skips none", () =>
      Effect.gen(function* () {
        const { brokers } = yield* shared
        const topic = yield* Effect.promise(() => freshTopic(brokers, 1))
        yield* Effect.promise(() => produce(brokers, topic, numbered(0, 1, 1)))
        const consumer = yield* startConsumer(client, {
          brokers,
          groupId: freshName("group"),
          topics: [topic],
          from: "FIRST",
          handle: () => failure("never", false)
        })
        yield* statusWhen(consumer, ({ deadLettered }) => deadLettered === 1)
        yield* consumer.stop
        yield* Effect.promise(() => deleteTopic(brokers, topic))
        const error = yield* Effect.flip(client.redrive({ brokers, topic: `${topic}.dlq` }))
        expect(error).toMatchObject({ _tag: "RedriveError", redriven: 0 })
        expect(error.message).toContain(`there is no topic ${topic}`)
        yield* Effect.promise(() => createTopic(brokers, topic, 1))
        expect(yield* client.redrive({ brokers, topic: `${topic}.dlq` })).toEqual({
          redriven: 1,
          left: 0
        })
      })
    )

    it.live("names what is wrong with its settings, and the topic that is missing", () =>
      Effect.gen(function* () {
        const { brokers } = yield* shared
        const wrong = yield* Effect.flip(client.redrive({ brokers: [], topic: "a b" }))
        expect(wrong).toMatchObject({ _tag: "KafkaStartError", reason: "InvalidOptions" })
        const topic = freshName("nothing")
        const missing = yield* Effect.flip(client.redrive({ brokers, topic }))
        expect(missing.message).toContain(`there is no topic ${topic}`)
      })
    )
  })
}
