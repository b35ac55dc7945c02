/**
 * What a failure of Kafka means. Only a message that the broker can never take is left out by a
 * relay; whatever a person or time can set right is tried again, so that no setting loses an event.
 */
import { PublishError } from "@holdfast/core/events"

/** The batch, or a message in it, is larger than the broker or the topic takes. */
const tooLarge = new Set(["MESSAGE_TOO_LARGE", "RECORD_LIST_TOO_LARGE"])

/** Whether a message of the batch can never be taken as it is. */
export const isMessagesFault = (code: string | undefined): boolean =>
  code !== undefined && (tooLarge.has(code) || code === "INVALID_RECORD")

const sasl =
  "the broker refuses the user name or the password: correct `sasl`, or let the user's credentials " +
  "be set on the broker"

const noReplicas =
  "fewer brokers are in sync than the topic's min.insync.replicas: start the brokers that are away"

const away = "no broker can be reached: check `brokers`, and whether the brokers are up"

const cut =
  "the connection to the broker was lost: if this stays so, check that `tls` and `sasl` fit its port"

const advices: Readonly<Record<string, string | ((topic: string) => string)>> = {
  MESSAGE_TOO_LARGE: (topic) =>
    `the event is larger than the topic ${topic} takes: raise its max.message.bytes`,
  RECORD_LIST_TOO_LARGE: (topic) =>
    `the event is larger than a segment of the topic ${topic}: raise its segment.bytes`,
  INVALID_RECORD: (topic) =>
    `the broker cannot keep the event as a record of the topic ${topic}: look at its settings`,
  SASL_AUTHENTICATION_FAILED: sasl,
  UNSUPPORTED_SASL_MECHANISM:
    "the broker does not know this `sasl.mechanism`: choose one of those that it has enabled",
  ILLEGAL_SASL_STATE: "the broker expects no `sasl` at this port: leave it out, or choose another",
  TOPIC_AUTHORIZATION_FAILED: (topic) =>
    `the user has no right to write to the topic ${topic}: grant it DESCRIBE and WRITE there`,
  CLUSTER_AUTHORIZATION_FAILED:
    "the user has no right to do this on the cluster: grant it CREATE to make topics, and " +
    "IDEMPOTENT_WRITE on brokers before 3.0",
  UNKNOWN_TOPIC_OR_PARTITION: (topic) =>
    `there is no topic ${topic}, or the user may not see it: make it, set \`createTopics\`, or ` +
    "grant the user DESCRIBE on it",
  INVALID_REPLICATION_FACTOR:
    "there are fewer brokers than `createTopics.replicationFactor`: lower it, or start more",
  INVALID_TOPIC_EXCEPTION: (topic) =>
    `${topic} is no name that Kafka takes for a topic: change \`topicPrefix\``,
  NOT_ENOUGH_REPLICAS: noReplicas,
  NOT_ENOUGH_REPLICAS_AFTER_APPEND: noReplicas,
  TIMED_OUT: "the broker did not answer in time",
  UNCONFIRMED: "the broker's answer does not confirm that the events were kept",
  ECONNREFUSED: away,
  ENOTFOUND: away,
  EAI_AGAIN: away,
  EHOSTUNREACH: away,
  ETIMEDOUT: away,
  ECONNRESET: cut,
  CONNECTION_LOST: cut
}

const isTls = (code: string) =>
  /CERT|ERR_TLS|ERR_SSL|EPROTO|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)/.test(code)

/** What a failure is, in words that say what to do and hold no secret. */
export const adviceOf = (code: string | undefined, topic: string, cause?: unknown): string => {
  if (code === undefined) {
    return `the Kafka client failed: ${cause instanceof Error ? cause.message : String(cause)}`
  }
  const advice = advices[code]
  if (typeof advice === "function") return `${advice(topic)} (${code})`
  if (advice !== undefined) return `${advice} (${code})`
  if (isTls(code)) return `the broker's certificate is not accepted: correct \`tls\` (${code})`
  return `Kafka answers ${code} for the topic ${topic}`
}

/** The error for events that a topic has not taken. */
export const publishError = (
  code: string | undefined,
  topic: string,
  about: { readonly eventId?: string | undefined; readonly cause?: unknown }
): PublishError =>
  new PublishError({
    message: adviceOf(code, topic, about.cause),
    isRetryable: about.eventId === undefined || !isMessagesFault(code),
    ...about
  })
