/** What a failure of a group means, in words that say what to do and hold no secret. */
import { codeOf } from "../clients/KafkaJsClient.ts"
import { adviceOf } from "../publishing/failures.ts"
import type { SendFailure } from "../publishing/Lanes.ts"

const isSendFailure = (error: unknown): error is SendFailure =>
  typeof error === "object" && error !== null && "_tag" in error && error._tag === "SendFailure"

const noCoordinator = new Set([
  "NOT_COORDINATOR_FOR_GROUP",
  "GROUP_COORDINATOR_NOT_AVAILABLE",
  "GROUP_LOAD_IN_PROGRESS"
])

const failureOf = (error: unknown): Pick<SendFailure, "cause" | "code"> =>
  isSendFailure(error) ? error : { cause: error, code: codeOf(error) }

/** By what code a client or a broker calls it. */
export const codeOfFailure = (error: unknown): string | undefined => failureOf(error).code

/** Whether brokers that have just started answer so, for a moment. */
export const isOfStart = (error: unknown): boolean => noCoordinator.has(failureOf(error).code ?? "")

/** The same as for publishing, but for the rights and topics that reading needs. */
export const adviceOfGroup = (
  error: unknown,
  { groupId, topics }: { readonly groupId: string; readonly topics: ReadonlyArray<string> }
): string => {
  const names = topics.join(", ")
  const { cause, code } = failureOf(error)
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
