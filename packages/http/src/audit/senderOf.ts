/** Where a request came from, for the audit log. */
import type { Sender } from "@holdfast/core/audit"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as Option from "effect/Option"

/** A request as the audit log sees it. */
export type SentRequest = Pick<HttpServerRequest, "headers" | "remoteAddress">

/**
 * The address of the client and the agent that a request names. Unless the host has a way of its own to
 * find the address, it is that of the connection: a proxy's forwarded headers are not believed here.
 */
export const senderOf = (
  request: SentRequest,
  clientAddressOf?: (request: SentRequest) => string | undefined
): Sender => {
  const { headers, remoteAddress } = request
  const address =
    clientAddressOf === undefined ? Option.getOrUndefined(remoteAddress) : clientAddressOf(request)
  return { address: address ?? null, userAgent: headers["user-agent"] ?? null }
}
