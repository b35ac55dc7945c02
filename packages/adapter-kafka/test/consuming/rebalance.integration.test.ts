/**
 * A group whose members join and leave while messages come: nothing is lost, no partition is handled
 * by two members at a time, and what is handled twice was in hand when the group changed.
 */
import { expect, it } from "@effect/vitest"
import type { ConsumedMessage } from "@holdfast/core/events"
import { describeKafka } from "@holdfast/test-servers/describeKafka"
import * as Effect from "effect/Effect"
import { clients } from "../clients.ts"
import { addPartitions } from "../kafka/readTopic.ts"
import {
  freshGroup,
  lagOf,
  numbered,
  produce,
  Seen,
  startConsumer,
  statusWhen
} from "./consuming.ts"

const partitions = 6
const perRound = 300
const rounds = 20

/** Says when two handle messages of one partition at the same time. */
const makeWatch = () => {
  const busy = new Set<number>()
  const overlaps: Array<string> = []
  const handled = new Seen()
  const handle = (message: ConsumedMessage) =>
    Effect.acquireUseRelease(
      Effect.sync(() => {
        if (busy.has(message.partition)) overlaps.push(`${message.partition}/${message.offset}`)
        busy.add(message.partition)
      }),
      // Each takes some turns of the event loop, so that members have messages in hand.
      () =>
        Effect.promise(async () => {
          for (let turn = 0; turn < 30; turn++) await new Promise((done) => setImmediate(done))
        }),
      () =>
        Effect.sync(() => {
          busy.delete(message.partition)
          handled.note(message)
        })
    )
  return { handle, handled, overlaps }
}

for (const client of clients) {
  describeKafka(`a group that changes, over ${client.name}`, () => {
    it.live(
      "20 times under load loses nothing, and handles no partition twice at a time",
      () =>
        Effect.gen(function* () {
          const { brokers, groupId, options, topic } = yield* freshGroup(partitions)
          const { handle, handled, overlaps } = makeWatch()
          const members = [yield* startConsumer(client, { ...options, handle })]
          let produced = 0
          for (let round = 0; round < rounds; round++) {
            const until = produced + perRound
            yield* Effect.promise(() =>
              produce(brokers, topic, numbered(produced, until, partitions))
            )
            produced = until
            // Half of what there is may still be in hand when a member joins, or the oldest leaves.
            yield* handled.untilCount(produced - perRound / 2)
            if (members.length < 3)
              members.push(yield* startConsumer(client, { ...options, handle }))
            else yield* members.shift()?.stop ?? Effect.void
          }
          yield* handled.untilCount(produced)
          for (const { stop } of members) yield* stop
          expect(yield* Effect.promise(() => lagOf(brokers, groupId, topic))).toBe(0)
          expect(overlaps).toEqual([])
          const values = new Set(handled.messages.map(({ value }) => value))
          expect(values.size).toBe(produced)
          const twice = handled.messages.length - produced
          console.log(`${rounds} rebalances: ${produced} handled, ${twice} twice`)
          // Members that leave in good order commit what they have handled.
          expect(twice).toBe(0)
          for (let partition = 0; partition < partitions; partition++) {
            const offsets = handled.messages
              .filter((one) => one.partition === partition)
              .map(({ offset }) => offset)
            expect(offsets).toEqual([...offsets].sort((a, b) => a - b))
          }
        }),
      120_000
    )

    it.live(
      "shares partitions that a topic gets later, from their first message on",
      () =>
        Effect.gen(function* () {
          const { brokers, groupId, options, topic } = yield* freshGroup(1)
          const seen = new Seen()
          const handle = (message: ConsumedMessage) => Effect.sync(() => seen.note(message))
          const first = yield* startConsumer(client, { ...options, handle })
          const second = yield* startConsumer(client, { ...options, handle })
          yield* Effect.promise(() => produce(brokers, topic, numbered(0, 10, 1)))
          yield* seen.untilCount(10)
          yield* Effect.promise(() => addPartitions(brokers, topic, 4))
          yield* Effect.promise(() => produce(brokers, topic, numbered(10, 50, 4)))
          yield* seen.untilCount(50)
          yield* statusWhen(first, (it) => it.partitions.length === 2)
          yield* statusWhen(second, (it) => it.partitions.length === 2)
          yield* first.stop
          yield* second.stop
          expect(seen.messages.length).toBe(50)
          expect(yield* Effect.promise(() => lagOf(brokers, groupId, topic))).toBe(0)
        }),
      120_000
    )

    it.live(
      "reads partitions that a topic got right before another member joined",
      () =>
        Effect.gen(function* () {
          const { brokers, options, topic } = yield* freshGroup(1)
          const seen = new Seen()
          const handle = (message: ConsumedMessage) => Effect.sync(() => seen.note(message))
          const first = yield* startConsumer(client, { ...options, handle })
          yield* Effect.promise(() => produce(brokers, topic, numbered(0, 10, 1)))
          yield* seen.untilCount(10)
          yield* Effect.promise(() => addPartitions(brokers, topic, 4))
          const second = yield* startConsumer(client, { ...options, handle })
          yield* Effect.promise(() => produce(brokers, topic, numbered(10, 50, 4)))
          yield* seen.untilCount(50)
          yield* first.stop
          yield* second.stop
          expect(seen.messages.length).toBe(50)
        }),
      120_000
    )
  })
}
