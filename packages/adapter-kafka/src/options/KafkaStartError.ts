/** Why a publisher could not be made. What goes wrong later is a `PublishError`, and never this. */
import * as Data from "effect/Data"

/**
 * The refusal to start, with a message made for the person who starts the process.
 * `InvalidOptions`: the options cannot be read. `TopicMissing`: a topic that must be there is not.
 * `Refused`: the brokers refuse the credentials, the rights, or the certificate. Passwords are
 * never part of it. That no broker can be reached is no reason: the publisher waits for one.
 */
export class KafkaStartError extends Data.TaggedError("KafkaStartError")<{
  readonly reason: "InvalidOptions" | "TopicMissing" | "Refused"
  readonly message: string
  readonly cause?: unknown
}> {}
