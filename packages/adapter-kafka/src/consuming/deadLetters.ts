/**
 * Dead letters: messages that could not be handled, as they came, with headers that say where they
 * came from and why they are here.
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type { HeaderValue, KafkaMessage } from "../clients/KafkaClient.ts"
import type { FetchedMessage, Place } from "../clients/KafkaConsumerClient.ts"
import { partitionOf } from "../messages/murmur2.ts"
import type { Lanes, SendFailure } from "../publishing/Lanes.ts"
import type { Topics } from "../publishing/Topics.ts"

/** The headers that a dead letter has beside those of its message. */
export const deadLetterHeaders = {
  cause: "holdfast-dead-letter-cause",
  topic: "holdfast-dead-letter-topic",
  partition: "holdfast-dead-letter-partition",
  offset: "holdfast-dead-letter-offset",
  tries: "holdfast-dead-letter-tries",
  at: "holdfast-dead-letter-at",
  group: "holdfast-dead-letter-group"
} as const

/** Why a message is a dead letter. */
export interface Death {
  readonly cause: string
  readonly tries: number
}

const causeCharactersMax = 1_000

/** Where a message goes: the partition of its key, else the one of the same number. */
export const partitionFor = (key: Buffer | null, partition: number, partitions: number): number =>
  key === null ? partition % partitions : partitionOf(key, partitions)

/** Puts messages among the dead letters. */
export interface DeadLetters {
  /** Answers when the brokers have kept the letter. */
  readonly write: (
    place: Place,
    message: FetchedMessage,
    death: Death
  ) => Effect.Effect<void, SendFailure>
}

/** Makes it over the lanes of a publisher; `topicOf` gives the topic of the letters of a topic. */
export const makeDeadLetters = (
  lanes: Lanes,
  topics: Topics,
  groupId: string,
  topicOf: (topic: string) => string
): DeadLetters => ({
  write: Effect.fnUntraced(function* (
    { partition, topic },
    { headers, key, offset, value },
    death
  ) {
    const to = topicOf(topic)
    const partitions = yield* topics.partitionsOf(to)
    const names = deadLetterHeaders
    const letter: KafkaMessage = {
      key,
      value,
      headers: {
        ...headers,
        [names.cause]: death.cause.slice(0, causeCharactersMax),
        [names.topic]: topic,
        [names.partition]: String(partition),
        [names.offset]: String(offset),
        [names.tries]: String(death.tries),
        [names.at]: DateTime.formatIso(yield* DateTime.now),
        [names.group]: groupId
      }
    }
    yield* Effect.tapError(
      lanes.send(to, partitionFor(key, partition, partitions), [letter]),
      // The topic may have been made again, with another number of partitions.
      () => Effect.sync(() => topics.forget(to))
    )
  })
})

/** Where a dead letter came from; undefined when its headers do not say. */
export const originOf = (headers: Readonly<Record<string, HeaderValue>>): Place | undefined => {
  const topic = textOf(headers[deadLetterHeaders.topic])
  const partition = textOf(headers[deadLetterHeaders.partition]) ?? ""
  // Anybody may write to a topic of letters, and a place that cannot be would stop all behind it.
  return topic === undefined || !/^\d{1,9}$/.test(partition)
    ? undefined
    : { topic, partition: Number(partition) }
}

/** A header as text; of one that stands there several times, the last. */
export const textOf = (value: HeaderValue | undefined): string | undefined => {
  if (value === undefined || typeof value === "string") return value
  return Buffer.isBuffer(value) ? value.toString() : textOf(value.at(-1))
}
