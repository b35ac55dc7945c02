/**
 * What a call meets before its handler, in this order: how many calls are under way, how often its
 * address may call, who sends it, how often they may, and whether they may at all. The engine asks
 * again about what the request names and what it loads.
 */
import {
  addressKey,
  isGuest,
  isPrincipal,
  objectionTo,
  type Principal,
  principalName,
  type RateLimit
} from "@holdfast/core/access"
import type { Sender } from "@holdfast/core/audit"
import { RequestIsCurrent } from "@holdfast/core/caching"
import { callerUnder, RequestCaller } from "@holdfast/core/engine"
import { StoreError } from "@holdfast/core/inventory"
import { limitsHit } from "@holdfast/core/metrics"
import { RequestUnderWay } from "@holdfast/core/tracing"
import * as Cause from "effect/Cause"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { type GuestDoor, guestDoor } from "../access/guests.ts"
import { callOf, senderOf } from "../access/senders.ts"
import type { Refused } from "../status/statusOf.ts"
import type { CallFailure, SentCall } from "./calls.ts"
import { makeDenialRecorder } from "./denials.ts"
import type { CallRates, GrpcCall, GrpcSettings } from "./GrpcOptions.ts"
import type { Method } from "./Method.ts"

/** How calls are let in. */
export interface Admission {
  readonly unary: <A>(
    method: Method,
    sent: SentCall,
    effect: Effect.Effect<A, CallFailure>
  ) => Effect.Effect<A, CallFailure>
  /** The same for what stays open: it ends once its sender may not call it any more. */
  readonly stream: <A>(
    method: Method,
    sent: SentCall,
    effect: Effect.Effect<A, CallFailure>
  ) => Effect.Effect<A, CallFailure>
}

interface Known {
  readonly call: GrpcCall
  readonly sender: Sender
  readonly principal: Principal | undefined
}

/** The same whatever was wrong: an answer that says why helps who guesses. */
const unknown = ({ operation }: Method): Refused => ({
  _tag: "Unauthenticated",
  operation: operation.name
})

const busy: Refused = { _tag: "TooManyCalls", retryMillis: 1_000 }

/** Counts what is under way, and refuses what is too much. */
const bounded = (most: number, refused: Refused) => {
  let underWay = 0
  return <A>(effect: Effect.Effect<A, CallFailure>): Effect.Effect<A, CallFailure> =>
    Effect.suspend(() => {
      if (underWay >= most) return Effect.fail(refused)
      underWay += 1
      return Effect.onExit(effect, () =>
        Effect.sync(() => {
          underWay -= 1
        })
      )
    })
}

const rateOf = (rates: CallRates | undefined, { kind }: Method): RateLimit | undefined =>
  rates?.[kind]

const drawing = ({ limits }: GrpcSettings, context: Context.Context<never>) => {
  const { limiter } = limits
  const hit = limitsHit.in(context)
  return (
    who: "address" | "principal",
    method: Method,
    key: string
  ): Effect.Effect<void, Refused> => {
    const limit = rateOf(limits[who], method)
    if (limit === undefined) return Effect.void
    const name = `${who}-${method.kind}`
    return Effect.flatMap(limiter.take(name, limit, key), ({ isAllowed, retryMillis }) => {
      if (isAllowed) return Effect.void
      hit.with(name).add()
      return Effect.fail({ _tag: "TooManyRequests", limit: name, retryMillis })
    })
  }
}

const reasonOf = (error: CallFailure): string | undefined => {
  if (error instanceof StoreError) return undefined
  if (error._tag === "Unauthenticated") return "nobody vouches for who asks"
  return error._tag === "Forbidden" ? "who asks may not do this" : undefined
}

/** Finds out who sends a call; undefined where nobody asks. */
const finding =
  ({ authenticate }: GrpcSettings, guests: GuestDoor) =>
  (call: GrpcCall): Effect.Effect<Principal | undefined, Refused | StoreError> => {
    if (authenticate === undefined) return Effect.succeed(undefined)
    return Effect.matchEffect(
      Effect.suspend(() => authenticate(call)),
      {
        onFailure: (error) =>
          Effect.fail(
            error instanceof StoreError ? error : { _tag: "NotVouched", reason: error.reason }
          ),
        onSuccess: (principal) =>
          isPrincipal(principal)
            ? guests.admit(principal, call)
            : Effect.fail<Refused>({
                _tag: "NotVouched",
                reason: "what vouches for the call gave no principal that can be read"
              })
      }
    )
  }

