/**
 * PORT. Messages that come into the house: from a broker, each handled before it is left behind.
 * They arrive at least once, and in their order within a partition.
 */
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"

/** A message as it arrived. Nobody has read its text yet: it may be of any kind. */
export interface ConsumedMessage {
  readonly topic: string
  readonly partition: number
  /** Its place in the partition. */
  readonly offset: number
  readonly key: string | null
  /** Null in a message that says that its key is gone. */
  readonly value: string | null
  readonly headers: Readonly<Record<string, string>>
}

/** A message that was not handled. */
export class HandleError extends Data.TaggedError("HandleError")<{
  /** What went wrong, in words that hold no secret. They are kept with a dead letter. */
  readonly message: string
  /** Whether the same message may be handled later: false when it never can be. */
  readonly isRetryable: boolean
  readonly cause?: unknown
}> {}

/** Handles one message. What it does more than once must have the effect of doing it once. */
export type HandleMessage = (message: ConsumedMessage) => Effect.Effect<void, HandleError>

/** One partition, as this consumer sees it. */
export interface ConsumedPartition {
  readonly topic: string
  readonly partition: number
  /** How many messages are not handled and committed yet; null until that is known. */
  readonly lag: number | null
  /** How many messages of it are in memory. */
  readonly held: number
  /** Why its first message is not handled yet, when that has failed. */
  readonly problem: string | null
}

/** What a consumer is doing: it is joining its group, handling messages, or trying again. */
export interface ConsumerStatus {
  readonly state: "JOINING" | "CONSUMING" | "RETRYING"
  /** Why the consumer as a whole is trying again, with what a person can do about it. */
  readonly problem: string | null
  /** The partitions that the group has given to this consumer. */
  readonly partitions: ReadonlyArray<ConsumedPartition>
  /** The sum over those partitions; null until it is known of all of them. */
  readonly lag: number | null
  /** How many messages this consumer has put among the dead letters. */
  readonly deadLettered: number
}

/** A member of a group that shares partitions. */
export interface EventConsumer {
  /**
   * Handles messages until it is interrupted, whatever goes wrong meanwhile. When it is interrupted,
   * what is in hand is finished, or given back to the group.
   */
  readonly run: Effect.Effect<never>
  readonly status: Effect.Effect<ConsumerStatus>
}
