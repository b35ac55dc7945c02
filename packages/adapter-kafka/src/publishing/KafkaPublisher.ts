/** The publisher as a service. */
import type { EventPublisher } from "@holdfast/core/events"
import * as Context from "effect/Context"

/** Where events go when Kafka takes them. */
export class KafkaPublisher extends Context.Service<KafkaPublisher, EventPublisher>()(
  "@holdfast/adapter-kafka/KafkaPublisher"
) {}
