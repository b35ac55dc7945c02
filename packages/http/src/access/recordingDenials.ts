/**
 * What is denied leaves a record in the audit log of the context that it was about, whether the door
 * or the engine denied it. The answer is the same without the record.
 */
import { anonymousPrincipal, type Principal } from "@holdfast/core/access"
import { makeDenials, type RecordDenial } from "@holdfast/core/audit"
import * as Context from "effect/Context"
import type * as Digest from "effect/crypto/Digest"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import type * as Scope from "effect/Scope"
import { recordedOperations } from "../audit/recordedOperations.ts"
import { senderOf } from "../audit/senderOf.ts"
import { ServedContexts } from "../events/ServedContexts.ts"
import { HttpSettings } from "../kit/HttpOptions.ts"

/** A request that was denied. */
export interface DeniedRequest {
  readonly request: HttpServerRequest
  /** The group of its endpoint. */
  readonly group: string
  readonly operation: string
  /** Who asked; undefined when nobody vouches for them. */
  readonly principal: Principal | undefined
  readonly reason: string
}

const ofCatalog = new Set(["products", "options", "categories", "attributes"])

/** What the path names, as `SKU:mug`. */
const targetsIn = (params: Readonly<Record<string, string | undefined>>): ReadonlyArray<string> =>
  Object.entries(params).flatMap(([name, id]) =>
    id !== undefined && name.endsWith("Id")
      ? [`${name.slice(0, -2).toUpperCase()}:${id.slice(0, 255)}`]
      : []
  )

/** Makes what records denied requests; nothing where the host says so. */
export const makeDenialRecorder: Effect.Effect<
  (denied: DeniedRequest) => Effect.Effect<void>,
  never,
  HttpSettings | ServedContexts | Digest.Digest | Scope.Scope
> = Effect.gen(function* () {
  const { authenticate, clientAddressOf, recordDenials } = yield* HttpSettings
  if (authenticate === undefined || !recordDenials) return (_denied: DeniedRequest) => Effect.void
  const recorders = new Map<string, RecordDenial>()
  for (const { context, log } of yield* ServedContexts) {
    recorders.set(context, yield* makeDenials(log.audit))
  }
  const [first] = recorders.values()
  return ({
    group,
    operation,
    principal = anonymousPrincipal,
    reason,
    request
  }: DeniedRequest): Effect.Effect<void> =>
    Effect.withFiber((fiber) => {
      const record = recorders.get(ofCatalog.has(group) ? "catalog" : "inventory") ?? first
      if (record === undefined) return Effect.void
      const { params } = Context.getUnsafe(fiber.context, HttpRouter.RouteContext)
      const correlationId = request.headers["x-correlation-id"]?.slice(0, 255)
      const sender = senderOf(request, clientAddressOf)
      return record({
        ...{ principal, reason, correlationId, sender },
        operation: recordedOperations.get(operation) ?? operation,
        targets: targetsIn(params)
      })
    })
})
