/** Whether a request comes from this machine itself, and from nobody behind it. */
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as Option from "effect/Option"

const isLoopback = (address: string): boolean =>
  /^(::ffff:)?127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/i.test(address) || address === "::1"

/** The host of a `Host` header, without its port. */
const hostOf = (header: string): string => header.replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1")

const isLocalName = (host: string): boolean => host === "localhost" || isLoopback(host)

/** Headers by which a proxy says that the request is somebody else's. */
const forwarded =
  /^(forwarded|via|x-forwarded(-.+)?|x-real-ip|x-client-ip|true-client-ip|cf-connecting-ip)$/

/** Why a request counts as one from elsewhere; undefined when it comes from this machine. */
export const notFromLoopback = ({
  headers,
  remoteAddress
}: Pick<HttpServerRequest, "headers" | "remoteAddress">): string | undefined => {
  const address = Option.getOrUndefined(remoteAddress)
  if (address === undefined) return "the host of this API does not say where requests come from"
  if (!isLoopback(address)) return `the request comes from ${address}`
  const proxied = Object.keys(headers).find((name) => forwarded.test(name))
  if (proxied !== undefined) return `a proxy has sent the request on (header ${proxied})`
  // A page of another site may reach this machine through a name that it owns.
  const { host = "" } = headers
  if (!isLocalName(hostOf(host))) return `the request is addressed to ${host}`
  const { origin } = headers
  return origin === undefined || URL.parse(origin)?.host === host
    ? undefined
    : `the request comes from a page of ${origin}`
}
