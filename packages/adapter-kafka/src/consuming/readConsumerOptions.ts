/** Reads the settings of a consumer and names every bad one. It connects to nothing. */

import { InvalidInput } from "@holdfast/core/engine"
import type { HandleMessage } from "@holdfast/core/events"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { TopicShape } from "../clients/KafkaClient.ts"
import type { KafkaConnectionOptions } from "../options/KafkaOptions.ts"
import type { KafkaStartError } from "../options/KafkaStartError.ts"
import {
  between,
  connectionFields,
  invalidOptions,
  named,
  newTopicsField,
  topicShapeOf
} from "../options/readKafkaOptions.ts"
import type { KafkaConsumerOptions } from "./ConsumerOptions.ts"

/** What Kafka takes for the name of a topic. */
const topicCharactersMax = 249

/** A function, of which only its caller knows more. */
export const callable = Schema.Unknown.check(
  Schema.makeFilter((value) => typeof value === "function" || "must be a function")
)

const read = InvalidInput.reader(
  Schema.Struct({
    ...connectionFields,
    groupId: Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(255)),
    topics: Schema.Array(named(topicCharactersMax)).check(Schema.isMinLength(1)),
    handle: callable,
    from: Schema.Literals(["FIRST", "LAST"]),
    triesMax: between(1, 1_000),
    handleTimeoutMillis: between(1, 3_600_000),
    deadLetterTopic: Schema.optional(callable),
    createTopics: newTopicsField,
    sessionTimeoutMillis: between(6_000, 1_800_000)
  })
)

/** The settings as the rest of the adapter uses them. */
export interface ConsumerSettings {
  readonly connection: KafkaConnectionOptions & { readonly clientId: string }
  readonly groupId: string
  readonly topics: ReadonlyArray<string>
  readonly handle: HandleMessage
  readonly from: "FIRST" | "LAST"
  readonly triesMax: number
  readonly handleTimeoutMillis: number
  /** By topic. */
  readonly deadLetterTopics: ReadonlyMap<string, string>
  readonly newTopics: TopicShape | undefined
  readonly sessionTimeoutMillis: number
}

const refused = (path: string, message: string) =>
  Effect.fail(invalidOptions({ _tag: "InvalidInput", issues: [{ path, message }] }))

const topicName = new RegExp(`^[A-Za-z0-9._-]{1,${topicCharactersMax}}$`)

/** Reads them; every bad field is named. */
export const readConsumerOptions = (
  options: KafkaConsumerOptions
): Effect.Effect<ConsumerSettings, KafkaStartError> => {
  const result = read(options)
  if (Result.isFailure(result)) return Effect.fail(invalidOptions(result.failure))
  const { brokers, clientId = "holdfast", groupId, handle, sasl, tls } = options
  const topics = [...new Set(options.topics)]
  const nameOf = options.deadLetterTopic ?? ((topic: string) => `${topic}.dlq`)
  const deadLetterTopics = new Map(topics.map((topic) => [topic, nameOf(topic)]))
  for (const [topic, letters] of deadLetterTopics) {
    if (typeof letters !== "string" || !topicName.test(letters)) {
      return refused("deadLetterTopic", `gives ${String(letters)} for ${topic}: no name of a topic`)
    }
    if (topics.includes(letters)) {
      return refused("deadLetterTopic", `gives ${letters} for ${topic}, which is itself consumed`)
    }
  }
  return Effect.succeed({
    connection: { brokers, clientId, sasl, tls },
    groupId,
    topics,
    handle,
    from: options.from,
    triesMax: options.triesMax ?? 10,
    handleTimeoutMillis: options.handleTimeoutMillis ?? 30_000,
    deadLetterTopics,
    newTopics: topicShapeOf(options.createTopics),
    sessionTimeoutMillis: options.sessionTimeoutMillis ?? 30_000
  })
}
