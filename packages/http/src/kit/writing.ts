/**
 * What every handler that writes does beside its own work, whatever its context: it passes on the
 * headers, names the caller, marks a replayed answer, and answers a refusal with a problem.
 */
import { minVersionsMax, writeMinVersions } from "@holdfast/core/caching"
import { type Executed, RequestCaller, type RequestOptions } from "@holdfast/core/engine"
import { readTraceparent } from "@holdfast/core/tracing"
import * as Effect from "effect/Effect"
import type * as Headers from "effect/http/Headers"
import * as HttpEffect from "effect/http/HttpEffect"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import type { SentRequest } from "../audit/senderOf.ts"
import { HttpSettings } from "./HttpOptions.ts"
import type { WriteHeaders } from "./parameters.ts"

/** What the headers of a request say beside its command; undefined when they say nothing. */
const optionsOf = (headers: WriteHeaders, raw: Headers.Headers): RequestOptions | undefined => {
  const idempotencyKey = headers["idempotency-key"]
  const correlationId = headers["x-correlation-id"]
  // A malformed traceparent is ignored, as W3C Trace Context asks.
  const traced = raw["traceparent"]
  const traceparent = readTraceparent(traced) === undefined ? undefined : traced
  if (idempotencyKey === undefined && correlationId === undefined && traceparent === undefined) {
    return undefined
  }
  return { idempotencyKey, correlationId, traceparent }
}

/** Puts a header on the answer to the request of this fiber. */
export const withHeader = (name: string, value: string): Effect.Effect<void> =>
  Effect.withFiber<void>((fiber) => {
    HttpEffect.appendPreResponseHandlerUnsafe(fiber.context, (_request, response) =>
      Effect.succeed(HttpServerResponse.setHeader(response, name, value))
    )
    return Effect.void
  })

/** Says which versions a write made, in the form of `If-Min-Version`; not when it would take no more. */
const withVersions = (versions: ReadonlyMap<string, number> | undefined): Effect.Effect<void> =>
  versions === undefined || versions.size === 0 || versions.size > minVersionsMax
    ? Effect.void
    : withHeader("x-holdfast-version", writeMinVersions(versions))

const markReplayed = withHeader("idempotent-replayed", "true")

/** A request that writes, as a handler sees it. */
export interface WriteRequest {
  readonly headers: WriteHeaders
  readonly request: SentRequest
}

/** How a context answers a failure. */
type Answering<F> = (failure: F) => Effect.Effect<HttpServerResponse.HttpServerResponse>

/**
 * Gives the handlers of a group their way to write: it runs `execute` for a request, in the name of
 * its caller. `view` makes the body of the answer.
 */
export const writingWith = <F>(answering: Answering<F>) =>
  Effect.map(
    HttpSettings,
    ({ authenticate, callerOf }) =>
      <A, B>(
        { headers, request }: WriteRequest,
        execute: (options: RequestOptions | undefined) => Effect.Effect<Executed<A>, F>,
        view: (answer: A) => B
      ): Effect.Effect<B | HttpServerResponse.HttpServerResponse> => {
        const executed = execute(optionsOf(headers, request.headers))
        // Whom somebody vouches for is named by the request already.
        const named =
          callerOf === undefined || authenticate !== undefined
            ? executed
            : Effect.provideService(executed, RequestCaller, callerOf(request.headers))
        return Effect.catch(
          Effect.flatMap(named, ({ answer, isReplayed, versions }) =>
            Effect.as(isReplayed ? markReplayed : withVersions(versions?.()), view(answer))
          ),
          answering
        )
      }
  )
