/**
 * The address of the client that a request is from. A header that names it counts only when a proxy
 * that you named has sent it, because anybody can write one. The list in the header is read from its
 * end: each trusted proxy vouches for the address before its own, and for no other.
 */
import { BlockList, isIP } from "node:net"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as Option from "effect/Option"

/** The header that the proxies write. The other one could be the client's own words. */
export type ForwardedHeader = "x-forwarded-for" | "forwarded"

/** Which proxies are trusted, and with which header. */
export interface TrustedProxies {
  /** Addresses, and networks such as `10.0.0.0/8`. */
  readonly addresses: BlockList
  readonly header: ForwardedHeader
}

const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i

/** An address as it is compared: without the zone of IPv6, and IPv4 as such. */
const plain = (address: string): string => {
  const [bare = ""] = address.split("%", 1)
  return mapped.exec(bare)?.[1] ?? bare
}

/** Reads addresses and networks; undefined when one of them is neither. */
export const readNetworks = (texts: ReadonlyArray<string>): BlockList | undefined => {
  const list = new BlockList()
  for (const text of texts) {
    const [, address = "", prefix] = /^([\da-fA-F.:]+)(?:\/(\d{1,3}))?$/.exec(text) ?? []
    const version = isIP(address)
    const bits = version === 4 ? 32 : 128
    if (version === 0 || Number(prefix ?? bits) > bits) return undefined
    const family = version === 4 ? "ipv4" : "ipv6"
    if (prefix === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(prefix), family)
  }
  return list
}

const has = (list: BlockList, address: string): boolean =>
  isIP(address) !== 0 && list.check(address, isIP(address) === 4 ? "ipv4" : "ipv6")

/** The text of a `for=` in one element of `Forwarded`. */
const forwardedFor = /(?:^|;)\s*for=(?:"([^"]*)"|([^\s;"]+))\s*(?:;|$)/i

/** An address that may have a port, and brackets around IPv6. */
const withPort = /^(?:\[([^\]]+)\](?::\d+)?|([^:]+):\d+|(.+))$/

/** The address in one element of a header; undefined when there is none. */
const addressIn = (element: string, header: ForwardedHeader): string | undefined => {
  const found = header === "forwarded" ? forwardedFor.exec(element) : [element, element.trim()]
  const text = found?.[1] ?? found?.[2] ?? ""
  const [, bracketed, ported, bare] = (isIP(text) === 6 ? [text, text] : withPort.exec(text)) ?? []
  const address = plain(bracketed ?? ported ?? bare ?? "")
  return isIP(address) === 0 ? undefined : address
}

/** The address of the client that a request is from; undefined when nobody says. */
export type ClientAddressOf = (
  request: Pick<HttpServerRequest, "headers" | "remoteAddress">
) => string | undefined

/**
 * The address of the client: that of the connection, or what trusted proxies say. An element that is
 * no address ends the reading, at the proxy that sent it. Undefined when the host of the API does not
 * say where requests come from.
 */
export const makeClientAddressOf =
  (trusted: TrustedProxies | undefined): ClientAddressOf =>
  ({ headers, remoteAddress }) => {
    const remote = Option.getOrUndefined(remoteAddress)
    let address = remote === undefined ? undefined : plain(remote)
    if (trusted === undefined) return address
    const elements = headers[trusted.header]?.split(",") ?? []
    while (address !== undefined && has(trusted.addresses, address)) {
      const element = elements.pop()
      const before = element === undefined ? undefined : addressIn(element, trusted.header)
      if (before === undefined) return address
      address = before
    }
    return address
  }
