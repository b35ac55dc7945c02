/**
 * PORT. A Kafka client, as far as this adapter uses one. A client is not trusted with more than one
 * partition at a time, nor after it has failed once: see `Lanes.ts`.
 */

/** What a header may hold; one that stands there several times is a list. */
export type HeaderValue = string | Buffer | ReadonlyArray<string | Buffer>

/** A message; all text is UTF-8. */
export interface KafkaMessage {
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: Readonly<Record<string, HeaderValue>>
}

/** What the broker acknowledged: the place of the first message of a batch. */
export interface Acknowledged {
  readonly topic: string
  readonly partition: number
  readonly offset: bigint
}

/** An idempotent producer that waits for all replicas in sync. */
export interface KafkaProducer {
  /** Called once, before the first send. */
  readonly connect: () => Promise<void>
  /** Sends messages to one partition; the answer lists all that the broker acknowledged. */
  readonly sendToPartition: (
    topic: string,
    partition: number,
    messages: ReadonlyArray<KafkaMessage>
  ) => Promise<ReadonlyArray<Acknowledged>>
  /** Leaves in good order; called when nothing is under way. */
  readonly close: () => Promise<void>
  /** Ends at once. What is under way fails, and is never sent again by this producer. */
  readonly destroy: () => void
}

/** A topic that is there. */
export interface KafkaTopic {
  readonly partitions: number
}

/** How a topic is made; undefined leaves a choice to the brokers. */
export interface TopicShape {
  readonly partitions: number
  readonly replicationFactor: number | undefined
  readonly minInSyncReplicas: number | undefined
}

/** What a client can do; promises reject with the client's own errors. */
export interface KafkaClient {
  readonly newProducer: () => KafkaProducer
  /** Looks a topic up; undefined when it is not there, or hidden from this user. */
  readonly describeTopic: (topic: string) => Promise<KafkaTopic | undefined>
  /** Makes a topic; one that is there is left as it is. */
  readonly createTopic: (topic: string, shape: TopicShape) => Promise<void>
  /** What went wrong: a protocol error by Kafka's name for it, or an error code of the network. */
  readonly codeOf: (error: unknown) => string | undefined
}
