/** Dead letters that go back to where they came from. */
import { expect, it } from "@effect/vitest"
import { sharedKafka } from "@holdfast/test-servers"
import { describeKafka } from "@holdfast/test-servers/describeKafka"
import * as Effect from "effect/Effect"
import { deadLetterHeaders } from "../../src/consuming/deadLetters.ts"
import type { RedriveProgress } from "../../src/index.ts"
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

const freshOne = Effect.flatMap(shared, ({ brokers }) =>
  Effect.promise(() => freshTopic(brokers, 2))
)

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
        const all = { redriven: 6, left: 4, topics: { [topic]: 6 } }
        expect(yield* client.redrive({ brokers, topic: letters })).toEqual(all)
        yield* seen.untilCount(30)
        const nothing = { redriven: 0, left: 0, topics: {} }
        expect(yield* client.redrive({ brokers, topic: letters })).toEqual(nothing)
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
        const all = { redriven: 1, left: 0, topics: { [topic]: 1 } }
        expect(yield* client.redrive({ brokers, topic: `${topic}.dlq` })).toEqual(all)
      })
    )

    it.live("says before what would go back, without doing it, and how far it is meanwhile", () =>
      Effect.gen(function* () {
        const { brokers } = yield* shared
        const [topic, other] = [yield* freshOne, yield* freshOne]
        const letters = `${topic}.dlq`
        const letter = (n: number, to: string) => ({
          partition: n % 2,
          value: Buffer.from(String(n)),
          headers: { [deadLetterHeaders.topic]: to, [deadLetterHeaders.partition]: "0" }
        })
        const written = Array.from({ length: 9 }, (_, n) => letter(n, n < 6 ? topic : other))
        const unsigned = { partition: 0, value: Buffer.from("unsigned") }
        yield* Effect.promise(() => produce(brokers, letters, [...written, unsigned]))
        const all = { redriven: 9, left: 1, topics: { [topic]: 6, [other]: 3 } }
        // Again and again, since it leaves no trace.
        for (let n = 0; n < 2; n++) {
          expect(yield* client.redrive({ brokers, topic: letters, isDryRun: true })).toEqual(all)
        }
        expect(yield* Effect.promise(() => readTopic(brokers, topic))).toEqual([])
        const seen: Array<RedriveProgress> = []
        const onProgress = (progress: RedriveProgress) => void seen.push(progress)
        expect(yield* client.redrive({ brokers, topic: letters, onProgress })).toEqual(all)
        expect(seen.map(({ left, redriven }) => left + redriven)).toEqual(
          Array.from({ length: 10 }, (_, n) => n + 1)
        )
        expect(new Set(seen.map(({ total }) => total))).toEqual(new Set([10]))
        expect(yield* Effect.promise(() => readTopic(brokers, topic))).toHaveLength(6)
        const nothing = { redriven: 0, left: 0, topics: {} }
        expect(yield* client.redrive({ brokers, topic: letters, isDryRun: true })).toEqual(nothing)
        // Another group remembers nothing of that.
        const groupId = freshName("again")
        expect(yield* client.redrive({ brokers, topic: letters, groupId, isDryRun: true })).toEqual(
          all
        )
      })
    )

    it.live("says in a dry run that a topic is missing, and ends when its progress throws", () =>
      Effect.gen(function* () {
        const { brokers } = yield* shared
        const topic = yield* freshOne
        const letters = `${topic}.dlq`
        const gone = freshName("gone")
        const headers = { [deadLetterHeaders.topic]: gone, [deadLetterHeaders.partition]: "0" }
        const one = { partition: 0, value: Buffer.of(1), headers }
        yield* Effect.promise(() => produce(brokers, letters, [one]))
        const error = yield* Effect.flip(
          client.redrive({ brokers, topic: letters, isDryRun: true })
        )
        expect(error.message).toMatch(
          new RegExp(`^there is no topic ${gone}, or the user may not see it: make it, or grant`)
        )
        yield* Effect.promise(() => createTopic(brokers, gone, 1))
        const onProgress = () => {
          throw new Error("the pipe is closed")
        }
        const exit = yield* Effect.exit(client.redrive({ brokers, topic: letters, onProgress }))
        expect(String(exit)).toContain("the pipe is closed")
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
