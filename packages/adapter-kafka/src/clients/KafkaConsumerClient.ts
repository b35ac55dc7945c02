/**
 * PORT. The reading side of a Kafka client, as far as this adapter uses one: a member of a group that
 * gets one batch of a partition at a time, and gives all back before the group shares its partitions again.
 */
import type { KafkaMessage } from "./KafkaClient.ts"

/** A message as the broker keeps it. */
export interface FetchedMessage extends KafkaMessage {
  readonly offset: number
}

/** Messages of one partition, in order. Offsets may have gaps. */
export interface FetchedBatch {
  readonly topic: string
  readonly partition: number
  /** The offset that was asked for. */
  readonly from: number
  /** The offset after the batch. */
  readonly next: number
  /** The offset that the next message of the partition will get. */
  readonly end: number
  readonly messages: ReadonlyArray<FetchedMessage>
}

/** A partition of a topic. */
export interface Place {
  readonly topic: string
  readonly partition: number
}

/** Where the group stands in a partition: all messages before the offset were handled. */
export interface Committed extends Place {
  readonly offset: number
}

/** What a member tells its owner. */
export interface MemberEvents {
  /**
   * A batch to handle. The partition gives no other before the promise settles, and a false answer
   * refuses it: then it is given again.
   */
  readonly received: (batch: FetchedBatch) => Promise<void> | false
  /** The partition holds nothing to handle from one offset up to another. */
  readonly passed: (place: Place, from: number, next: number) => void
  /** The group is about to share its partitions again; the member waits until nothing is in hand. */
  readonly giveBack: () => Promise<void>
  /** The member has these partitions now, and no others. */
  readonly assigned: (places: ReadonlyArray<Place>) => void
  /** The member has stopped, and is of no use any more. */
  readonly ended: (error: unknown) => void
}

/** How a group is joined. */
export interface MemberOptions {
  readonly groupId: string
  /** The topics, and where the group begins in partitions where it has committed nothing yet. */
  readonly topics: ReadonlyArray<{ readonly topic: string; readonly from: "FIRST" | "LAST" }>
  /** After this time without a sign of life, others get the member's partitions. */
  readonly sessionTimeoutMillis: number
}

/** A member of a group, from joining to leaving. */
export interface GroupMember {
  /** Resolves when the member has joined, or has ended. */
  readonly join: () => Promise<void>
  readonly commit: (offsets: ReadonlyArray<Committed>) => Promise<void>
  /** Leaves in good order, so that others take over at once. */
  readonly leave: () => Promise<void>
  /** Ends at once. */
  readonly destroy: () => void
}

/** How far a partition reaches, and where a group stands in it: null when it has committed nothing. */
export interface Standing extends Place {
  readonly first: number
  readonly end: number
  readonly committed: number | null
}

/** After this time at most, a member learns of new partitions of its topics. */
export const newPartitionsMillisMax = 10_000

/** What a client can do; promises reject with the client's own errors. */
export interface KafkaConsumerClient {
  readonly newMember: (options: MemberOptions, events: MemberEvents) => GroupMember
  readonly standings: (
    groupId: string,
    topics: ReadonlyArray<string>
  ) => Promise<ReadonlyArray<Standing>>
  /** What went wrong: a protocol error by Kafka's name for it, or an error code of the network. */
  readonly codeOf: (error: unknown) => string | undefined
}
