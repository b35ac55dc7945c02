/**
 * What is written about a call: its span, its lines of log, and the status that it ends with. The lines, the span and
 * the details of the status name it by one id.
 */
import { Metadata, status } from "@grpc/grpc-js"
import { StoreError } from "@holdfast/core/inventory"
import {
  idOnce,
  isAccessLogged,
  isTraced,
  type LoggedRequest,
  notingSpan,
  type Outcome,
  RequestUnderWay,
  readCorrelationId,
  readTraceparent
} from "@holdfast/core/tracing"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { type CallStatus, internal, statusOf, withRequestId } from "../status/statusOf.ts"
import type { CallFailure, Running, SentCall } from "./calls.ts"

const textOf = ({ metadata }: SentCall, name: string): string | undefined => {
  const [sent] = metadata.get(name)
  return typeof sent === "string" ? sent : undefined
}

/** A call as its lines of log name it. */
export const nameCall = (call: SentCall): LoggedRequest => ({
  requestId: idOnce(),
  method: "POST",
  route: call.getPath(),
  correlationId: readCorrelationId(textOf(call, "x-correlation-id"))
})

/** What probes and tools ask is no work. */
const isOfTools = (path: string): boolean => path.startsWith("/grpc.")

/** Runs the work on a call in its span, named by service and method, where anybody looks at spans. */
export const inCallSpan = <A, E>(call: SentCall, work: Effect.Effect<A, E>): Effect.Effect<A, E> =>
  Effect.withFiber((fiber) => {
    const path = call.getPath()
    if (!isTraced(fiber) || isOfTools(path)) return work
    const [, service = "", method = ""] = path.split("/")
    return Effect.withSpan(work, path.slice(1), {
      parent: readTraceparent(textOf(call, "traceparent")),
      kind: "server",
      attributes: { "rpc.system": "grpc", "rpc.service": service, "rpc.method": method }
    })
  })

const cancelled: CallStatus = {
  code: status.CANCELLED,
  message: "The call was ended",
  details: undefined
}

/** The status of a call that failed; the client hears nothing of a bug of ours. */
const statusFor = (cause: Cause.Cause<CallFailure>): CallStatus => {
  if (Cause.hasInterruptsOnly(cause)) return cancelled
  const failure = cause.reasons.find(Cause.isFailReason)
  return failure === undefined ? internal : statusOf(failure.error)
}

/** A status as grpc-js takes it. */
export const asSent = ({ code, details, message }: CallStatus) => {
  const metadata = new Metadata()
  if (details !== undefined) metadata.set("grpc-status-details-bin", Buffer.from(details))
  return { code, details: message, metadata }
}

/** What a call has failed with, with its id among the details. */
export const failureOf = (cause: Cause.Cause<CallFailure>, named: LoggedRequest) =>
  asSent(withRequestId(statusFor(cause), named.requestId()))

/** The statuses that say that the server failed. */
const failures: ReadonlySet<status> = new Set([
  ...[status.UNKNOWN, status.INTERNAL, status.UNAVAILABLE],
  ...[status.DATA_LOSS, status.DEADLINE_EXCEEDED]
])

const outcomeOf = (code: status): Outcome =>
  code === status.OK ? "success" : failures.has(code) ? "failure" : "refused"

const accessLine = (named: LoggedRequest, code: status, millis: number) => {
  const outcome = outcomeOf(code)
  const { correlationId, method, operation, principal, requestId, route } = named
  return Effect.annotateLogs(
    outcome === "failure" ? Effect.logWarning("request") : Effect.logInfo("request"),
    {
      ...{ requestId: requestId(), method, route, code: status[code], outcome },
      durationMillis: Math.round(millis * 1_000) / 1_000,
      ...(operation === undefined ? {} : { operation }),
      ...(principal === undefined ? {} : { principal }),
      ...(correlationId === undefined ? {} : { correlationId })
    }
  )
}

/** A server that leaves ends its streams, and nothing has gone wrong. */
const isLeaving = (cause: Cause.Cause<CallFailure>): boolean =>
  cause.reasons.some(
    (reason) =>
      Cause.isFailReason(reason) &&
      !(reason.error instanceof StoreError) &&
      reason.error._tag === "Leaving"
  )

/** A store that could not do what it was asked is a bug of ours, as is what nobody expects. */
const isBug = (cause: Cause.Cause<CallFailure>): boolean =>
  !Cause.hasInterruptsOnly(cause) && statusFor(cause).code === status.INTERNAL

/** Does the work on a call, which its lines of log name, and logs how it has ended. */
export const logged = <A>(
  named: LoggedRequest,
  work: Effect.Effect<A, CallFailure>,
  { accessLog }: Pick<Running, "accessLog">
): Effect.Effect<A, CallFailure> => {
  const begun = performance.now()
  const ended = (exit: Exit.Exit<A, CallFailure>): Effect.Effect<void> =>
    Effect.suspend(() => {
      const isWell = Exit.isSuccess(exit) || isLeaving(exit.cause)
      const code = isWell ? status.OK : statusFor(exit.cause).code
      const outcome = outcomeOf(code)
      const millis = performance.now() - begun
      const isLogged =
        accessLog !== undefined &&
        isAccessLogged(accessLog, outcome, millis) &&
        (outcome !== "success" || !isOfTools(named.route))
      if (!isWell) {
        notingSpan(Fiber.getCurrent())?.attribute("http.request.id", named.requestId())
      }
      const bug =
        Exit.isFailure(exit) && isBug(exit.cause)
          ? Effect.logError("a gRPC call was not answered", exit.cause)
          : Effect.void
      return isLogged ? Effect.andThen(bug, accessLine(named, code, millis)) : bug
    })
  return Effect.provideService(Effect.onExit(work, ended), RequestUnderWay, named)
}
