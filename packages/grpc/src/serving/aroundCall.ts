/** Who sends a call is found out before its handler; the engine asks them for permission. */

import { isPrincipal } from "@holdfast/core/access"
import { RequestCaller } from "@holdfast/core/engine"
import * as Effect from "effect/Effect"
import type { Refused } from "../status/statusOf.ts"
import type { AroundCall, SentCall } from "./calls.ts"
import type { GrpcCall, GrpcSettings } from "./GrpcOptions.ts"

/** The same whatever was wrong: an answer that says why helps who guesses. */
const unknown: Refused = { _tag: "Unauthenticated", operation: "" }

/** `127.0.0.1:5000` and `[::1]:5000`, without the port. */
const addressIn = (peer: string): string | undefined => {
  const [, inBrackets, plain] = /^(?:\[(.+)\]|(.+)):\d+$/.exec(peer) ?? []
  return inBrackets ?? plain
}

const callOf = (call: SentCall): GrpcCall => ({
  headers: Object.fromEntries(
    Object.entries(call.metadata.getMap()).map(([name, value]) => [name, String(value)])
  ),
  address: addressIn(call.getPeer())
})

/** Runs a call under the principal that somebody vouches for, or as the host where nobody is asked. */
export const aroundCall = ({ authenticate }: GrpcSettings): AroundCall => {
  return (effect, sent) => {
    const call = callOf(sent)
    const sender = { address: call.address ?? null, userAgent: call.headers["user-agent"] ?? null }
    if (authenticate === undefined) {
      return Effect.provideService(effect, RequestCaller, { caller: "", sender })
    }
    return Effect.matchEffect(authenticate(call), {
      onFailure: () => Effect.fail(unknown),
      onSuccess: (principal) =>
        isPrincipal(principal)
          ? Effect.provideService(effect, RequestCaller, { caller: "", principal, sender })
          : Effect.fail(unknown)
    })
  }
}
