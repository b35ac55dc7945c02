/** Which addresses events may go to. */
import { type LookupAllOptions, lookup } from "node:dns"
import { isIP, type LookupFunction } from "node:net"
import ipaddr from "ipaddr.js"

/** `linkLocal` as `link local`. */
const inWords = (range: string): string =>
  range.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)

/** Why an IP address is no public one, in a word; undefined for a public one. */
export const kindOfAddress = (address: string): string | undefined => {
  if (!ipaddr.isValid(address)) return "no address"
  const parsed = ipaddr.process(address)
  const range = parsed.range()
  // Of the addresses of version 6, only 2000::/3 was ever given to anybody.
  if (parsed instanceof ipaddr.IPv6 && ((parsed.parts[0] ?? 0) & 0xe000) !== 0x2000) {
    return inWords(range === "unicast" ? "reserved" : range)
  }
  return range === "unicast" ? undefined : inWords(range)
}

/** The words for an address that nothing is sent to. */
export const wordsFor = (address: string, kind: string): string =>
  `${address} is not a public address (${kind}), and the operator has not allowed others`

/** A host as a URL has it: an IPv6 address there has brackets. */
const bareHost = (host: string): string => host.replace(/^\[(.*)\]$/, "$1")

/** Why nothing is sent to a host, as far as its name tells; undefined when something may be. */
export const objectionToHost = (host: string): string | undefined => {
  const bare = bareHost(host)
  if (isIP(bare) !== 0) {
    const kind = kindOfAddress(bare)
    return kind === undefined ? undefined : wordsFor(bare, kind)
  }
  return /(^|\.)localhost\.?$/i.test(bare) ? wordsFor(bare, "loopback") : undefined
}

/** An address was refused. */
export class AddressRefused extends Error {}

/**
 * Resolves a name, and refuses it when `kindOf` has a word against any of its addresses. It runs for
 * every new connection, so a name that resolves elsewhere later is refused then.
 */
export const lookupOnly =
  (kindOf: typeof kindOfAddress): LookupFunction =>
  (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true } as LookupAllOptions, (error, addresses = []) => {
      if (error !== null) return callback(error, [])
      for (const { address } of addresses) {
        const kind = kindOf(address)
        if (kind !== undefined) {
          return callback(new AddressRefused(`${hostname}: ${wordsFor(address, kind)}`), [])
        }
      }
      const [first] = addresses
      if (options.all === true || first === undefined) return callback(null, [...addresses])
      callback(null, first.address, first.family)
    })
  }
