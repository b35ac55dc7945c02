/** Opens a consumer over any client. */
import type { EventConsumer } from "@holdfast/core/events"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { KafkaClient } from "../clients/KafkaClient.ts"
import type { KafkaConsumerClient } from "../clients/KafkaConsumerClient.ts"
import type { KafkaStartError } from "../options/KafkaStartError.ts"
import { adviceOf } from "../publishing/failures.ts"
import { makeLanes } from "../publishing/Lanes.ts"
import { makeTopics } from "../publishing/Topics.ts"
import type { KafkaConsumerOptions } from "./ConsumerOptions.ts"
import { makeDeadLetters } from "./deadLetters.ts"
import { handlingText } from "./handling.ts"
import { makeConsumer } from "./makeConsumer.ts"
import { type ConsumerSettings, readConsumerOptions } from "./readConsumerOptions.ts"

const sendTimeoutMillis = 30_000

/** How a client is made, for writing and for reading. */
export interface GroupClients {
  readonly writing: (connection: ConsumerSettings["connection"]) => KafkaClient
  readonly reading: (connection: ConsumerSettings["connection"]) => KafkaConsumerClient
}

/** Opens it: fails when the settings cannot be used, and connects when the consumer runs. */
export const openConsumer = Effect.fnUntraced(function* (
  clients: GroupClients,
  options: KafkaConsumerOptions
): Effect.fn.Return<EventConsumer, KafkaStartError, Scope.Scope> {
  const settings = yield* readConsumerOptions(options)
  const client = clients.writing(settings.connection)
  const topics = makeTopics(client, settings.newTopics)
  const lanes = makeLanes(client, sendTimeoutMillis)
  yield* Effect.addFinalizer(() => lanes.close)
  const lettersOf = (topic: string) => settings.deadLetterTopics.get(topic) ?? `${topic}.dlq`
  const { handle, handleTimeoutMillis, triesMax } = settings
  return makeConsumer({
    client: clients.reading(settings.connection),
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
