/**
 * What every handler does beside its own work: pass on what the headers say, mark an answer that is
 * the first one to a key given again, and tell a refusal as a problem.
 */
import { RequestCaller, type RequestOptions } from "@holdfast/core/engine"
import {
  type AnswerOf,
  type CommandOf,
  type CommandTag,
  checkCommand,
  Inventory,
  type InventoryRefusal,
  type StoreError
} from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import type * as Headers from "effect/http/Headers"
import * as HttpEffect from "effect/http/HttpEffect"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { HttpSettings } from "../../kit/HttpOptions.ts"
import type { WriteHeaders } from "../../kit/parameters.ts"
import { loggedResponse } from "../../kit/problemResponse.ts"

const traceparentPattern = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/

/** What the headers of a request say beside its command; undefined when they say nothing. */
export const optionsOf = (
  headers: WriteHeaders,
  raw: Headers.Headers
): RequestOptions | undefined => {
  const idempotencyKey = headers["idempotency-key"]
  const correlationId = headers["x-correlation-id"]
  // A malformed traceparent is ignored, as W3C Trace Context asks.
  const traced = raw["traceparent"]
  const traceparent = traced !== undefined && traceparentPattern.test(traced) ? traced : undefined
  if (idempotencyKey === undefined && correlationId === undefined && traceparent === undefined) {
    return undefined
  }
  return { idempotencyKey, correlationId, traceparent }
}

const markReplayed = Effect.withFiber<void>((fiber) => {
  HttpEffect.appendPreResponseHandlerUnsafe(fiber.context, (_request, response) =>
    Effect.succeed(HttpServerResponse.setHeader(response, "idempotent-replayed", "true"))
  )
  return Effect.void
})

/** The value, or the problem of what stood in its way. */
export const orProblem = <A, R>(
  effect: Effect.Effect<A, InventoryRefusal | StoreError, R>
): Effect.Effect<A | HttpServerResponse.HttpServerResponse, never, R> =>
  Effect.catch(effect, loggedResponse)

/** A request that writes, as a handler sees it. */
export interface WriteRequest {
  readonly headers: WriteHeaders
  readonly request: { readonly headers: Headers.Headers }
}

/**
 * The way in which the handlers of a group write: runs one command for a request, in the name of
 * who sends it; the answer goes through `view` on its way out.
 */
export const writing = Effect.gen(function* () {
  const inventory = yield* Inventory
  const { callerOf } = yield* HttpSettings
  const executed = <Tag extends CommandTag>(
    { headers, request }: WriteRequest,
    command: CommandOf<Tag>
  ) => {
    const answered = Effect.flatMap(Effect.fromResult(checkCommand(command)), (checked) =>
      inventory.execute(checked, optionsOf(headers, request.headers))
    )
    return callerOf === undefined
      ? answered
      : Effect.provideService(answered, RequestCaller, callerOf(request.headers))
  }
  return <Tag extends CommandTag, A = AnswerOf<Tag>>(
    asked: WriteRequest,
    command: CommandOf<Tag>,
    view: (answer: AnswerOf<Tag>) => A = (answer) => answer as unknown as A
  ): Effect.Effect<A | HttpServerResponse.HttpServerResponse> =>
    orProblem(
      Effect.flatMap(executed(asked, command), ({ answer, isReplayed }) =>
        isReplayed ? Effect.as(markReplayed, view(answer)) : Effect.succeed(view(answer))
      )
    )
})
