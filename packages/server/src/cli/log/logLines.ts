/**
 * What a line of log says: its message and its details, and, where it was written for a request, which
 * request, of whom, and in which trace. Nothing of a request is in it but its method, its route and the
 * ids that its caller gave it.
 */

import { principalName } from "@holdfast/core/access"
import { RequestCaller } from "@holdfast/core/engine"
import { RequestUnderWay, readCorrelationId } from "@holdfast/core/tracing"
import { requestIdOf } from "@holdfast/http"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as HttpRouter from "effect/http/HttpRouter"
import { HttpServerRequest } from "effect/http/HttpServerRequest"
import type * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import * as References from "effect/References"
import { forPeople } from "./redacting.ts"

/** Details of a line, by their names. */
export type Details = Readonly<Record<string, unknown>>

/** A line before it has a form. */
export interface LogLine {
  readonly date: Date
  /** In small letters: `info`. */
  readonly level: string
  readonly message: string
  /** Why something went wrong, without a stack unless it is a bug of ours. */
  readonly cause: string | undefined
  readonly traceId: string | undefined
  readonly spanId: string | undefined
  /** What the line itself says, and what is known of its request. */
  readonly details: Details
}

const wordsOf = (message: unknown): string =>
  (Array.isArray(message) ? message : [message])
    .map((part) => (typeof part === "string" ? part : JSON.stringify(part)))
    .join(" ")

/** The messages of a failure and of what caused it, without a stack. */
const chainOf = (error: unknown): string => {
  const messages: Array<string> = []
  let current: unknown = error
  for (let depth = 0; depth < 6 && typeof current === "object" && current !== null; depth++) {
    const { _tag, cause, message, reason } = current as Record<string, unknown>
    const text = typeof message === "string" && message !== "" ? message : _tag
    if (typeof text === "string" && messages.at(-1) !== text) messages.push(text)
    current = typeof reason === "object" && reason !== null ? reason : cause
  }
  return messages.length === 0 ? String(error) : messages.join(": ")
}

/**
 * Why something went wrong. A failure is expected, and its messages say all there is to say. A defect
 * is a bug of ours, and comes with its stack.
 */
const whyOf = (cause: Cause.Cause<unknown>): string | undefined => {
  if (cause.reasons.length === 0) return undefined
  if (Cause.hasInterruptsOnly(cause)) return "interrupted"
  return Cause.hasDies(cause)
    ? Cause.pretty(cause)
    : cause.reasons
        .filter(Cause.isFailReason)
        .map(({ error }) => chainOf(error))
        .join("; ")
}

/** The request that a fiber works for, by its ids, its method and its route. */
const namedIn = (context: Context.Context<never>): Details | undefined => {
  const request = Context.getOrUndefined(context, HttpServerRequest)
  const named = Context.get(context, RequestUnderWay)
  if (request === undefined && named === undefined) return undefined
  const route = named?.route ?? Context.getOrUndefined(context, HttpRouter.RouteContext)?.route.path
  const sent = named?.correlationId ?? readCorrelationId(request?.headers["x-correlation-id"])
  return {
    requestId: named?.requestId() ?? (request && requestIdOf(request)),
    method: named?.method ?? request?.method,
    ...(route === undefined ? {} : { route }),
    ...(sent === undefined ? {} : { correlationId: sent })
  }
}

/** What is known of the request that a fiber works for. */
const requestOf = (context: Context.Context<never>): Details => {
  const known = namedIn(context)
  if (known === undefined) return {}
  const { principal } = Context.get(context, RequestCaller)
  return {
    ...known,
    ...(principal === undefined ? {} : { principal: principalName(principal) })
  }
}

/** The span of a line. One that is not sampled and continues nobody's trace leads nowhere. */
const tracedIn = ({ cache: { span } }: Logger.Options<unknown>["fiber"]) =>
  span?._tag === "Span" && !span.sampled && Option.isNone(span.parent) ? undefined : span

/** The line of a call of the log. */
export const logLineOf = (options: Logger.Options<unknown>): LogLine => {
  const { cause, date, fiber, logLevel, message } = options
  const span = tracedIn(fiber)
  const why = whyOf(cause)
  return {
    date,
    level: logLevel.toLowerCase(),
    message: forPeople(wordsOf(message)),
    cause: why === undefined ? undefined : forPeople(why),
    traceId: span?.traceId.padStart(32, "0"),
    spanId: span?.spanId,
    details: { ...requestOf(fiber.context), ...fiber.getRef(References.CurrentLogAnnotations) }
  }
}
