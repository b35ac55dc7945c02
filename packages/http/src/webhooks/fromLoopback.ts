/** Whether a request comes from this machine itself, and from nobody behind it. */
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as Option from "effect/Option"

const isLoopback = (address: string): boolean =>
  /^(::ffff:)?127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/i.test(address) || address === "::1"

/** The host of a `Host` header, without its port. */
const hostOf = (header: string): string => header.replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1")

/** Browsers look up neither `localhost` nor a name under it, such as `shop.localhost`. */
const isLocalName = (host: string): boolean =>
  /^(?:[^.]+\.)*localhost\.?$/i.test(host) || isLoopback(host)

/** Headers by which a proxy says that the request is somebody else's. */
const forwarded =
  /^(forwarded|via|x-forwarded(-.+)?|x-real-ip|x-client-ip|true-client-ip|cf-connecting-ip)$/

/**
 * Why a request counts as addressed to another machine: a page of another site may reach this one through a name
 * that it owns. Undefined when it is addressed to this one.
 */
export const notToLoopback = (host: string | undefined): string | undefined => {
  if (host === undefined || host === "") return "the request does not say to whom it is addressed"
  return isLocalName(hostOf(host)) ? undefined : `the request is addressed to ${host}`
}

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
  const { host, origin } = headers
  const elsewhere = notToLoopback(host)
  if (elsewhere !== undefined) return elsewhere
  return origin === undefined || URL.parse(origin)?.host === host
    ? undefined
    : `the request comes from a page of ${origin}`
}

/** What a browser says of a request: to whom it is addressed, and the page that sends it. */
export interface SentByPage {
  readonly host: string | undefined
  readonly origin: string | undefined
  /** Pages of other sites that may ask, such as `https://shop.example`; `*` is all of them. */
  readonly allowedOrigins: ReadonlyArray<string>
}

/**
 * Why a request is one that a page of another site makes a browser on this machine send. Undefined when no such
 * page is known to have sent it: what is not a browser names no page, and an old one not even a host.
 */
export const sentByStrangePage = ({
  allowedOrigins,
  host,
  origin
}: SentByPage): string | undefined => {
  const elsewhere = host === undefined ? undefined : notToLoopback(host)
  if (elsewhere !== undefined) return elsewhere
  if (origin === undefined || allowedOrigins.includes("*") || allowedOrigins.includes(origin)) {
    return undefined
  }
  const page = URL.parse(origin)
  return page !== null && page.host !== "" && notToLoopback(page.host) === undefined
    ? undefined
    : `the request comes from a page of ${origin}`
}
