/** Opens a consumer over KafkaJS. */
import type { EventConsumer } from "@holdfast/core/events"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { makeKafkaJsClient } from "../clients/KafkaJsClient.ts"
import { makeKafkaJsConsumer } from "../clients/KafkaJsConsumer.ts"
import type { KafkaStartError } from "../options/KafkaStartError.ts"
import { adviceOf } from "../publishing/failures.ts"
import { makeLanes } from "../publishing/Lanes.ts"
import { makeTopics } from "../publishing/Topics.ts"
import type { KafkaConsumerOptions } from "./ConsumerOptions.ts"
import { makeDeadLetters } from "./deadLetters.ts"
import { handlingText } from "./handling.ts"
import { makeConsumer } from "./makeConsumer.ts"
import { readConsumerOptions } from "./readConsumerOptions.ts"

const sendTimeoutMillis = 30_000

/**
 * A member of a group that handles messages, at least once and in the order of each partition. It
 * fails when the settings cannot be used; whatever else is wrong stands in `status` and in the log,
 * and tried again: a broker that is away, a missing topic, a wrong password. A message that fails
 * holds up its own partition alone, is tried again after longer and longer pauses, and goes among the
 * dead letters after `triesMax` tries, or at once when it can never be handled.
 */
export const kafkaConsumer = Effect.fnUntraced(function* (
  options: KafkaConsumerOptions
): Effect.fn.Return<EventConsumer, KafkaStartError, Scope.Scope> {
  const settings = yield* readConsumerOptions(options)
  const client = makeKafkaJsClient(settings.connection)
  const topics = makeTopics(client, settings.newTopics)
  const lanes = makeLanes(client, sendTimeoutMillis)
  yield* Effect.addFinalizer(() => lanes.close)
  const lettersOf = (topic: string) => settings.deadLetterTopics.get(topic) ?? `${topic}.dlq`
  const { handle, handleTimeoutMillis, triesMax } = settings
  return makeConsumer({
    client: makeKafkaJsConsumer(settings.connection),
    topics,
    settings,
    handling: {
      handle: handlingText(handle),
      handleTimeoutMillis,
      triesMax,
      deadLetters: makeDeadLetters(lanes, topics, settings.groupId, lettersOf),
      adviceOf: ({ cause, code }, topic) => adviceOf(code, lettersOf(topic), cause)
    }
  })
})
