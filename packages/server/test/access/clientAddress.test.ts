/** Whose address a request is from, and whose word counts for it. */
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as Option from "effect/Option"
import { describe, expect, it } from "vitest"
import {
  type ForwardedHeader,
  makeClientAddressOf,
  readNetworks
} from "../../src/access/clientAddress.ts"

const request = (address: string | undefined, headers: Readonly<Record<string, string>>) =>
  ({
    headers,
    remoteAddress: Option.fromNullishOr(address)
  }) as unknown as HttpServerRequest

const addressOf = (
  address: string | undefined,
  headers: Readonly<Record<string, string>>,
  proxies: ReadonlyArray<string> | undefined,
  header: ForwardedHeader = "x-forwarded-for"
) => {
  const addresses = proxies && readNetworks(proxies)
  return makeClientAddressOf(addresses && { addresses, header })(request(address, headers))
}

const xff = (value: string) => ({ "x-forwarded-for": value })

describe("X-Forwarded-For", () => {
  it("counts for nothing without a trusted proxy, and from who is none", () => {
    expect(addressOf("192.0.2.9", xff("1.1.1.1"), undefined)).toBe("192.0.2.9")
    expect(addressOf("192.0.2.9", xff("1.1.1.1"), ["10.0.0.0/8"])).toBe("192.0.2.9")
    expect(addressOf(undefined, xff("1.1.1.1"), ["10.0.0.0/8"])).toBe(undefined)
  })

  it("counts from its end, as far as trusted proxies vouch", () => {
    const trusted = ["10.0.0.0/8", "fd00::/8"]
    expect(addressOf("10.0.0.1", xff("198.51.100.7"), trusted)).toBe("198.51.100.7")
    expect(addressOf("10.0.0.1", xff("6.6.6.6, 198.51.100.7"), trusted)).toBe("198.51.100.7")
    expect(addressOf("10.0.0.1", xff("6.6.6.6, 198.51.100.7,10.2.3.4"), trusted)).toBe(
      "198.51.100.7"
    )
    expect(addressOf("fd00::1", xff("6.6.6.6, 2001:db8::7"), trusted)).toBe("2001:db8::7")
    expect(addressOf("10.0.0.1", xff("10.0.0.9, 10.0.0.8"), trusted)).toBe("10.0.0.9")
    expect(addressOf("10.0.0.1", {}, trusted)).toBe("10.0.0.1")
  })

  it("is read with ports, brackets and IPv4 written as IPv6", () => {
    const trusted = ["10.0.0.1"]
    expect(addressOf("::ffff:10.0.0.1", xff("198.51.100.7:4711"), trusted)).toBe("198.51.100.7")
    expect(addressOf("10.0.0.1", xff("[2001:db8::7]:443"), trusted)).toBe("2001:db8::7")
    expect(addressOf("10.0.0.1", xff("::ffff:198.51.100.7"), trusted)).toBe("198.51.100.7")
    expect(addressOf("fe80::1%eth0", {}, undefined)).toBe("fe80::1")
  })

  it("that is no address ends the reading at who sent it", () => {
    const trusted = ["10.0.0.0/8"]
    for (const value of [
      "unknown",
      "",
      "198.51.100.7, _hidden",
      "1.2.3",
      "'; drop table",
      "1.1.1.1 2.2.2.2"
    ]) {
      expect(addressOf("10.0.0.1", xff(value), trusted)).toBe("10.0.0.1")
    }
    expect(addressOf("10.0.0.1", xff("198.51.100.7, nobody, 10.0.0.2"), trusted)).toBe("10.0.0.2")
  })
})

describe("Forwarded", () => {
  it("counts instead, and X-Forwarded-For no more, when the proxies write it", () => {
    const trusted = ["10.0.0.0/8"]
    const headers = {
      ...xff("6.6.6.6"),
      forwarded: 'for=6.6.6.6, for="[2001:db8::7]:443";proto=https;by=10.0.0.1'
    }
    expect(addressOf("10.0.0.1", headers, trusted, "forwarded")).toBe("2001:db8::7")
    expect(addressOf("10.0.0.1", headers, trusted)).toBe("6.6.6.6")
    const quoted = { forwarded: 'proto=https;For="198.51.100.7:80"' }
    expect(addressOf("10.0.0.1", quoted, trusted, "forwarded")).toBe("198.51.100.7")
    const hidden = { forwarded: "for=_secret" }
    expect(addressOf("10.0.0.1", hidden, trusted, "forwarded")).toBe("10.0.0.1")
  })
})

it("addresses and networks are read, and nothing else is", () => {
  for (const text of ["10.0.0.1", "10.0.0.0/8", "0.0.0.0/0", "::1", "fd00::/8", "::/0"]) {
    expect(readNetworks([text])).toBeDefined()
  }
  for (const text of [
    "",
    "10.0.0",
    "10.0.0.0/33",
    "::/129",
    "proxy",
    "10.0.0.0/-1",
    "1.1.1.1/8/8"
  ]) {
    expect(readNetworks([text])).toBe(undefined)
  }
})
