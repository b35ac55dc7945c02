/** Makes the context in which the fields of one request are answered. */
import { RequestCacheNotes, RequestIsCurrent, RequestMinVersions } from "@holdfast/core/caching"
import { RequestCaller } from "@holdfast/core/engine"
import { operations as inventoryOperations } from "@holdfast/core/inventory"
import { type Outcome, readCorrelationId, readTraceparent } from "@holdfast/core/tracing"
import type { Admitted, DoorHost } from "@holdfast/http"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { HttpServerRequest } from "effect/http/HttpServerRequest"
import { ParentSpan } from "effect/Tracer"
import { GraphQLError } from "graphql"
import type { Asked, Failure } from "../reading/Asked.ts"
import { edgesOf, RequestEdges } from "../reading/Edges.ts"
import type { Services } from "../reading/Services.ts"
import { errorOf } from "../schema/refusalTypes.ts"
import type { Serving } from "./Serving.ts"

/** What the headers of a request say beside its commands. */
const aboutOf = (request: HttpServerRequest): Asked["about"] => {
  const correlationId = readCorrelationId(request.headers["x-correlation-id"])
  const sent = request.headers["traceparent"]
  const traceparent = readTraceparent(sent) === undefined ? undefined : sent
  return {
    ...(correlationId === undefined ? {} : { correlationId }),
    ...(traceparent === undefined ? {} : { traceparent })
  }
}

/** What nobody but the log may see. */
export const masked = (): GraphQLError =>
  new GraphQLError("Something went wrong on our side", {
    extensions: { code: "internal-error", status: 500 }
  })

const contextOf = (operation: string): "inventory" | "catalog" =>
  Object.hasOwn(inventoryOperations, operation) ? "inventory" : "catalog"

const reasons: Readonly<Record<string, string>> = {
  Unauthenticated: "nobody vouches for who asks",
  Forbidden: "who asks may not do this"
}

/** How many operations of one request its line of log names. */
const operationsMax = 5

/** Notes the operations of a request, as far as its line of log names them, and how they ended. */
const noting = ({ note }: Pick<DoorHost, "note">, request: HttpServerRequest) => {
  const operations = new Set<string>()
  return {
    operation: (name: string) => {
      if (operations.size >= operationsMax || operations.has(name)) return
      operations.add(name)
      note(request, { operation: [...operations].join(",") })
    },
    outcome: (outcome: Outcome) => note(request, { outcome })
  }
}

/** Makes contexts over what is served. */
export const askingOver = (services: Services, host: Pick<DoorHost, "note">) =>
  Effect.map(Effect.context<never>(), (outer) => {
    const runIn = (context: Context.Context<never>, signal: AbortSignal) => {
      const run = Effect.runPromiseExitWith(context)
      return <A>(work: Effect.Effect<A, Failure>) => run(work, { signal })
    }
    const askedIn = (
      of: Context.Context<never>,
      request: HttpServerRequest,
      admitted: Admitted,
      { isCurrent, signal }: { readonly signal: AbortSignal; readonly isCurrent: boolean }
    ): Asked => {
      const { caller } = admitted
      const edges = edgesOf(services, caller.principal)
      // What is logged names the request, and what is done belongs to its span.
      const span = Context.getOrUndefined(of, ParentSpan)
      const beneath = span === undefined ? outer : Context.add(outer, ParentSpan, span)
      const context = Context.add(beneath as Context.Context<never>, RequestCaller, caller).pipe(
        Context.add(HttpServerRequest, request),
        Context.add(RequestEdges, edges),
        Context.add(RequestMinVersions, Context.get(of, RequestMinVersions)),
        Context.add(RequestIsCurrent, isCurrent || Context.get(of, RequestIsCurrent)),
        Context.add(RequestCacheNotes, Context.get(of, RequestCacheNotes))
      )
      const run = runIn(context, signal)
      const notes = noting(host, request)
      const denied: Asked["denied"] = ({ _tag, targets = [], ...failure }) => {
        notes.outcome("refused")
        const reason = reasons[_tag]
        if (reason === undefined) return Effect.void
        const { operation } = failure
        return admitted.denied({
          context: contextOf(operation),
          operation,
          reason,
          targets
        })
      }
      const failed = async (operation: string, cause: Cause.Cause<Failure>): Promise<never> => {
        const failure = Cause.findErrorOption(cause)
        const isOurs = failure._tag === "None" || failure.value._tag === "StoreError"
        notes.outcome(isOurs ? "failure" : "refused")
        if (failure._tag === "None") {
          if (!Cause.hasInterruptsOnly(cause)) {
            await run(Effect.logError(`GraphQL ${operation} failed`, cause))
          }
          throw masked()
        }
        const { value } = failure
        if (value._tag in reasons) await run(denied({ _tag: value._tag, operation }))
        if (value._tag === "StoreError" && value.reason === "Rejected") {
          await run(Effect.logError("the store could not do what it was asked", value))
        }
        throw errorOf(value)
      }
      return {
        ...services,
        edges,
        about: aboutOf(request),
        denied,
        run: async (operation, work) => {
          notes.operation(operation)
          const exit = await run(work)
          return Exit.isSuccess(exit) ? exit.value : failed(operation, exit.cause)
        }
      }
    }
    return (...of: Parameters<Serving["askedOf"]>): Effect.Effect<Asked> =>
      Effect.map(Effect.context<never>(), (context) => askedIn(context, ...of))
  })
