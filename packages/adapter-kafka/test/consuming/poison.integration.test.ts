/** Poison among good messages, and a backlog for a slow handler. */
import { expect, it } from "@effect/vitest"
import { describeKafka } from "@holdfast/test-servers/describeKafka"
import * as Effect from "effect/Effect"
import { deadLetterHeaders } from "../../src/consuming/deadLetters.ts"
import { clients } from "../clients.ts"
import { readTopic } from "../kafka/readTopic.ts"
import {
  failure,
  freshGroup,
  lagOf,
  numbered,
  produce,
  Seen,
  startConsumer,
  statusWhen
} from "./consuming.ts"

const partitions = 6
const total = 2_000
const isPoison = (value: string | null) => Number(value) % 100 === 7

for (const client of clients) {
  describeKafka(`a consumer of poison, over ${client.name}`, () => {
    it.live(
      "puts each among the dead letters with its cause, and handles all others",
      () =>
        Effect.gen(function* () {
          const { brokers, groupId, options, topic } = yield* freshGroup(partitions)
          yield* Effect.promise(() => produce(brokers, topic, numbered(0, total, partitions)))
          const seen = new Seen()
          const consumer = yield* startConsumer(client, {
            ...options,
            triesMax: 2,
            handle: (message) =>
              Effect.suspend(() => {
                if (!isPoison(message.value)) return Effect.sync(() => seen.note(message))
                // Every second one might pass, for all that the handler knows.
                return failure(`poison ${message.value}`, Number(message.value) % 200 === 7)
              })
          })
          yield* seen.untilCount(total - total / 100)
          yield* statusWhen(consumer, ({ deadLettered }) => deadLettered === total / 100)
          yield* consumer.stop
          expect(yield* Effect.promise(() => lagOf(brokers, groupId, topic))).toBe(0)
          expect(seen.messages.length).toBe(total - total / 100)
          const letters = yield* Effect.promise(() => readTopic(brokers, `${topic}.dlq`))
          expect(letters.length).toBe(total / 100)
          for (const { headers, value } of letters) {
            expect(isPoison(value)).toBe(true)
            expect(headers[deadLetterHeaders.cause]).toBe(`poison ${value}`)
            const tries = Number(value) % 200 === 7 ? "2" : "1"
            expect(headers[deadLetterHeaders.tries]).toBe(tries)
          }
        }),
      60_000
    )

    it.live(
      "hands over no value that is not text: it would look like another",
      () =>
        Effect.gen(function* () {
          const { brokers, options, topic } = yield* freshGroup(1)
          const values = ["Ä1", "Ö1"].map((text) => Buffer.from(text, "latin1"))
          const sent = [...values, Buffer.from("Ü1")].map((value) => ({ partition: 0, value }))
          yield* Effect.promise(() => produce(brokers, topic, sent))
          const seen = new Seen()
          const consumer = yield* startConsumer(client, {
            ...options,
            handle: (message) => Effect.sync(() => seen.note(message))
          })
          yield* seen.untilCount(1)
          yield* consumer.stop
          expect(seen.messages.map(({ value }) => value)).toEqual(["Ü1"])
          const letters = yield* Effect.promise(() => readTopic(brokers, `${topic}.dlq`))
          expect(letters.map(({ headers }) => headers[deadLetterHeaders.cause])).toEqual([
            "the value is not text in UTF-8",
            "the value is not text in UTF-8"
          ])
        }),
      60_000
    )

    it.live(
      "holds no more of a backlog than a batch of each partition",
      () =>
        Effect.gen(function* () {
          const { brokers, options, topic } = yield* freshGroup(2)
          const backlog = 4_000
          const padded = numbered(0, backlog, 2).map((one) => ({
            ...one,
            value: Buffer.alloc(2_000, one.value ?? "")
          }))
          yield* Effect.promise(() => produce(brokers, topic, padded))
          const seen = new Seen()
          let heldMax = 0
          const consumer = yield* startConsumer(client, {
            ...options,
            handle: (message) =>
              Effect.promise(async () => {
                await new Promise((done) => setImmediate(done))
                const { partitions: all } = Effect.runSync(consumer.status)
                heldMax = Math.max(
                  heldMax,
                  all.reduce((sum, { held }) => sum + held, 0)
                )
                seen.note(message)
              })
          })
          yield* seen.untilCount(backlog)
          yield* consumer.stop
          expect(seen.messages.length).toBe(backlog)
          // A batch is bounded by bytes: a producer's batch of 500 of these is 1 MB.
          expect(heldMax).toBeGreaterThan(0)
          expect(heldMax).toBeLessThanOrEqual(1_000)
        }),
      60_000
    )
  })
}
