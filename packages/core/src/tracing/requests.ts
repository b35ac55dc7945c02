/**
 * What is known of a request by every door: the ids by which its lines of log are found, and which requests
 * get a line of the access log. Nothing of it is a path, an address or a name that was sent.
 */
import * as Context from "effect/Context"

/** A request as lines of log name it. */
export interface LoggedRequest {
  /** A UUID; a problem answer and the details of a status name it too. Made when it is first asked for. */
  readonly requestId: () => string
  /** The method of HTTP. */
  readonly method: string
  /** The pattern of the route, or the path of a method of gRPC. */
  readonly route: string
  readonly correlationId: string | undefined
  /** What it asks for, and who asks, as far as that is found out. */
  operation?: string
  principal?: string
}

/** The request under way of a door other than HTTP, whose request is in the context itself. */
export const RequestUnderWay: Context.Reference<LoggedRequest | undefined> = Context.Reference(
  "@holdfast/core/tracing/RequestUnderWay",
  { defaultValue: (): LoggedRequest | undefined => undefined }
)

/** Makes an id the first time that it is asked for, and answers with the same from then on. */
export const idOnce = (): (() => string) => {
  let id: string | undefined
  return () => {
    id ??= crypto.randomUUID()
    return id
  }
}

/** Which requests get a line of log. */
export interface AccessLogOptions {
  /** `errors`: answers of status 500 and above. `problems`: of 400 and above. `slow`: only slow ones. */
  readonly which: "slow" | "errors" | "problems" | "all"
  /** What took longer than this gets a line whatever its status, in milliseconds; nothing unless given. */
  readonly slowMillis?: number | undefined
  /** The share of well answered requests that get one with `all`, from 0 to 1: 1. */
  readonly share?: number | undefined
}

/** How a request ended: `refused` when its sender was wrong, `failure` when we were. */
export type Outcome = "success" | "refused" | "failure"

/** The outcome that a status of HTTP says. */
export const outcomeOf = (status: number): Outcome =>
  status >= 500 ? "failure" : status >= 400 ? "refused" : "success"

const logged: Readonly<Record<AccessLogOptions["which"], ReadonlySet<Outcome>>> = {
  slow: new Set<Outcome>(),
  errors: new Set<Outcome>(["failure"]),
  problems: new Set<Outcome>(["failure", "refused"]),
  all: new Set<Outcome>(["failure", "refused", "success"])
}

/** Whether a request gets a line. */
export const isAccessLogged = (
  { share = 1, slowMillis, which }: AccessLogOptions,
  outcome: Outcome,
  millis: number
): boolean => {
  if (slowMillis !== undefined && millis >= slowMillis) return true
  if (!logged[which].has(outcome)) return false
  return outcome !== "success" || share >= 1 || Math.random() < share
}

const correlationPattern = /^[\x20-\x7e]{1,255}$/

/** A correlation id that may be repeated: printable, and no longer than 255 characters. */
export const readCorrelationId = (sent: string | undefined): string | undefined =>
  sent !== undefined && correlationPattern.test(sent) ? sent : undefined
