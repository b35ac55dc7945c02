/**
 * `holdfast events redrive --topic`: dead letters of a consumer go back to the topics that they came
 * from. No database takes part.
 */
import { type RedriveProgress, redrive } from "@holdfast/adapter-kafka"
import { redrive as platformaticRedrive } from "@holdfast/adapter-kafka/platformatic"
import * as Effect from "effect/Effect"
import { Answered, type AnswerInput, answer, answeringOnce } from "../../cli/answering.ts"
import { failure } from "../../cli/CommandFailure.ts"
import { type KafkaInput, namedKafkaOf, namedUpTo } from "../../cli/kafkaSettings.ts"
import { setting, toggle } from "../../cli/settings.ts"

/** The settings about a topic of dead letters. */
export const letterFlags = {
  topic: setting(
    "topic",
    {
      metavar: "<name>",
      description: "Topic of dead letters, such as orders.dlq, in place of a cursor",
      read: namedUpTo(249)
    },
    undefined
  ),
  group: setting(
    "group",
    {
      metavar: "<name>",
      description:
        "Consumer group that remembers which letters went back (default: the topic with .redrive)",
      read: namedUpTo(249)
    },
    undefined
  ),
  dryRun: toggle("dry-run", "Say which letters of the topic would go back, and send none", false)
}

/** The same settings, as read. */
export interface LetterInput {
  readonly topic: string | undefined
  readonly group: string | undefined
  readonly dryRun: boolean
}

/** A line in the log says how far the work is after so many letters. */
const lettersALine = 1_000

/** Logs how far the work is, from time to time. */
const progressLog = Effect.map(
  Effect.context<never>(),
  (context) =>
    ({ left, redriven, total }: RedriveProgress): void => {
      const done = redriven + left
      if (done % lettersALine !== 0) return
      Effect.runSyncWith(context)(Effect.logInfo(`${done} of ${total} dead letters`))
    }
)

/** A second call sends none of the letters again. */
export const redriveTopic = (
  input: AnswerInput & KafkaInput & LetterInput,
  topic: string
): Effect.Effect<void, Answered> =>
  answeringOnce(
    input,
    Effect.gen(function* () {
      const { dryRun: isDryRun, group: groupId } = input
      const { client, publisher } = yield* namedKafkaOf(input)
      const { brokers, sasl, tls } = publisher
      const onProgress = yield* progressLog
      const options = { brokers, sasl, tls, topic, groupId, isDryRun, onProgress }
      const sending = client === "kafkajs" ? redrive(options) : platformaticRedrive(options)
      const { left, redriven, topics } = yield* Effect.mapError(sending, (error) => {
        const before = error._tag === "RedriveError" ? ` (before that: ${error.redriven})` : ""
        return failure("Kafka", `${error.message}${before}`)
      })
      const verb = isDryRun ? "would go back" : "went back"
      yield* answer(input, { topic, isDryRun, redriven, left, topics }, [
        `${topic}: ${redriven} letters ${verb}`,
        ...Object.entries(topics).map(([to, letters]) => `  ${to}: ${letters}`),
        ...(left === 0 ? [] : [`${left} stay: they do not say where they came from`])
      ])
      if (left > 0) return yield* new Answered({ exitCode: 1 })
    })
  )
