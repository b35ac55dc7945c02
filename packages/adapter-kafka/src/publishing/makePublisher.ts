/**
 * An `EventPublisher` over a Kafka client. A page is split by partition; the partitions are sent to
 * side by side, each batch after the one before it was kept. What some partitions have kept is
 * named in the error when others have not.
 */
import type { EventPublisher, KeptEvent, PublishError } from "@holdfast/core/events"
import { PublishError as Failure } from "@holdfast/core/events"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Result from "effect/Result"
import type { KafkaMessage } from "../clients/KafkaClient.ts"
import { type EventMessage, keyOf, messageOf } from "../messages/messageOf.ts"
import { partitionOf } from "../messages/murmur2.ts"
import { type TopicNaming, topicOf } from "../messages/topicOf.ts"
import { isMessagesFault, publishError } from "./failures.ts"
import type { Lanes, SendFailure } from "./Lanes.ts"
import type { Topics } from "./Topics.ts"

/** Below what a broker takes in one batch by default (1,048,588), with room for what it adds. */
const batchBytesMax = 900_000

interface Keyed {
  readonly event: KeptEvent
  readonly key: Buffer
}

/** What a topic took, and why not all of it. */
interface Outcome {
  readonly kept: ReadonlyArray<string>
  readonly failure: PublishError | undefined
}

const groupedBy = <K, V>(values: Iterable<V>, keyOf: (value: V) => K): Map<K, Array<V>> => {
  const groups = new Map<K, Array<V>>()
  for (const value of values) {
    const key = keyOf(value)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [value])
    else group.push(value)
  }
  return groups
}

/** Messages in batches that a broker takes; a larger one is a batch alone. */
const batchesOf = (
  messages: ReadonlyArray<EventMessage>
): ReadonlyArray<ReadonlyArray<EventMessage>> => {
  const batches: Array<Array<EventMessage>> = []
  let bytes = Number.POSITIVE_INFINITY
  for (const message of messages) {
    bytes += message.bytes
    if (bytes > batchBytesMax) {
      batches.push([])
      bytes = message.bytes
    }
    batches.at(-1)?.push(message)
  }
  return batches
}

/** Which failure to report: one that names an event, so that the rest can go on without it. */
const worstOf = (outcomes: ReadonlyArray<Outcome>): PublishError | undefined => {
  const failures = outcomes.flatMap(({ failure }) => (failure === undefined ? [] : [failure]))
  return failures.find(({ isRetryable }) => !isRetryable) ?? failures[0]
}

/** Makes the publisher. */
export const makePublisher = (
  lanes: Lanes,
  topics: Topics,
  naming: TopicNaming
): EventPublisher => {
  /** Sends a batch. When one of its messages is to blame, the halves go apart until it is known. */
  const sendBatch = (
    topic: string,
    partition: number,
    batch: ReadonlyArray<EventMessage>,
    kept: Array<string>
  ): Effect.Effect<void, PublishError> => {
    const messages: ReadonlyArray<KafkaMessage> = batch
    return lanes.send(topic, partition, messages).pipe(
      Effect.tap(() => Effect.sync(() => kept.push(...batch.map(({ eventId }) => eventId)))),
      Effect.catch((failure: SendFailure) => {
        const { cause, code } = failure
        // The topic may have been made again, with another number of partitions.
        if (!isMessagesFault(code)) topics.forget(topic)
        if (isMessagesFault(code) && batch.length > 1) {
          const middle = Math.ceil(batch.length / 2)
          return Effect.andThen(
            sendBatch(topic, partition, batch.slice(0, middle), kept),
            sendBatch(topic, partition, batch.slice(middle), kept)
          )
        }
        const eventId = isMessagesFault(code) ? batch[0]?.eventId : undefined
        return Effect.fail(publishError(code, topic, { eventId, cause }))
      })
    )
  }

  const sendLane = (topic: string, partition: number, events: ReadonlyArray<Keyed>) =>
    Effect.suspend(() => {
      const kept: Array<string> = []
      const messages = events.map(({ event, key }) => messageOf(event, key))
      const all = Effect.forEach(batchesOf(messages), (batch) =>
        sendBatch(topic, partition, batch, kept)
      )
      return Effect.map(Effect.result(all), (result): Outcome => {
        return { kept, failure: Result.isFailure(result) ? result.failure : undefined }
      })
    })

  /**
   * Sends to the partitions side by side. Before it makes the messages of the next one, it lets
   * the broker's answers in: so the time for making messages is hidden behind the waiting.
   */
  const sendLanes = Effect.fnUntraced(function* (
    topic: string,
    events: ReadonlyArray<Keyed>,
    partitions: number
  ) {
    const fibers: Array<Fiber.Fiber<Outcome>> = []
    for (const [partition, some] of groupedBy(events, ({ key }) => partitionOf(key, partitions))) {
      const lane = sendLane(topic, partition, some)
      fibers.push(yield* Effect.forkChild(lane, { startImmediately: true }))
      yield* Effect.yieldNow
    }
    return yield* Fiber.joinAll(fibers)
  })

  const sendTopic = (topic: string, events: ReadonlyArray<Keyed>) =>
    topics.partitionsOf(topic).pipe(
      Effect.flatMap((partitions) => sendLanes(topic, events, partitions)),
      Effect.catch(({ cause, code }): Effect.Effect<ReadonlyArray<Outcome>> => {
        const failure = publishError(code, topic, { cause })
        return Effect.succeed([{ kept: [], failure }])
      })
    )

  const publish = Effect.fnUntraced(function* (events: ReadonlyArray<KeptEvent>) {
    const byTopic = groupedBy(events, ({ eventType }) => topicOf(naming, eventType))
    const outcomes = (yield* Effect.forEach(
      byTopic,
      ([topic, some]) =>
        sendTopic(
          topic,
          some.map((event) => ({ event, key: keyOf(event) }))
        ),
      { concurrency: "unbounded" }
    )).flat()
    const worst = worstOf(outcomes)
    if (worst === undefined) return
    const { cause, eventId, isRetryable, message } = worst
    const acknowledged = new Set(outcomes.flatMap(({ kept }) => kept))
    return yield* new Failure({ message, isRetryable, eventId, cause, acknowledged })
  })

  return { publish }
}
