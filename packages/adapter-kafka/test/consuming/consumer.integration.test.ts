/** A consumer on a real broker: order, commits, failures and dead letters. */
import { expect, it } from "@effect/vitest"
import { describeKafka } from "@holdfast/test-servers/describeKafka"
import * as Effect from "effect/Effect"
import { deadLetterHeaders } from "../../src/consuming/deadLetters.ts"
import { clients } from "../clients.ts"
import { createTopic, readTopic } from "../kafka/readTopic.ts"
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

for (const client of clients) {
  describeKafka(`a consumer, over ${client.name}`, () => {
    it.live("handles all, in the order of each partition, and goes on where it stopped", () =>
      Effect.gen(function* () {
        const { brokers, groupId, options, topic } = yield* freshGroup(3)
        yield* Effect.promise(() => produce(brokers, topic, numbered(0, 300, 3)))
        const seen = new Seen()
        const handle = (message: Parameters<Seen["note"]>[0]) =>
          Effect.sync(() => seen.note(message))
        const first = yield* startConsumer(client, { ...options, handle })
        yield* seen.untilCount(300)
        yield* first.stop
        expect(yield* Effect.promise(() => lagOf(brokers, groupId, topic))).toBe(0)
        yield* Effect.promise(() => produce(brokers, topic, numbered(300, 330, 3)))
        const second = yield* startConsumer(client, { ...options, handle })
        yield* seen.untilCount(330)
        yield* second.stop
        expect(seen.messages.length).toBe(330)
        for (const partition of [0, 1, 2]) {
          const wanted = numbered(0, 330, 3).filter((one) => one.partition === partition)
          expect(seen.valuesOf(partition)).toEqual(wanted.map(({ value }) => String(value)))
        }
      })
    )

    it.live(
      "gives messages as text, and puts those that cannot be handled among the dead letters",
      () =>
        Effect.gen(function* () {
          const { brokers, groupId, options, topic } = yield* freshGroup(1)
          const bytes = Buffer.from([0xff, 0x00, 0xfe])
          yield* Effect.promise(() =>
            produce(brokers, topic, [
              {
                partition: 0,
                key: Buffer.from("a"),
                value: Buffer.from("{no json"),
                headers: { traceparent: "00-1", many: ["1", "2"] }
              },
              { partition: 0, key: Buffer.from("b"), value: bytes },
              { partition: 0, key: Buffer.from("c"), value: null },
              { partition: 0, value: Buffer.from("{}") }
            ])
          )
          const seen = new Seen()
          const consumer = yield* startConsumer(client, {
            ...options,
            handle: (message) =>
              Effect.suspend(() => {
                seen.note(message)
                if (message.value?.startsWith("{no")) return failure("the value is no JSON", false)
                return Effect.void
              })
          })
          yield* seen.untilCount(3)
          yield* consumer.stop
          expect(seen.messages.map(({ key, value }) => [key, value])).toEqual([
            ["a", "{no json"],
            ["c", null],
            [null, "{}"]
          ])
          expect(seen.messages[0]).toMatchObject({ topic, partition: 0, offset: 0 })
          expect(seen.messages[0]?.headers).toEqual({ traceparent: "00-1", many: "2" })
          const letters = yield* Effect.promise(() => readTopic(brokers, `${topic}.dlq`))
          expect(letters.length).toBe(2)
          const { at, ...names } = deadLetterHeaders
          expect(letters[0]).toMatchObject({ key: "a", value: "{no json" })
          expect(letters[0]?.headers).toMatchObject({
            traceparent: "00-1",
            many: "2",
            [names.cause]: "the value is no JSON",
            [names.topic]: topic,
            [names.partition]: "0",
            [names.offset]: "0",
            [names.tries]: "1",
            [names.group]: groupId,
            [at]: expect.stringMatching(/^\d{4}-\d\d-\d\dT/)
          })
          expect(letters[1]).toMatchObject({
            key: "b",
            value: bytes.toString(),
            headers: { [names.cause]: "the value is not text in UTF-8", [names.offset]: "1" }
          })
        })
    )

    it.live.each(["fails", "hangs"] as const)(
      "goes on with other partitions while the handler of one %s",
      (how) =>
        Effect.gen(function* () {
          const { brokers, options, topic } = yield* freshGroup(4)
          const seen = new Seen()
          let tries = 0
          const areOthersDone = () => seen.places().size >= 300
          const consumer = yield* startConsumer(client, {
            ...options,
            triesMax: 1_000,
            handle: (message) =>
              Effect.suspend(() => {
                const isBlocked = message.partition === 0 && !areOthersDone()
                if (!isBlocked) return Effect.sync(() => seen.note(message))
                tries++
                seen.check()
                if (how === "fails") return failure("not yet", true)
                return Effect.andThen(
                  seen.until(areOthersDone),
                  Effect.sync(() => seen.note(message))
                )
              })
          })
          yield* Effect.promise(() =>
            produce(
              brokers,
              topic,
              numbered(0, 40, 4).filter((one) => one.partition === 0)
            )
          )
          yield* seen.until(() => tries > 0)
          // The others come only now, while the first of partition 0 is tried.
          yield* Effect.promise(() =>
            produce(
              brokers,
              topic,
              numbered(0, 400, 4).filter((one) => one.partition !== 0)
            )
          )
          yield* seen.untilCount(310)
          yield* consumer.stop
          expect(seen.messages.slice(0, 300).every((one) => one.partition !== 0)).toBe(true)
          expect(seen.valuesOf(0)).toEqual([
            "0",
            "4",
            "8",
            "12",
            "16",
            "20",
            "24",
            "28",
            "32",
            "36"
          ])
          expect((yield* consumer.status).deadLettered).toBe(0)
        })
    )

    it.live("counts a handler that throws or hangs as failed, and buries after the last try", () =>
      Effect.gen(function* () {
        const { brokers, options, topic } = yield* freshGroup(2)
        yield* Effect.promise(() => produce(brokers, topic, numbered(0, 6, 2)))
        const seen = new Seen()
        const consumer = yield* startConsumer(client, {
          ...options,
          triesMax: 2,
          handleTimeoutMillis: 100,
          handle: (message) => {
            if (message.value === "2") throw new Error("broken")
            if (message.value === "3") return Effect.promise(() => new Promise(() => undefined))
            if (message.value === "4") return Effect.interrupt
            return Effect.sync(() => seen.note(message))
          }
        })
        yield* seen.untilCount(3)
        yield* statusWhen(consumer, ({ deadLettered }) => deadLettered === 3)
        yield* consumer.stop
        expect(seen.messages.map(({ value }) => value).sort()).toEqual(["0", "1", "5"])
        const letters = yield* Effect.promise(() => readTopic(brokers, `${topic}.dlq`))
        const causes = letters.map(({ headers, value }) => [
          value,
          headers[deadLetterHeaders.cause]
        ])
        expect(causes.sort()).toEqual([
          ["2", "the handler threw: Error: broken"],
          ["3", "the handler did not finish within 100 ms"],
          ["4", expect.stringContaining("the handler threw")]
        ])
        expect(letters.map(({ headers }) => headers[deadLetterHeaders.tries])).toEqual([
          "2",
          "2",
          "2"
        ])
      })
    )

    it.live("keeps a message that cannot be buried, says so, and goes on when it can", () =>
      Effect.gen(function* () {
        const { brokers, groupId, options, topic } = yield* freshGroup(1)
        yield* Effect.promise(() => produce(brokers, topic, numbered(0, 3, 1)))
        const seen = new Seen()
        const letters = `${topic}.letters`
        const consumer = yield* startConsumer(client, {
          ...options,
          deadLetterTopic: () => letters,
          handle: (message) =>
            Effect.suspend(() =>
              message.value === "1"
                ? failure("never", false)
                : Effect.sync(() => seen.note(message))
            )
        })
        const { partitions } = yield* statusWhen(
          consumer,
          (it) => it.partitions[0]?.problem != null
        )
        expect(partitions[0]?.problem).toContain(`there is no topic ${letters}`)
        expect(seen.messages.map(({ value }) => value)).toEqual(["0"])
        yield* Effect.promise(() => createTopic(brokers, letters, 1))
        yield* seen.untilCount(2)
        yield* consumer.stop
        expect(yield* Effect.promise(() => lagOf(brokers, groupId, topic))).toBe(0)
        const read = yield* Effect.promise(() => readTopic(brokers, letters))
        expect(read.map(({ value }) => value)).toEqual(["1"])
      })
    )

    it.live("begins a new group with what comes from now on, when that is asked for", () =>
      Effect.gen(function* () {
        const { brokers, options, topic } = yield* freshGroup(2)
        yield* Effect.promise(() => produce(brokers, topic, numbered(0, 10, 2)))
        const seen = new Seen()
        const last = { ...options, from: "LAST", handle: () => Effect.void } as const
        const first = yield* startConsumer(client, last)
        yield* statusWhen(first, ({ lag }) => lag === 0)
        yield* first.stop
        // What came while nobody was there is not skipped: the group had begun.
        yield* Effect.promise(() => produce(brokers, topic, numbered(10, 20, 2)))
        const second = yield* startConsumer(client, {
          ...last,
          handle: (it) => Effect.sync(() => seen.note(it))
        })
        yield* seen.untilCount(10)
        yield* second.stop
        expect(seen.messages.map(({ value }) => Number(value)).sort((a, b) => a - b)).toEqual([
          10, 11, 12, 13, 14, 15, 16, 17, 18, 19
        ])
      })
    )
  })
}
