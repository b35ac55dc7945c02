/** Opens a publisher over any client: checks the topics, and ends the producer with the scope. */
import type { EventPublisher } from "@holdfast/core/events"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { KafkaClient } from "../clients/KafkaClient.ts"
import { topicNamed } from "../messages/topicOf.ts"
import { KafkaStartError } from "../options/KafkaStartError.ts"
import type { KafkaSettings } from "../options/readKafkaOptions.ts"
import { adviceOf } from "./failures.ts"
import { makeLanes } from "./Lanes.ts"
import { makePublisher } from "./makePublisher.ts"
import { makeTopics } from "./Topics.ts"

/** What only a person can set right; anything else may pass by itself. */
const refusals = new Set([
  "SASL_AUTHENTICATION_FAILED",
  "UNSUPPORTED_SASL_MECHANISM",
  "ILLEGAL_SASL_STATE",
  "TOPIC_AUTHORIZATION_FAILED",
  "CLUSTER_AUTHORIZATION_FAILED",
  "INVALID_REPLICATION_FACTOR",
  "INVALID_PARTITIONS",
  "INVALID_CONFIG",
  "INVALID_TOPIC_EXCEPTION",
  "POLICY_VIOLATION",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "CERT_HAS_EXPIRED",
  "ERR_TLS_CERT_ALTNAME_INVALID"
])

/**
 * Opens it. Fails when the brokers refuse something that only a person can set right, or when a
 * topic is missing. When no broker answers, it opens all the same, and says so in the log.
 */
export const openPublisher = Effect.fnUntraced(function* (
  client: KafkaClient,
  settings: KafkaSettings
): Effect.fn.Return<EventPublisher, KafkaStartError, Scope.Scope> {
  const topics = makeTopics(client, settings.newTopics)
  for (const name of settings.expect) {
    const topic = topicNamed(settings, name)
    const failure = yield* Effect.match(topics.partitionsOf(topic), {
      onSuccess: () => undefined,
      onFailure: (it) => it
    })
    if (failure === undefined) continue
    const { cause, code } = failure
    const message = adviceOf(code, topic, cause)
    if (code === "UNKNOWN_TOPIC_OR_PARTITION") {
      return yield* new KafkaStartError({ reason: "TopicMissing", message, cause })
    }
    if (code !== undefined && refusals.has(code)) {
      return yield* new KafkaStartError({ reason: "Refused", message, cause })
    }
    yield* Effect.annotateLogs(Effect.logWarning("Kafka does not answer yet; events wait"), {
      topic,
      problem: message
    })
    break
  }
  const lanes = makeLanes(client, settings.sendTimeoutMillis)
  yield* Effect.addFinalizer(() => lanes.close)
  return makePublisher(lanes, topics, settings)
})
