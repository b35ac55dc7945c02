/**
 * An answer that stays open must not outlive what was shown for it: a token lapses, a key is revoked.
 * So who asks is asked again, with the request that began it, for as long as it is open.
 */
import { isPrincipal, objectionTo, type PermittedOperation } from "@holdfast/core/access"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import type { HttpSettings } from "../kit/HttpOptions.ts"

type Asked = Pick<HttpSettings["Service"], "authenticate" | "eventRecheckMillis">

/**
 * Ends once who sent a request may not do an operation any more, or nobody can say whether they may.
 * Never ends where every request is trusted.
 */
export const untilRefused = (
  { authenticate, eventRecheckMillis }: Asked,
  request: HttpServerRequest,
  operation: PermittedOperation
): Effect.Effect<void> => {
  if (authenticate === undefined) return Effect.never
  const isTaken = Effect.matchCauseEffect(
    Effect.suspend(() => authenticate(request)),
    {
      onFailure: (cause) =>
        Effect.as(
          Cause.hasDies(cause)
            ? Effect.logError("who follows an event stream could not be asked again", cause)
            : Effect.void,
          false
        ),
      onSuccess: (principal) =>
        Effect.succeed(isPrincipal(principal) && objectionTo(principal, operation) === undefined)
    }
  )
  const asked: Effect.Effect<void> = Effect.delay(isTaken, eventRecheckMillis).pipe(
    Effect.flatMap((isStill) => (isStill ? asked : Effect.void))
  )
  return asked
}
