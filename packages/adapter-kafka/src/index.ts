/** Events on Apache Kafka, published with KafkaJS. */
import type { EventConsumer, EventPublisher } from "@holdfast/core/events"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { kafkaJsCompressions, makeKafkaJsClient } from "./clients/KafkaJsClient.ts"
import { makeKafkaJsConsumer } from "./clients/KafkaJsConsumer.ts"
import type { KafkaConsumerOptions } from "./consuming/ConsumerOptions.ts"
import { type GroupClients, openConsumer } from "./consuming/openConsumer.ts"
import {
  type RedriveError,
  type Redriven,
  type RedriveOptions,
  redriveOver
} from "./consuming/redrive.ts"
import type { KafkaPublishing } from "./options/KafkaOptions.ts"
import type { KafkaStartError } from "./options/KafkaStartError.ts"
import { readKafkaOptions } from "./options/readKafkaOptions.ts"
import { KafkaPublisher } from "./publishing/KafkaPublisher.ts"
import { openPublisher } from "./publishing/openPublisher.ts"

export { contextOf } from "@holdfast/core/events"
export type { KafkaConsumerOptions } from "./consuming/ConsumerOptions.ts"
export {
  RedriveError,
  type Redriven,
  type RedriveOptions,
  type RedriveProgress
} from "./consuming/redrive.ts"
export { partitionOf } from "./messages/murmur2.ts"
export type {
  KafkaConnectionOptions,
  KafkaPublishing,
  KafkaSasl,
  KafkaTls,
  NewTopics
} from "./options/KafkaOptions.ts"
export { KafkaStartError } from "./options/KafkaStartError.ts"
export { KafkaPublisher } from "./publishing/KafkaPublisher.ts"

/** The settings of a publisher over KafkaJS. */
export interface KafkaPublisherOptions extends KafkaPublishing {
  /** How batches are compressed: `none` unless given. */
  readonly compression?: "none" | "gzip" | undefined
}

/**
 * A publisher of events to Kafka, until the scope closes. It fails when the settings cannot be
 * used, when a topic is missing, or when the brokers refuse what a person has to set right. A broker
 * that is away fails nothing: `publish` then answers with an error that may be tried again.
 */
export const kafkaPublisher = (
  options: KafkaPublisherOptions
): Effect.Effect<EventPublisher, KafkaStartError, Scope.Scope> =>
  Effect.flatMap(readKafkaOptions(options, kafkaJsCompressions), (settings) =>
    openPublisher(makeKafkaJsClient(settings.connection, options.compression), settings)
  )

/** The same publisher as a layer. */
export const layerKafkaPublisher = (
  options: KafkaPublisherOptions
): Layer.Layer<KafkaPublisher, KafkaStartError> =>
  Layer.effect(KafkaPublisher, kafkaPublisher(options))

const groupClients: GroupClients = {
  writing: (connection) => makeKafkaJsClient(connection),
  reading: makeKafkaJsConsumer
}

/**
 * A member of a group that handles messages, at least once and in the order of each partition. It
 * fails when the settings cannot be used; whatever else is wrong stands in `status` and in the log,
 * and is tried again: a broker that is away, a missing topic, a wrong password. A message that fails
 * holds up its own partition alone, is tried again after longer and longer pauses, and goes among the
 * dead letters after `triesMax` tries, or at once when it can never be handled.
 */
export const kafkaConsumer = (
  options: KafkaConsumerOptions
): Effect.Effect<EventConsumer, KafkaStartError, Scope.Scope> => openConsumer(groupClients, options)

/**
 * Publishes the dead letters of a topic to the topics and partitions that they came from, with their
 * key, value and own headers, as far as the topic reaches now. Letters that went back before, under
 * the same `groupId`, do not go again. They stay in the topic until it forgets them.
 */
export const redrive = (
  options: RedriveOptions
): Effect.Effect<Redriven, KafkaStartError | RedriveError> => redriveOver(groupClients, options)
