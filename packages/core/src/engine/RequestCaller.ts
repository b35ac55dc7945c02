/**
 * Who sends a request, as the door knows it. A door sets it for the whole request and the engine
 * reads it, so that no code between them has to pass it on. A caller or an actor that the request
 * itself names takes precedence, unless there is a principal: then it is who asks and who acts.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import type { Principal } from "../access/Principal.ts"
import type { AskingCaller } from "../audit/asking.ts"
import type { Sender } from "../audit/sender.ts"

/** Who sends a request. */
export interface Caller {
  /** Whose idempotency keys the request uses: the empty text, or at most 255 code points. */
  readonly caller: string
  /** Who acts; written into movements that name no actor. */
  readonly actor?: string | undefined
  /** Who is asked for permission. Without one the host is trusted. */
  readonly principal?: Principal | undefined
  /** Where the request came from. The audit log keeps it encrypted, and nothing else keeps it. */
  readonly sender?: Sender | undefined
  /** Who had the host do the work: see `asHost`. */
  readonly askedBy?: AskingCaller["askedBy"]
}

/** A caller that is asked for permission. */
export const callerUnder = (principal: Principal): Caller => ({ caller: "", principal })

/** Nobody in particular. */
export const anonymous: Caller = { caller: "" }

/** Who sends the request under way; anonymous unless a door fills it in. */
export const RequestCaller: Context.Reference<Caller> = Context.Reference(
  "@holdfast/core/engine/RequestCaller",
  { defaultValue: () => anonymous }
)

/**
 * Finds where the request under way came from. A door that has its callers sent in the context gives it once
 * for all requests, and it is asked only where a record is made.
 */
export const SenderUnderWay: Context.Reference<
  (context: Context.Context<never>) => Sender | undefined
> = Context.Reference("@holdfast/core/engine/SenderUnderWay", {
  defaultValue:
    () =>
    (_context: Context.Context<never>): Sender | undefined =>
      undefined
})

/** Who sends the request of a fiber, and where it came from. */
export const callerOfFiber = (fiber: Fiber.Fiber<unknown, unknown>): Caller => {
  const caller = fiber.getRef(RequestCaller)
  if (caller.sender !== undefined) return caller
  const sender = fiber.getRef(SenderUnderWay)(fiber.context)
  return sender === undefined ? caller : { ...caller, sender }
}

/** Who sends the request under way, and where it came from. */
export const callerUnderWay: Effect.Effect<Caller> = Effect.withFiber((fiber) =>
  Effect.succeed(callerOfFiber(fiber))
)

/**
 * Does work in the name of the host, who is trusted. Who has asked for it is named in the audit log,
 * and asked for no permission any more.
 */
export const asHost = <A, E, R>(work: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.withFiber((fiber) => {
    const { askedBy, principal, sender } = callerOfFiber(fiber)
    // Work of the host that does more of it: its sender may be found again, and who asked may not.
    const isAsked = askedBy === undefined && (principal !== undefined || sender !== undefined)
    const by = isAsked ? { principal, sender } : askedBy
    const caller = by === undefined ? anonymous : { caller: "", askedBy: by }
    return Effect.provideService(work, RequestCaller, caller)
  })

/** The versions that the request under way made are noted here, where a door wants to know them. */
export const RequestVersionsWritten: Context.Reference<Map<string, number> | undefined> =
  Context.Reference("@holdfast/core/engine/VersionsWritten", {
    defaultValue: (): Map<string, number> | undefined => undefined
  })