/** Makes how calls are let in. */
export const makeAdmission = Effect.fnUntraced(function* (settings: GrpcSettings) {
  const { authenticate, limits, recheckMillis } = settings
  const record = yield* makeDenialRecorder(settings)
  const draw = drawing(settings, yield* Effect.context<never>())
  const guests = yield* guestDoor(settings.guests, limits.limiter)
  const [amongCalls, amongStreams] = [
    bounded(limits.callsMax, busy),
    bounded(limits.streamsMax, { _tag: "TooManyStreams", retryMillis: 1_000 })
  ]

  const found = finding(settings, guests)

  /** Whether who sends a call may still call a method. A store that is away says nothing about it. */
  const isStill = (method: Method, call: GrpcCall): Effect.Effect<boolean, StoreError> =>
    Effect.matchCauseEffect(found(call), {
      onFailure: (cause) => {
        const failure = cause.reasons.find(Cause.isFailReason)?.error
        return failure instanceof StoreError ? Effect.fail(failure) : Effect.succeed(false)
      },
      onSuccess: (principal) =>
        Effect.succeed(
          principal === undefined || objectionTo(principal, method.operation) === undefined
        )
    })

  const under = <A>(
    method: Method,
    sent: SentCall,
    { call, principal, sender }: Known,
    asking: Effect.Effect<A, CallFailure>
  ): Effect.Effect<A, CallFailure> => {
    // Services decide by what they are answered here: no replica answers, which may lag.
    const effect = Effect.provideService(asking, RequestIsCurrent, true)
    if (principal === undefined) {
      return Effect.provideService(effect, RequestCaller, { caller: "", sender })
    }
    const objection = objectionTo(principal, method.operation)
    const asked = objection === undefined ? effect : Effect.fail(objection as unknown as Refused)
    return Effect.tapError(
      Effect.provideService(asked, RequestCaller, { ...callerUnder(principal), sender }),
      (error) => {
        const reason = reasonOf(error)
        return reason === undefined
          ? Effect.void
          : record({ call, method, principal, reason, sender, request: requestOf(sent) })
      }
    )
  }

  const admitted = <A>(
    method: Method,
    sent: SentCall,
    effect: (call: GrpcCall) => Effect.Effect<A, CallFailure>
  ): Effect.Effect<A, CallFailure> =>
    Effect.withFiber((fiber) => {
      const named = fiber.getRef(RequestUnderWay)
      if (named !== undefined) named.operation = method.operation.name
      const call = callOf(sent)
      const sender = senderOf(call, settings)
      const address = addressKey(sender.address ?? undefined)
      return Effect.gen(function* () {
        yield* draw("address", method, address)
        const principal = yield* Effect.catchIf(
          found(call),
          (error): error is Refused => error._tag === "NotVouched",
          ({ reason }) =>
            Effect.andThen(
              record({
                ...{ call, method, sender, principal: undefined, reason: String(reason) },
                request: requestOf(sent)
              }),
              Effect.fail(unknown(method))
            )
        )
        if (named !== undefined && principal !== undefined) {
          named.principal = principalName(principal)
        }
        yield* guests.counted(principal, address)
        const isNamed =
          principal !== undefined && (principal.kind !== "ANONYMOUS" || isGuest(principal))
        yield* draw("principal", method, isNamed ? principalName(principal) : address)
        return yield* under(method, sent, { call, sender, principal }, effect(call))
      })
    })

  const untilRefused = (
    method: Method,
    call: GrpcCall
  ): Effect.Effect<never, Refused | StoreError> => {
    if (authenticate === undefined) return Effect.never
    const again: Effect.Effect<never, Refused | StoreError> = Effect.delay(
      isStill(method, call),
      recheckMillis
    ).pipe(Effect.flatMap((may) => (may ? again : Effect.fail(unknown(method)))))
    return again
  }

  const admission: Admission = {
    unary: (method, sent, effect) => amongCalls(admitted(method, sent, () => effect)),
    stream: (method, sent, effect) =>
      amongStreams(
        admitted(method, sent, (call) => Effect.raceFirst(effect, untilRefused(method, call)))
      )
  }
  return admission
})

const requestOf = ({ request }: SentCall): object => Object(request)
