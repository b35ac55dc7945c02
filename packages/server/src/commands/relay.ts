/** `holdfast relay`: moves events to Kafka, and does nothing else, until a signal asks it to stop. */
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import { answer } from "../cli/answering.ts"
import { failure } from "../cli/CommandFailure.ts"
import { contextsOf, serviceFlags } from "../cli/contextSettings.ts"
import { kafkaFlags, namedKafkaOf } from "../cli/kafkaSettings.ts"
import { stopSignal } from "../cli/signals.ts"
import { relayTo } from "../serving/relaying.ts"
import { logOf, onDatabase, onDatabaseFlags } from "./onDatabase.ts"

const flags = { ...onDatabaseFlags, ...serviceFlags, ...kafkaFlags }

/** Any number may run, beside servers that relay too: one is active for each log. */
export const relay = Command.make("relay", flags, (input) =>
  onDatabase(
    input,
    (place) =>
      Effect.gen(function* () {
        const destination = yield* namedKafkaOf(input)
        const brokers = destination.publisher.brokers.join(",")
        const about = { database: place, brokers, cursor: destination.cursor }
        const opened = yield* Effect.cached(
          answer(input, about, [
            `relaying events of ${place} to Kafka at ${brokers}; stop with Ctrl+C`
          ])
        )
        const moving = Effect.forEach(
          contextsOf(input.service),
          (context) =>
            Effect.flatMap(logOf(context), (log) => relayTo(destination, log, () => opened)),
          { concurrency: "unbounded", discard: true }
        ).pipe(
          Effect.mapError(({ _tag, message }) =>
            failure(_tag === "KafkaStartError" ? "Kafka" : _tag, message)
          )
        )
        yield* Effect.raceFirst(moving, stopSignal)
      }),
    { isService: true }
  )
).pipe(Command.withDescription("Move events to Kafka, without serving"))
