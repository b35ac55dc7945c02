/** Where a request came from, for the audit log. */
import type { Sender } from "@holdfast/core/audit"
import { SenderUnderWay } from "@holdfast/core/engine"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { HttpSettings } from "../kit/HttpOptions.ts"

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

/** Lets the engine find where a request came from, once a record asks. */
export const layerSenders = Layer.effect(
  SenderUnderWay,
  Effect.map(HttpSettings, ({ clientAddressOf }) => (context) => {
    const request = Context.getOrUndefined(context, HttpServerRequest)
    return request === undefined ? undefined : senderOf(request, clientAddressOf)
  })
)
