/** The rules of sending, over a client that breaks them on request. */
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import type { Acknowledged, KafkaClient, KafkaMessage } from "../src/clients/KafkaClient.ts"
import { makeLanes } from "../src/publishing/Lanes.ts"

const messages = (count: number): ReadonlyArray<KafkaMessage> =>
  Array.from({ length: count }, () => ({ key: Buffer.of(1), value: Buffer.of(2), headers: {} }))

interface Sent {
  readonly producer: number
  readonly partition: number
  readonly count: number
  readonly answer: (acknowledged: ReadonlyArray<Acknowledged>) => void
  readonly refuse: (code: string) => void
}

/** A client that does nothing before the test says what. */
const world = () => {
  const sent: Array<Sent> = []
  const ended: Array<string> = []
  let producers = 0
  const client: KafkaClient = {
    newProducer: () => {
      const producer = ++producers
      return {
        connect: () => Promise.resolve(),
        sendToPartition: (_, partition, { length }) =>
          new Promise((answer, reject) => {
            const refuse = (code: string) => reject({ code })
            sent.push({ producer, partition, count: length, answer, refuse })
          }),
        close: async () => void ended.push(`${producer} closed`),
        destroy: () => ended.push(`${producer} destroyed`)
      }
    },
    describeTopic: () => Promise.resolve({ partitions: 4 }),
    createTopic: () => Promise.resolve(),
    codeOf: (error) => (error as { readonly code?: string }).code
  }
  const lanes = makeLanes(client, 30_000)
  const send = (partition: number, count: number) =>
    Effect.forkChild(Effect.result(lanes.send("t", partition, messages(count))), {
      startImmediately: true
    })
  return { lanes, sent, ended, send }
}

/** Lets promises settle and fibers run. */
const settle = Effect.promise(async () => {
  for (let turn = 0; turn < 10; turn++) await new Promise<void>((resolve) => setImmediate(resolve))
})

const at = (partition: number, offset: bigint): ReadonlyArray<Acknowledged> => [
  { topic: "t", partition, offset }
]

const failedWith = (code: string) => ({ _tag: "Failure", failure: { code } })

it.effect("sends one batch of a partition at a time, and partitions side by side", () =>
  Effect.gen(function* () {
    const { send, sent } = world()
    const first = yield* send(0, 3)
    const second = yield* send(0, 2)
    yield* send(1, 1)
    yield* settle
    expect(sent.map(({ count, partition }) => [partition, count])).toEqual([
      [0, 3],
      [1, 1]
    ])
    sent[0]?.answer(at(0, 10n))
    yield* settle
    expect(yield* Fiber.join(first)).toMatchObject({ _tag: "Success" })
    expect(sent[2]).toMatchObject({ partition: 0, count: 2, producer: 1 })
    sent[2]?.answer(at(0, 13n))
    expect(yield* Fiber.join(second)).toMatchObject({ _tag: "Success" })
  })
)

it.effect.each([
  ["no partition", []],
  ["another partition", at(1, 0n)],
  ["another topic", [{ topic: "other", partition: 0, offset: 0n }]],
  ["more than was sent", [...at(0, 0n), ...at(1, 0n)]],
  ["no offset", at(0, -1n)]
] as const)("takes an answer that names %s for a failure", ([, answer]) =>
  Effect.gen(function* () {
    const { ended, send, sent } = world()
    const fiber = yield* send(0, 1)
    yield* settle
    sent[0]?.answer(answer)
    expect(yield* Fiber.join(fiber)).toMatchObject(failedWith("UNCONFIRMED"))
    yield* settle
    expect(ended).toContain("1 closed")
  })
)

it.effect("takes an answer that places a batch before an older one for a failure, once", () =>
  Effect.gen(function* () {
    const { send, sent } = world()
    const first = yield* send(0, 3)
    yield* settle
    sent[0]?.answer(at(0, 10n))
    yield* Fiber.join(first)
    // The broker has taken the second for the first.
    const second = yield* send(0, 3)
    yield* settle
    sent[1]?.answer(at(0, 10n))
    expect(yield* Fiber.join(second)).toMatchObject(failedWith("UNCONFIRMED"))
    // A topic that was made again begins at 0: another producer, and no old place to compare with.
    const third = yield* send(0, 3)
    yield* settle
    expect(sent[2]?.producer).toBe(2)
    sent[2]?.answer(at(0, 0n))
    expect(yield* Fiber.join(third)).toMatchObject({ _tag: "Success" })
  })
)

it.effect("uses a producer no more after it rejected once, and closes it when it is idle", () =>
  Effect.gen(function* () {
    const { ended, send, sent } = world()
    const rejected = yield* send(0, 1)
    const other = yield* send(4, 1)
    yield* settle
    sent[0]?.refuse("NOT_ENOUGH_REPLICAS")
    expect(yield* Fiber.join(rejected)).toMatchObject(failedWith("NOT_ENOUGH_REPLICAS"))
    const next = yield* send(0, 1)
    yield* settle
    expect(sent[2]?.producer).toBe(2)
    expect(ended).toEqual([])
    sent[1]?.answer(at(4, 0n))
    expect(yield* Fiber.join(other)).toMatchObject({ _tag: "Success" })
    yield* settle
    expect(ended).toEqual(["1 closed", "1 destroyed"])
    sent[2]?.answer(at(0, 0n))
    expect(yield* Fiber.join(next)).toMatchObject({ _tag: "Success" })
  })
)

it.effect("shares partitions out among four producers, and a failure ends one of them", () =>
  Effect.gen(function* () {
    const { lanes, ended, send, sent } = world()
    for (const partition of [0, 1, 2, 3, 4, 5]) yield* send(partition, 1)
    yield* settle
    expect(sent.map(({ producer }) => producer)).toEqual([1, 2, 3, 4, 1, 2])
    sent[2]?.refuse("NOT_ENOUGH_REPLICAS")
    yield* settle
    expect(ended).toEqual(["3 closed", "3 destroyed"])
    yield* send(6, 1)
    yield* send(7, 1)
    yield* settle
    expect(sent.find(({ partition }) => partition === 6)?.producer).toBe(5)
    expect(sent.find(({ partition }) => partition === 7)?.producer).toBe(4)
    yield* lanes.close
    expect(ended.filter((end) => end.endsWith("closed"))).toHaveLength(5)
  })
)

it.effect("cuts a producer off that does not answer in time, and sends with another one", () =>
  Effect.gen(function* () {
    const { ended, send, sent } = world()
    const late = yield* send(0, 1)
    const waiting = yield* send(0, 1)
    yield* settle
    yield* TestClock.adjust("30 seconds")
    expect(yield* Fiber.join(late)).toMatchObject(failedWith("TIMED_OUT"))
    expect(ended).toContain("1 destroyed")
    yield* settle
    expect(sent[1]?.producer).toBe(2)
    sent[1]?.answer(at(0, 0n))
    expect(yield* Fiber.join(waiting)).toMatchObject({ _tag: "Success" })
  })
)

it.effect("cuts a producer off whose sender was interrupted", () =>
  Effect.gen(function* () {
    const { ended, send, sent } = world()
    const fiber = yield* send(0, 1)
    yield* settle
    yield* Fiber.interrupt(fiber)
    expect(ended).toContain("1 destroyed")
    yield* send(0, 1)
    yield* settle
    expect(sent[1]?.producer).toBe(2)
  })
)
