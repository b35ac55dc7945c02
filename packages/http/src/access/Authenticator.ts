/** How the HTTP door learns who sends a request. */
import type { Principal } from "@holdfast/core/access"
import type { StoreError } from "@holdfast/core/engine"
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"

/**
 * Nobody vouches for who sends the request. `challenge` is the `WWW-Authenticate` header of the answer;
 * `reason` is for the log alone, since an answer that says why helps who guesses.
 */
export class Unauthenticated extends Data.TaggedError("Unauthenticated")<{
  readonly reason: string
  readonly challenge: string
}> {}

/**
 * Finds out who sends a request. Who shows nothing is the anonymous principal, not a failure. While
 * what it asks is away it fails with a `StoreError`, which is no refusal: the answer is then 503 with
 * `Retry-After`. It is asked again while an event stream is open.
 */
export type Authenticator = (
  request: HttpServerRequest
) => Effect.Effect<Principal, Unauthenticated | StoreError>
