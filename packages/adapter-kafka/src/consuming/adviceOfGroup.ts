/** What a failure of a group means, in words that say what to do and hold no secret. */
import type { KafkaConsumerClient } from "../clients/KafkaConsumerClient.ts"
import { adviceOf } from "../publishing/failures.ts"
import type { SendFailure } from "../publishing/Lanes.ts"

const isSendFailure = (error: unknown): error is SendFailure =>
  typeof error === "object" && error !== null && "_tag" in error && error._tag === "SendFailure"

/** By the names of both clients. */
const noCoordinator = new Set([
  "NOT_COORDINATOR_FOR_GROUP",
  "NOT_COORDINATOR",
  "GROUP_COORDINATOR_NOT_AVAILABLE",
  "COORDINATOR_NOT_AVAILABLE",
  "GROUP_LOAD_IN_PROGRESS",
  "COORDINATOR_LOAD_IN_PROGRESS"
])

/** A failure, with Kafka's name for it. */
export type GroupFailure = Pick<SendFailure, "cause" | "code">

/** What has failed, by the names of the client that it came from. */
export const failureOf = (
  error: unknown,
  { codeOf }: Pick<KafkaConsumerClient, "codeOf">
): GroupFailure => (isSendFailure(error) ? error : { cause: error, code: codeOf(error) })

/** Whether brokers that have just started answer so, for a moment. */
export const isOfStart = ({ code }: GroupFailure): boolean =>
  code !== undefined && noCoordinator.has(code)

/** The same as for publishing, but for the rights and topics that reading needs. */
export const adviceOfGroup = (
  { cause, code }: GroupFailure,
  { groupId, topics }: { readonly groupId: string; readonly topics: ReadonlyArray<string> }
): string => {
  const names = topics.join(", ")
  if (code !== undefined && noCoordinator.has(code)) {
    return `the brokers have no coordinator for the group ${groupId} yet (${code})`
  }
  switch (code) {
    case "GROUP_AUTHORIZATION_FAILED":
      return `the user has no right to the group ${groupId}: grant it READ on the group (${code})`
    case "TOPIC_AUTHORIZATION_FAILED":
      return `the user has no right to read ${names}: grant it DESCRIBE and READ there (${code})`
    case "UNKNOWN_TOPIC_OR_PARTITION":
      return (
        `there is no topic ${names}, or the user may not see it: make it, set \`createTopics\`, or ` +
        `grant the user DESCRIBE and READ on it (${code})`
      )
    case "INCONSISTENT_GROUP_PROTOCOL":
      return (
        `the group ${groupId} has members of another kind: stop them, or choose another ` +
        `\`groupId\` (${code})`
      )
    case "INVALID_SESSION_TIMEOUT":
      return (
        "the brokers do not take this `sessionTimeoutMillis`: look at their " +
        `group.min.session.timeout.ms and group.max.session.timeout.ms (${code})`
      )
    default:
      return adviceOf(code, names, cause)
  }
}
