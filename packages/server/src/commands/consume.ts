/** `holdfast consume orders`: handles events about orders from Kafka, and does nothing else. */
import { Inventory } from "@holdfast/core/inventory"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { answer } from "../cli/answering.ts"
import { failure } from "../cli/CommandFailure.ts"
import { consumeOrdersFlags, kafkaFlags, namedKafkaOf } from "../cli/kafkaSettings.ts"
import { stopSignal } from "../cli/signals.ts"
import { consumeOrders, layerOrderFlow } from "../serving/consumingOrders.ts"
import { onDatabase, onDatabaseFlags } from "./onDatabase.ts"

const flags = { ...onDatabaseFlags, ...kafkaFlags, ...consumeOrdersFlags }

/** Any number may run, beside servers that do the same: they share the partitions. */
const orders = Command.make("orders", flags, (input) =>
  onDatabase(
    input,
    (place) =>
      Effect.gen(function* () {
        const kafka = yield* namedKafkaOf(input)
        const { ordersGroup: group, ordersTopic: topic } = input
        const brokers = kafka.publisher.brokers.join(",")
        yield* answer(input, { database: place, brokers, topic, group }, [
          `handling events about orders from ${topic} at ${brokers} on ${place}; stop with Ctrl+C`
        ])
        const consuming = consumeOrders({ kafka, topic, group }).pipe(
          Effect.mapError(({ message }) => failure("Kafka", message)),
          Effect.provide(
            Layer.provide(layerOrderFlow(input.schema), Inventory.layer({ audit: "ALL" }))
          )
        )
        yield* Effect.raceFirst(consuming, stopSignal)
      }),
    { isService: true }
  )
).pipe(Command.withDescription("Reserve, confirm and cancel orders by the events of a topic"))

/** Commands that handle what arrives from Kafka. */
export const consume = Command.make("consume").pipe(
  Command.withDescription("Handle events that arrive from Kafka"),
  Command.withSubcommands([orders])
)
