/** `holdfast events redrive`: publishes the events that a relay has left out. */
import { type KeptDeadLetter, redriveDeadLetters } from "@holdfast/core/events"
import { InventoryLog } from "@holdfast/core/inventory"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import { Answered, answer } from "../../cli/answering.ts"
import { failure } from "../../cli/CommandFailure.ts"
import { kafkaFlags, namedKafkaOf } from "../../cli/kafkaSettings.ts"
import { openKafka } from "../../serving/relaying.ts"
import { onDatabase, onDatabaseFlags } from "../onDatabase.ts"
import { unknownCursor } from "./positions.ts"

const { kafkaCursor: _, kafkaLease: __, ...destinationFlags } = kafkaFlags

const flags = {
  ...onDatabaseFlags,
  ...destinationFlags,
  cursor: Argument.withDescription(
    Argument.String("cursor"),
    "Name of the cursor whose dead letters are published, such as kafka"
  )
}

const line = ({ cause, eventId, id, position }: KeptDeadLetter): string =>
  `  ${id}: position ${position}, event ${eventId}: ${cause}`

/** The relay may run beside it. */
export const redrive = Command.make("redrive", flags, (input) =>
  onDatabase(input, () =>
    Effect.gen(function* () {
      const { cursor } = input
      const destination = yield* namedKafkaOf({
        ...input,
        kafkaCursor: undefined,
        kafkaLease: undefined
      })
      const log = yield* InventoryLog
      const known = (yield* log.cursors.list).find(({ name }) => name === cursor)
      if (known === undefined) return yield* unknownCursor(log.cursors, cursor)
      if (known.kind !== "PUBLISHER") {
        return yield* failure(
          "CursorKindMismatch",
          `the cursor ${cursor} belongs to a ${known.kind.toLowerCase()}: its dead letters do not go to Kafka`
        )
      }
      const { left, problem, redriven } = yield* openKafka(destination).pipe(
        Effect.mapError(({ message }) => failure("Kafka", message)),
        Effect.flatMap((publisher) => redriveDeadLetters(log, publisher, cursor)),
        Effect.scoped
      )
      if (problem !== null) {
        return yield* failure("Kafka", `${problem.message} (published before that: ${redriven})`)
      }
      yield* answer(input, { cursor, redriven, left }, [
        `${cursor}: ${redriven} published, ${left.length} left among the dead letters`,
        ...left.map(line)
      ])
      if (left.length > 0) return yield* new Answered({ exitCode: 1 })
    })
  )
).pipe(
  Command.withDescription("Publish the events that a relay had to leave out, behind newer ones"),
  Command.withExamples([
    {
      command: "holdfast events redrive kafka --kafka 127.0.0.1:9092",
      description: "Publish the dead letters of the cursor kafka"
    }
  ])
)
