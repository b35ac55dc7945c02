/** Events on Apache Kafka, published with @platformatic/kafka, which has to be installed beside. */
import type { EventConsumer, EventPublisher } from "@holdfast/core/events"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { makePlatformaticClient, platformaticCompressions } from "./clients/PlatformaticClient.ts"
import { makePlatformaticConsumer } from "./clients/PlatformaticConsumer.ts"
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

const groupClients: GroupClients = {
  writing: (connection) => makePlatformaticClient(connection),
  reading: makePlatformaticConsumer
}

/** A member of a group that handles messages; see `kafkaConsumer` of the main entry. */
export const kafkaConsumer = (
  options: KafkaConsumerOptions
): Effect.Effect<EventConsumer, KafkaStartError, Scope.Scope> => openConsumer(groupClients, options)

/** Publishes dead letters where they came from; see `redrive` of the main entry. */
export const redrive = (
  options: RedriveOptions
): Effect.Effect<Redriven, KafkaStartError | RedriveError> => redriveOver(groupClients, options)
