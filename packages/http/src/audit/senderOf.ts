/** Where a request came from, for the audit log. */
import type { Sender } from "@holdfast/core/audit"
import type * as Headers from "effect/http/Headers"
import * as Option from "effect/Option"

/** A request as the audit log sees it. */
export interface SentRequest {
  readonly headers: Headers.Headers
  readonly remoteAddress?: Option.Option<string> | undefined
}

/**
 * The address of the connection and the agent that a request names. A proxy's forwarded headers are not
 * believed here; who trusts a proxy puts the `sender` into the `RequestCaller`.
 */
export const senderOf = ({ headers, remoteAddress }: SentRequest): Sender => ({
  address: remoteAddress === undefined ? null : Option.getOrNull(remoteAddress),
  userAgent: headers["user-agent"] ?? null
})
