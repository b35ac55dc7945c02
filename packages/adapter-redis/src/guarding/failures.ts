/** What went wrong with Redis, in words that hold no secret. */

/**
 * `late`: no answer in time. `gone`: no connection. `refused`: Redis answered that it does not do this
 * now, or not for this user.
 */
export type FailureKind = "late" | "gone" | "refused"

/** A failure, and what a person should know of it. */
export interface Failure {
  readonly kind: FailureKind
  readonly problem: string
}

/** Answers of Redis that a person has to do something about, by their first word. */
const advice: Readonly<Record<string, string>> = {
  OOM: "it is out of memory and evicts nothing: set maxmemory-policy to allkeys-lru",
  READONLY: "it is a replica, which takes no writes",
  NOREPLICAS: "it has too few replicas to take writes (min-replicas-to-write)",
  MISCONF: "it cannot save its data, and takes no writes (stop-writes-on-bgsave-error)",
  NOAUTH: "it asks for a password",
  WRONGPASS: "it refuses the user or the password",
  NOPERM: "its user lacks a right",
  CLUSTERDOWN: "its cluster has lost slots",
  LOADING: "it is loading its data",
  MASTERDOWN: "its server is down",
  BUSY: "it is busy with a script of somebody",
  WRONGTYPE: "a key of another application has the name of one of ours"
}

/** What scripts say of a right that their user lacks, in Redis 7 and in Valkey. */
const isDenial = /can't run this command|ACL failure|no permission/i

/** A reply that is an error begins with a word in capitals. */
const replyForm = /\b(?:ERR|[A-Z]{3,}[A-Z0-9]*)\b/

const codes: Readonly<Record<string, string>> = {
  ECONNREFUSED: "it refuses connections",
  ECONNRESET: "it closed the connection",
  ENOTFOUND: "its name cannot be resolved",
  EAI_AGAIN: "its name cannot be resolved now",
  ETIMEDOUT: "it cannot be reached in time",
  EHOSTUNREACH: "it cannot be reached",
  ENETUNREACH: "it cannot be reached",
  EPIPE: "it closed the connection"
}

const isReply = (error: Error): boolean =>
  error.name === "ReplyError" ||
  /^(Simple|Blob|Reply)?ErrorReply$|^(Simple|Blob)Error$/.test(error.constructor.name)

/**
 * What an error of a client means. Only its code or its first words are taken: a client may hang the
 * command on an error, and the command may be one with a password.
 */
export const failureOf = (error: unknown, complaint?: unknown): Failure => {
  if (!(error instanceof Error)) return { kind: "gone", problem: "it does not answer" }
  const [word = ""] = replyForm.exec(error.message) ?? []
  if (isReply(error)) {
    const known = isDenial.test(error.message) ? advice["NOPERM"] : advice[word]
    // Words of Redis name commands and keys of ours, never a secret.
    return { kind: "refused", problem: known ?? `it answered: ${error.message.slice(0, 200)}` }
  }
  if (complaint instanceof Error && complaint !== error) {
    const cause = failureOf(complaint)
    return { kind: "gone", problem: cause.problem }
  }
  const code = (error as NodeJS.ErrnoException).code ?? ""
  const problem =
    codes[code] ??
    (/certificate|TLS|SSL/i.test(`${code} ${error.message}`)
      ? `its certificate or ours was refused (${code === "" ? error.message.slice(0, 100) : code})`
      : "there is no connection to it")
  return { kind: "gone", problem }
}

/** No answer in time. */
export const lateFailure = (millis: number): Failure => ({
  kind: "late",
  problem: `it did not answer within ${millis} ms`
})
