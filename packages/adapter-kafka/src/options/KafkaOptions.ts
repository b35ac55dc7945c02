/** The settings of a publisher. A secret is `Redacted`, and appears in no message. */
import type * as Redacted from "effect/Redacted"

/** How a connection is encrypted: `true` checks the certificate against the authorities of Node. */
export interface KafkaTls {
  /** The authority of the brokers' certificates, in PEM. */
  readonly ca?: string | undefined
  /** The client's own certificate, in PEM, with its key. */
  readonly cert?: string | undefined
  readonly key?: Redacted.Redacted<string> | undefined
  readonly passphrase?: Redacted.Redacted<string> | undefined
  /** False takes any certificate: for tests. */
  readonly rejectUnauthorized?: boolean | undefined
}

/** Who the client is. */
export interface KafkaSasl {
  readonly mechanism: "PLAIN" | "SCRAM-SHA-256" | "SCRAM-SHA-512"
  readonly username: string
  readonly password: Redacted.Redacted<string>
}

/** How a topic is made that is not there. */
export interface NewTopics {
  /** How many partitions; 12 unless given. A topic keeps the number that it was made with. */
  readonly partitions?: number | undefined
  /** How many brokers keep each event; what the brokers have as their default unless given. */
  readonly replicationFactor?: number | undefined
  /** How many of them have kept an event before it is acknowledged; the brokers' default. */
  readonly minInSyncReplicas?: number | undefined
}

/** What both clients are connected with. */
export interface KafkaConnectionOptions {
  /** Where to begin, as `host:port`. Any of them will do; the client finds the others. */
  readonly brokers: ReadonlyArray<string>
  /** The name under which brokers log this client; `holdfast` unless given. */
  readonly clientId?: string | undefined
  readonly tls?: boolean | KafkaTls | undefined
  readonly sasl?: KafkaSasl | undefined
}

/** What a publisher is made with, but for the compression, which depends on the client. */
export interface KafkaPublishing extends KafkaConnectionOptions {
  /** What the names of topics begin with; `holdfast` unless given. */
  readonly topicPrefix?: string | undefined
  /**
   * One topic for each context (the default) keeps the events of an aggregate in order. One for
   * each type of event keeps that order within a type only.
   */
  readonly topics?: "context" | "eventType" | undefined
  /**
   * The contexts, or the types of event, whose topics must be there at the start: `inventory`,
   * or none with a topic for each type. Others are looked up when their first event comes.
   */
  readonly expect?: ReadonlyArray<string> | undefined
  /** Makes the topics that are not there. Without it, a missing topic is an error. */
  readonly createTopics?: NewTopics | undefined
  /** How long one batch may take, in milliseconds, before it counts as failed: 30,000. */
  readonly sendTimeoutMillis?: number | undefined
}
