/** Events on Apache Kafka, published with KafkaJS. */
import type { EventPublisher } from "@holdfast/core/events"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { kafkaJsCompressions, makeKafkaJsClient } from "./clients/KafkaJsClient.ts"
import type { KafkaPublishing } from "./options/KafkaOptions.ts"
import type { KafkaStartError } from "./options/KafkaStartError.ts"
import { readKafkaOptions } from "./options/readKafkaOptions.ts"
import { KafkaPublisher } from "./publishing/KafkaPublisher.ts"
import { openPublisher } from "./publishing/openPublisher.ts"

export { contextOf } from "@holdfast/core/events"
export type { KafkaConsumerOptions } from "./consuming/ConsumerOptions.ts"
export { kafkaConsumer } from "./consuming/kafkaConsumer.ts"
export {
  RedriveError,
  type Redriven,
  type RedriveOptions,
  type RedriveProgress,
  redrive
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
