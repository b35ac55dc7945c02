/** Which service a certificate stands for: by the names in it, exactly, and vouched for by the socket. */
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import {
  namesOf,
  readCertificateNames,
  serviceOf,
  shownCertificate
} from "../../src/access/certificates.ts"

const names = Result.getOrThrow(
  readCertificateNames(
    '{"URI:spiffe://shop/catalog":["stock:read"],"DNS:warehouse.internal":["stock:write"]}'
  )
)

describe("the names in a certificate", () => {
  it("are read as Node writes them", () => {
    expect(namesOf("DNS:a.internal, URI:spiffe://shop/a, IP Address:10.0.0.1")).toEqual([
      "DNS:a.internal",
      "URI:spiffe://shop/a",
      "IP Address:10.0.0.1"
    ])
    expect(namesOf("")).toEqual([])
  })

  it("cannot hold another name within quotes", () => {
    const quoted = 'DNS:"evil.example, DNS:warehouse.internal", DNS:b'
    expect(namesOf(quoted)).toEqual(["DNS:evil.example, DNS:warehouse.internal", "DNS:b"])
    expect(serviceOf(names, namesOf(quoted))).toBe(undefined)
  })

  it("are none when one of them cannot be read", () => {
    for (const text of [
      "DNS:warehouse.internal, othername:<unsupported>",
      'DNS:"a',
      "x",
      "DNS:a,b"
    ]) {
      expect(namesOf(text)).toEqual([])
    }
  })
})

describe("a service", () => {
  it("is the first in the file that the certificate names", () => {
    expect(serviceOf(names, ["DNS:warehouse.internal"])).toEqual({
      id: "certificate:DNS:warehouse.internal",
      kind: "SERVICE",
      roles: [],
      scopes: ["stock:write"]
    })
    const both = ["DNS:warehouse.internal", "URI:spiffe://shop/catalog"]
    expect(serviceOf(names, both)?.id).toBe("certificate:URI:spiffe://shop/catalog")
  })

  it("is nobody by a name that is alike only", () => {
    for (const name of [
      "DNS:WAREHOUSE.internal",
      "DNS:a.warehouse.internal",
      "URI:warehouse.internal"
    ]) {
      expect(serviceOf(names, [name])).toBe(undefined)
    }
  })
})

describe("a socket", () => {
  const socketWith = (authorized: boolean) => ({
    authorized,
    getPeerX509Certificate: () => ({
      subjectAltName: "DNS:warehouse.internal",
      validTo: "Nov 26 20:00:00 2027 GMT"
    })
  })
  const shown = {
    names: ["DNS:warehouse.internal"],
    untilMillis: Date.UTC(2027, 10, 26, 20)
  }

  it("shows a certificate under HTTP/1.1 and HTTP/2, once it has checked it", () => {
    const socket = socketWith(true)
    expect(shownCertificate({ socket })).toEqual(shown)
    expect(shownCertificate({ stream: { session: { socket } } })).toEqual(shown)
    expect(shownCertificate({ socket: socketWith(false) })).toBe(undefined)
    expect(shownCertificate({ socket: {} })).toBe(undefined)
  })
})
