import {
  type Authority,
  type Certified,
  makeAuthority,
  onlyUnder,
  selfSigned,
  unknownCritical
} from "@holdfast/test-servers"
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest"
import { type ServerProcess, startServer } from "../../ServerProcess.ts"
import { type CertificateFolder, certificateFolder, localNames } from "./certificateFolder.ts"
import { handshake, openHttp2, overHttp1, type Trust } from "./tlsClients.ts"

// A process is up in a second, or in many times that on a machine that is busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

let authority: Authority
let folder: CertificateFolder
beforeAll(async () => {
  authority = await makeAuthority({ subject: "CN=clients" })
  folder = certificateFolder()
  folder.putBoth("server", await authority.issue({ names: localNames, usage: "server" }))
  folder.put("ca.pem", authority.pem)
})
afterAll(() => folder[Symbol.dispose]())

const start = (clientAuth: "required" | "optional") =>
  startServer([
    ...["--memory", "--log-level", "debug"],
    ...["--tls-cert", folder.at("server.pem"), "--tls-key", folder.at("server.key")],
    ...["--tls-client-ca", folder.at("ca.pem"), "--tls-client-auth", clientAuth]
  ])

const names = ["URI:spiffe://shop/catalog"]
const client = { names, usage: "client" } as const

/** Certificates that a server must not take, and what is wrong with each. */
const badCertificates = async (): Promise<ReadonlyArray<readonly [string, Certified]>> => {
  const stranger = await makeAuthority({ subject: "CN=clients" })
  const pretender = await authority.below({ subject: "CN=no authority", maySign: false })
  const expiredBelow = await authority.below({ from: -60, until: -1 })
  const bounded = await authority.below({ extensions: [onlyUnder("shop.example")] })
  const below = await authority.below()
  const unchained = await below.issue(client)
  const good = await authority.issue(client)
  return [
    ["expired", await authority.issue({ ...client, from: -60, until: -1 })],
    ["not yet valid", await authority.issue({ ...client, from: 30, until: 60 })],
    ["of another authority with the same name", await stranger.issue(client)],
    ["signed by itself", await selfSigned(client)],
    ["for servers alone", await authority.issue({ ...client, usage: "server" })],
    ["signed by what may not sign", await pretender.issue(client)],
    ["of an authority that has expired", await expiredBelow.issue(client)],
    [
      "with a name that its authority may not give",
      await bounded.issue({ ...client, names: ["DNS:catalog.other.example"] })
    ],
    ["without the authorities between", { ...unchained, cert: firstOf(unchained.cert) }],
    [
      "with an extension that nobody knows",
      await authority.issue({ ...client, extensions: [unknownCritical()] })
    ],
    ["with a key that is too short", await authority.issue({ ...client, weakRsa: true })],
    ["whose signature was changed", { ...good, cert: tampered(good.cert) }]
  ]
}

const firstOf = (chain: string): string =>
  `${chain.split("-----END CERTIFICATE-----")[0]}-----END CERTIFICATE-----\n`

/** The same certificate with another last byte of its signature. */
const tampered = (pem: string): string => {
  const bytes = Buffer.from(pem.replace(/-----[A-Z ]+-----|\s/g, ""), "base64")
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
  const lines = bytes.toString("base64").match(/.{1,64}/g) ?? []
  return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n")
}

describe("a server that asks for client certificates", () => {
  let server: ServerProcess
  beforeAll(async () => {
    server = await start("required")
  })
  afterAll(() => server[Symbol.asyncDispose]())
  const trusting = (certified?: Certified): Trust => ({ ca: authority.pem, ...certified })

  it("takes a good one over HTTP/1.1 and HTTP/2, also through an authority below, and logs whose it is", async () => {
    const below = await authority.below()
    for (const certified of [await authority.issue(client), await below.issue(client)]) {
      const { status, tlsVersion } = await overHttp1(
        `${server.url}/health/live`,
        trusting(certified)
      )
      expect([status, tlsVersion]).toEqual([200, "TLSv1.3"])
      using session = await openHttp2(server.url, trusting(certified))
      expect((await session.ask("/health/live")).status).toBe(200)
    }
    await server.logs('"peer":"URI:spiffe://shop/catalog"')
    expect(server.log()).toContain('"tlsVersion":"TLSv1.3"')
  })

  it("refuses 12 bad ones, none at all, and TLS 1.2, before any route sees them", async () => {
    const bad = await badCertificates()
    expect(bad).toHaveLength(12)
    const outcomes: Array<readonly [string, string | undefined]> = []
    for (const [name, certified] of bad) {
      outcomes.push([name, await handshake(server.port, { ca: authority.pem, ...certified })])
    }
    outcomes.push(["none", await handshake(server.port, { ca: authority.pem })])
    const good = await authority.issue(client)
    const old = { ca: authority.pem, ...good, maxVersion: "TLSv1.2" } as const
    outcomes.push(["good over TLS 1.2", await handshake(server.port, old)])
    expect(outcomes.filter(([, outcome]) => outcome === undefined)).toEqual([])
    expect(await handshake(server.port, { ca: authority.pem, ...good })).toBeUndefined()
  })

  it("does not fill its log with those that it refuses", async () => {
    const before = server.log().split("TLS connections were refused").length
    await Promise.all(
      Array.from({ length: 200 }, () => handshake(server.port, { ca: authority.pem }))
    )
    const after = server.log().split("TLS connections were refused").length
    expect(after - before).toBeLessThan(10)
  })
})

describe("a server that takes client certificates if there are any", () => {
  it("serves who shows none, and never takes a bad one for none", async () => {
    await using server = await start("optional")
    expect(await handshake(server.port, { ca: authority.pem })).toBeUndefined()
    const good = await authority.issue(client)
    expect(await handshake(server.port, { ca: authority.pem, ...good })).toBeUndefined()
    const outcomes: Array<readonly [string, string | undefined]> = []
    for (const [name, certified] of await badCertificates()) {
      outcomes.push([name, await handshake(server.port, { ca: authority.pem, ...certified })])
    }
    expect(outcomes).toHaveLength(12)
    expect(outcomes.filter(([, outcome]) => outcome === undefined)).toEqual([])
  })
})
