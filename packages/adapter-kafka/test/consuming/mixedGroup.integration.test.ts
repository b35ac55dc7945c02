/** A group with members over both clients, as there is while a program changes from one to the other. */
import { expect, it } from "@effect/vitest"
import { describeKafka } from "@holdfast/test-servers/describeKafka"
import * as Effect from "effect/Effect"
import { clients } from "../clients.ts"
import {
  freshGroup,
  lagOf,
  numbered,
  produce,
  Seen,
  startConsumer,
  statusWhen
} from "./consuming.ts"

const partitions = 4

describeKafka("a group with members over both clients", () => {
  it.live.each([
    ["KafkaJS", clients],
    ["@platformatic/kafka", clients.toReversed()]
  ] as const)("shares its partitions when the first is over %s", ([, [older, newer]]) =>
    Effect.gen(function* () {
      const { brokers, groupId, options, topic } = yield* freshGroup(partitions)
      const seen = new Seen()
      const both = {
        ...options,
        handle: (message: Parameters<Seen["note"]>[0]) => Effect.sync(() => seen.note(message))
      }
      const first = yield* startConsumer(older ?? clients[0], both)
      yield* Effect.promise(() => produce(brokers, topic, numbered(0, 100, partitions)))
      yield* seen.untilCount(100)
      const second = yield* startConsumer(newer ?? clients[1], both)
      yield* statusWhen(second, (it) => it.partitions.length === partitions / 2)
      yield* Effect.promise(() => produce(brokers, topic, numbered(100, 200, partitions)))
      yield* seen.untilCount(200)
      expect((yield* first.status).partitions.length).toBe(partitions / 2)
      yield* first.stop
      yield* Effect.promise(() => produce(brokers, topic, numbered(200, 300, partitions)))
      yield* seen.untilCount(300)
      yield* second.stop
      expect(seen.messages.length).toBe(300)
      expect(yield* Effect.promise(() => lagOf(brokers, groupId, topic))).toBe(0)
    })
  )
})
