/** Messages on a broker, consumers of them, and what was seen of both. */
import {
  type ConsumedMessage,
  type ConsumerStatus,
  type EventConsumer,
  HandleError
} from "@holdfast/core/events"
import { sharedKafka } from "@holdfast/test-servers"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Schedule from "effect/Schedule"
import * as Scope from "effect/Scope"
import type { KafkaMessage } from "../../src/clients/KafkaClient.ts"
import { makeKafkaJsClient } from "../../src/clients/KafkaJsClient.ts"
import { makeKafkaJsConsumer } from "../../src/clients/KafkaJsConsumer.ts"
import type { KafkaConsumerOptions } from "../../src/index.ts"
import type { clients } from "../clients.ts"
import { createTopic, freshName } from "../kafka/readTopic.ts"

/** A message to write. */
export interface Written extends Partial<KafkaMessage> {
  readonly partition: number
}

/** A topic of its own with so many partitions, and the one for its dead letters. */
export const freshTopic = async (
  brokers: ReadonlyArray<string>,
  partitions: number
): Promise<string> => {
  const topic = freshName("consumed")
  await createTopic(brokers, topic, partitions)
  await createTopic(brokers, `${topic}.dlq`, partitions)
  return topic
}

/** A group that has read nothing yet, and its topic on the shared broker. */
export const freshGroup = Effect.fnUntraced(function* (partitions: number) {
  const { brokers } = yield* Effect.promise(sharedKafka)
  const topic = yield* Effect.promise(() => freshTopic(brokers, partitions))
  const groupId = freshName("group")
  const options = { brokers, groupId, topics: [topic], from: "FIRST" } as const
  return { brokers, groupId, topic, options }
})

/** Writes messages, those of a partition in their order. */
export const produce = async (
  brokers: ReadonlyArray<string>,
  topic: string,
  messages: ReadonlyArray<Written>
): Promise<void> => {
  const producer = makeKafkaJsClient({ brokers, clientId: "tests" }).newProducer()
  await producer.connect()
  for (const [partition, some] of Map.groupBy(messages, (one) => one.partition)) {
    const whole = some.map(({ headers = {}, key = null, value = null }) => ({
      key,
      value,
      headers
    }))
    for (let at = 0; at < whole.length; at += 500) {
      await producer.sendToPartition(topic, partition, whole.slice(at, at + 500))
    }
  }
  await producer.close()
}

/** Messages with numbers as values, from one up to another, spread over partitions in turn. */
export const numbered = (from: number, to: number, partitions: number): ReadonlyArray<Written> =>
  Array.from({ length: to - from }, (_, n) => ({
    partition: (from + n) % partitions,
    key: Buffer.from(`key-${(from + n) % partitions}`),
    value: Buffer.from(String(from + n))
  }))

/** Where a group stands in a topic, summed over partitions: what is not committed. */
export const lagOf = async (
  brokers: ReadonlyArray<string>,
  groupId: string,
  topic: string
): Promise<number> => {
  const client = makeKafkaJsConsumer({ brokers, clientId: "tests" })
  const standings = await client.standings(groupId, [topic])
  return standings.reduce((sum, { committed, end, first }) => sum + end - (committed ?? first), 0)
}

/** Remembers what was handled, and tells when enough was. */
export class Seen {
  readonly messages: Array<ConsumedMessage> = []
  private waits: Array<{ readonly isMet: () => boolean; readonly done: () => void }> = []

  /** Notes a message as handled. */
  note(message: ConsumedMessage): void {
    this.messages.push(message)
    this.check()
  }

  /** Looks whether something that is waited for is there. */
  check(): void {
    const met = this.waits.filter(({ isMet }) => isMet())
    this.waits = this.waits.filter((one) => !met.includes(one))
    for (const { done } of met) done()
  }

  /** Waits until a condition is met; it is looked at whenever something was noted. */
  until(isMet: () => boolean): Effect.Effect<void> {
    return Effect.promise(
      () =>
        new Promise((done) => {
          this.waits.push({ isMet, done })
          this.check()
        })
    )
  }

  /** Waits until so many different messages were handled. */
  untilCount(count: number): Effect.Effect<void> {
    return this.until(() => this.places().size >= count)
  }

  /** Each place once. */
  places(): Set<string> {
    return new Set(this.messages.map(({ offset, partition }) => `${partition}/${offset}`))
  }

  /** Each value once. */
  values(): Set<string | null> {
    return new Set(this.messages.map(({ value }) => value))
  }

  /** The values of a partition in the order in which they were handled. */
  valuesOf(partition: number): ReadonlyArray<string | null> {
    return this.messages.filter((one) => one.partition === partition).map(({ value }) => value)
  }
}

/** A consumer that runs, and can be stopped before its scope closes. */
export const startConsumer = Effect.fnUntraced(function* (
  { kafkaConsumer }: Pick<(typeof clients)[number], "kafkaConsumer">,
  options: KafkaConsumerOptions
) {
  const own = yield* Scope.fork(yield* Effect.scope)
  const consumer = yield* Effect.orDie(
    Effect.provideService(kafkaConsumer(options), Scope.Scope, own)
  )
  const fiber = yield* Effect.forkIn(consumer.run, own)
  const stop = Effect.andThen(Fiber.interrupt(fiber), Scope.close(own, Exit.void))
  return { ...consumer, stop }
})

/** Waits until a consumer says something of itself. */
export const statusWhen = (
  { status }: EventConsumer,
  until: (status: ConsumerStatus) => boolean
): Effect.Effect<ConsumerStatus> =>
  Effect.repeat(status, { until, schedule: Schedule.spaced("20 millis") })

/** A failure of a handler. */
export const failure = (message: string, isRetryable: boolean): Effect.Effect<never, HandleError> =>
  Effect.fail(new HandleError({ message, isRetryable }))
