/** Events on Apache Kafka, published with @platformatic/kafka, which has to be installed beside. */
import type { EventPublisher } from "@holdfast/core/events"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { makePlatformaticClient, platformaticCompressions } from "./clients/PlatformaticClient.ts"
import type { KafkaPublishing } from "./options/KafkaOptions.ts"
import type { KafkaStartError } from "./options/KafkaStartError.ts"
import { readKafkaOptions } from "./options/readKafkaOptions.ts"
import { KafkaPublisher } from "./publishing/KafkaPublisher.ts"
import { openPublisher } from "./publishing/openPublisher.ts"

export { contextOf } from "@holdfast/core/events"
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

/** The settings of a publisher over @platformatic/kafka. */
export interface KafkaPublisherOptions extends KafkaPublishing {
  /** How batches are compressed: `none` unless given. */
  readonly compression?: "none" | "gzip" | "snappy" | "lz4" | "zstd" | undefined
}

/** A publisher of events to Kafka, until the scope closes; see `kafkaPublisher` of the main entry. */
export const kafkaPublisher = (
  options: KafkaPublisherOptions
): Effect.Effect<EventPublisher, KafkaStartError, Scope.Scope> =>
  Effect.flatMap(readKafkaOptions(options, platformaticCompressions), (settings) =>
    openPublisher(makePlatformaticClient(settings.connection, options.compression), settings)
  )

/** The same publisher as a layer. */
export const layerKafkaPublisher = (
  options: KafkaPublisherOptions
): Layer.Layer<KafkaPublisher, KafkaStartError> =>
  Layer.effect(KafkaPublisher, kafkaPublisher(options))
