/**
 * `holdfast events redrive`: publishes what became a dead letter: the events that a relay has left
 * out, or the messages that a consumer has put into a topic.
 */
import { makeManagementRecords } from "@holdfast/core/engine"
import { type KeptDeadLetter, redriveDeadLetters } from "@holdfast/core/events"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { Answered, answer, answering } from "../../cli/answering.ts"
import { type CommandFailure, failure, usageFailure } from "../../cli/CommandFailure.ts"
import { type ContextName, contextFlags } from "../../cli/contextSettings.ts"
import { type KafkaInput, kafkaFlags, namedKafkaOf } from "../../cli/kafkaSettings.ts"
import { openKafka } from "../../serving/relaying.ts"
import { logOf, type OnDatabaseInput, onDatabase, onDatabaseFlags } from "../onDatabase.ts"
import { unknownCursor } from "./positions.ts"
import { type LetterInput, letterFlags, redriveTopic } from "./redriveTopic.ts"

const { kafkaCursor: _, kafkaLease: __, ...destinationFlags } = kafkaFlags

const flags = {
  ...onDatabaseFlags,
  ...contextFlags,
  ...destinationFlags,
  ...letterFlags,
  cursor: Argument.optional(
    Argument.withDescription(
      Argument.String("cursor"),
      "Name of the cursor whose dead letters are published, such as kafka"
    )
  )
}

type Input = OnDatabaseInput & KafkaInput & LetterInput & { readonly context: ContextName }

const line = ({ cause, eventId, id, position }: KeptDeadLetter): string =>
  `  ${id}: position ${position}, event ${eventId}: ${cause}`

/** Refuses what cannot be meant, before anything is opened. */
const checkAsked = (
  input: Input,
  cursor: string | undefined
): Effect.Effect<void, CommandFailure> => {
  const { database, dryRun, folder, group, topic } = input
  const mistake = () => {
    if (topic === undefined && cursor === undefined) {
      return "name a cursor, such as kafka, or a topic of dead letters with --topic"
    }
    if (topic !== undefined && cursor !== undefined) {
      return `name the cursor ${cursor} or --topic ${topic}, not both`
    }
    if (topic !== undefined && (database?.from === "flag" || folder?.from === "flag")) {
      return "--topic is about letters in Kafka: leave out --database and --folder"
    }
    if (topic === undefined && group !== undefined) return "--group needs --topic"
    return topic === undefined && dryRun
      ? `--dry-run needs --topic; holdfast events dead-letters ${cursor} lists what would be published`
      : undefined
  }
  const found = mistake()
  return found === undefined ? Effect.void : Effect.fail(usageFailure(found))
}

/** The relay may run beside it. */
const redriveCursor = (input: Input, cursor: string): Effect.Effect<void, Answered> =>
  onDatabase(input, () =>
    Effect.gen(function* () {
      const destination = yield* namedKafkaOf(input)
      const log = yield* logOf(input.context)
      const known = (yield* log.cursors.list).find(({ name }) => name === cursor)
      if (known === undefined) return yield* unknownCursor(log.cursors, cursor)
      if (known.kind !== "PUBLISHER") {
        return yield* failure(
          "CursorKindMismatch",
          `the cursor ${cursor} belongs to a ${known.kind.toLowerCase()}: its dead letters do not go to Kafka`
        )
      }
      const record = yield* makeManagementRecords
      const { left, problem, redriven } = yield* openKafka(destination, log).pipe(
        Effect.mapError(({ message }) => failure("Kafka", message)),
        Effect.flatMap((publisher) => redriveDeadLetters(log, publisher, cursor, record)),
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

/** Of a cursor, or of a topic. */
export const redrive = Command.make("redrive", flags, (given) => {
  const input = { ...given, kafkaCursor: undefined, kafkaLease: undefined }
  const cursor = Option.getOrUndefined(given.cursor)
  const work = Effect.suspend(() =>
    input.topic === undefined
      ? redriveCursor(input, cursor ?? "")
      : redriveTopic(input, input.topic)
  )
  return Effect.andThen(answering(input, checkAsked(input, cursor)), work)
}).pipe(
  Command.withDescription(
    "Publish what became a dead letter: events that a relay left out, or messages of a topic"
  ),
  Command.withExamples([
    {
      command: "holdfast events redrive kafka --kafka 127.0.0.1:9092",
      description: "Publish the dead letters of the cursor kafka, behind newer events"
    },
    {
      command: "holdfast events redrive --topic orders.dlq --kafka 127.0.0.1:9092 --dry-run",
      description: "See which dead letters of a consumer would go back to their topics"
    }
  ])
)
