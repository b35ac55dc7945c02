/** Settings and files of TLS that cannot work: each is refused by its name. */
import { createPrivateKey } from "node:crypto"
import { type Authority, makeAuthority } from "@holdfast/test-servers"
import * as Effect from "effect/Effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { CommandFailure } from "../../../src/cli/CommandFailure.ts"
import { kafkaOf } from "../../../src/cli/kafkaSettings.ts"
import {
  type PeerInput,
  peerOf,
  type TlsInput,
  tlsOf
} from "../../../src/cli/network/tlsSettings.ts"
import { certificateChecks } from "../../../src/commands/diagnosis/certificateChecks.ts"
import {
  type CertificateFiles,
  readCertificates
} from "../../../src/serving/network/certificateFiles.ts"
import { type CertificateFolder, certificateFolder, localNames } from "./certificateFolder.ts"

const settings = { cert: "tls-cert", key: "tls-key", ca: "tls-client-ca" }

let authority: Authority
let folder: CertificateFolder
let secret = ""
beforeAll(async () => {
  authority = await makeAuthority()
  folder = certificateFolder()
  const good = await authority.issue({ names: localNames, until: 60 * 24 * 40 })
  secret = good.key.split("\n")[1] ?? ""
  folder.putBoth("good", good)
  folder.putBoth("soon", await authority.issue({ until: 60 * 24 * 3 }))
  folder.putBoth("expired", await authority.issue({ from: -60, until: -1 }))
  folder.putBoth("future", await authority.issue({ from: 30, until: 60 }))
  folder.put("ca.pem", authority.pem)
  folder.put("old-ca.pem", (await makeAuthority({ from: -60, until: -1 })).pem)
  folder.put("nothing.pem", "no certificate\n")
  const torn = good.cert.split("\n").with(1, "AAAA").join("\n")
  folder.put("torn.pem", torn)
  const locked = { type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "p" } as const
  folder.put("locked.key", createPrivateKey(good.key).export(locked).toString())
})
afterAll(() => folder[Symbol.dispose]())

const filesOf = (cert: string, key: string, ca?: string): CertificateFiles => ({
  own: { cert: folder.at(cert), key: folder.at(key) },
  ca: ca === undefined ? undefined : folder.at(ca),
  settings
})

describe("files", () => {
  it("that cannot be used are refused by the setting that names them, and no key is repeated", () => {
    const cases: ReadonlyArray<readonly [CertificateFiles, RegExp]> = [
      [filesOf("missing.pem", "good.key"), /^--tls-cert: there is no file .*missing\.pem$/],
      [filesOf("good.pem", "missing.key"), /^--tls-key: there is no file .*missing\.key$/],
      [filesOf(".", "good.key"), /^--tls-cert: .* cannot be read: EISDIR$/],
      [filesOf("nothing.pem", "good.key"), /^--tls-cert: .* holds no certificate in PEM$/],
      [filesOf("torn.pem", "good.key"), /^--tls-cert: .* certificate that cannot be read$/],
      [filesOf("good.pem", "nothing.pem"), /^--tls-key: .* holds no private key in PEM$/],
      [filesOf("good.pem", "locked.key"), /^--tls-key: the key in .* is encrypted; give it/],
      [filesOf("good.pem", "expired.key"), /^--tls-key: the key in .* does not belong to/],
      [filesOf("expired.pem", "expired.key"), /^--tls-cert: .* expired at .*Z; renew it$/],
      [
        filesOf("future.pem", "future.key"),
        /^--tls-cert: .* is not valid before .*Z; is the clock/
      ],
      [
        filesOf("good.pem", "good.key", "nothing.pem"),
        /^--tls-client-ca: .* no certificate in PEM$/
      ],
      [filesOf("good.pem", "good.key", "old-ca.pem"), /^--tls-client-ca: .* expired at /]
    ]
    for (const [files, message] of cases) {
      const read = readCertificates(files, new Date())
      expect(read).toBeInstanceOf(CommandFailure)
      expect((read as CommandFailure).message).toMatch(message)
      expect((read as CommandFailure).message).not.toContain(secret)
    }
  })

  it("that fit are known by their names and their ends, and doctor warns a month before", () => {
    const now = new Date()
    const [good, ca] = certificateChecks(filesOf("good.pem", "good.key", "ca.pem"), now)
    expect(good).toMatchObject({ name: "--tls-cert", status: "ok" })
    expect(good?.found).toMatch(/DNS:localhost.* is valid until .*Z: 39 days are left$/)
    // The authority of the test ends within the hour.
    expect(ca).toMatchObject({ name: "--tls-client-ca", status: "warn" })
    const [soon] = certificateChecks(filesOf("soon.pem", "soon.key"), now)
    expect(soon).toMatchObject({ status: "warn", next: expect.stringContaining("renew it") })
    const [bad] = certificateChecks(filesOf("good.pem", "expired.key"), now)
    expect(bad).toMatchObject({ name: "--tls-key", status: "fail" })
  })
})

describe("settings", () => {
  const none: TlsInput & PeerInput = {
    ...{ tlsCert: undefined, tlsKey: undefined, tlsClientCa: undefined, tlsClientAuth: undefined },
    ...{ tlsMinVersion: undefined, peerCa: undefined, peerCert: undefined, peerKey: undefined },
    ...{ serviceKey: undefined, inventoryUrl: undefined, catalogUrl: undefined }
  }
  const cert = { tlsCert: "c.pem" }
  const both = { ...cert, tlsKey: "c.key" }
  const http = { inventoryUrl: new URL("http://inventory:3000") }
  const https = { inventoryUrl: new URL("https://inventory:3000") }

  const needed = "--tls-cert: without a certificate the server speaks no TLS"

  it("without effect, or without what they need, are refused", () => {
    const served: ReadonlyArray<readonly [Partial<TlsInput>, string]> = [
      [
        cert,
        "--tls-cert needs --tls-key (or HOLDFAST_TLS_KEY): the file of the private key of the certificate"
      ],
      [{ tlsKey: "c.key" }, `--tls-key needs ${needed}`],
      [{ tlsClientCa: "ca.pem" }, `--tls-client-ca needs ${needed}`],
      [{ tlsClientAuth: "required" }, `--tls-client-auth needs ${needed}`],
      [{ tlsMinVersion: "1.2" }, `--tls-min-version needs ${needed}`],
      [
        { ...both, tlsClientAuth: "optional" },
        "--tls-client-auth optional needs --tls-client-ca (or HOLDFAST_TLS_CLIENT_CA): the file of the authorities that sign the certificates of clients"
      ],
      [
        { ...both, tlsClientCa: "ca.pem", tlsClientAuth: "none" },
        "--tls-client-ca has no effect with --tls-client-auth none: leave one of them out"
      ]
    ]
    for (const [given, message] of served) {
      const refused = Effect.runSync(Effect.flip(tlsOf({ ...none, ...given })))
      expect([refused.message, refused.exitCode]).toEqual([message, 2])
    }
    const asked: ReadonlyArray<readonly [Partial<PeerInput>, string]> = [
      [{ peerCa: "ca.pem" }, "--peer-ca needs --inventory-url or --catalog-url"],
      [
        { ...http, peerCa: "ca.pem" },
        "--peer-ca needs --inventory-url or --catalog-url to begin with https or grpcs"
      ],
      [{ ...https, peerCert: "c.pem" }, "--peer-cert needs --peer-key"],
      [{ ...https, peerKey: "c.key" }, "--peer-key needs --peer-cert"]
    ]
    for (const [given, message] of asked) {
      const refused = Effect.runSync(Effect.flip(peerOf({ ...none, ...given })))
      expect([refused.message, refused.exitCode]).toEqual([message, 2])
    }
  })

  it("ask for TLS 1.3, and for the certificates of clients once their authorities are named", () => {
    expect(Effect.runSync(tlsOf(none))).toBeUndefined()
    expect(Effect.runSync(tlsOf({ ...none, ...both }))).toMatchObject({
      clientAuth: "none",
      minVersion: "TLSv1.3"
    })
    expect(Effect.runSync(tlsOf({ ...none, ...both, tlsClientCa: "ca.pem" }))).toMatchObject({
      clientAuth: "required"
    })
    expect(Effect.runSync(peerOf({ ...none, ...https }))).toBeUndefined()
  })

  it("of Kafka take a certificate with its key, and no other", async () => {
    const kafka = (more: object) =>
      kafkaOf({
        kafka: ["127.0.0.1:9"],
        kafkaTls: false,
        kafkaCreateTopics: false,
        ...more
      } as never)
    const refused = (more: object) => Effect.runSync(Effect.flip(kafka(more))).message
    expect(refused({ kafkaCert: folder.at("good.pem") })).toBe("--kafka-cert needs --kafka-key")
    expect(refused({ kafkaKey: folder.at("good.key") })).toBe("--kafka-key needs --kafka-cert")
    const other = { kafkaCert: folder.at("good.pem"), kafkaKey: folder.at("soon.key") }
    expect(refused(other)).toMatch(/^--kafka-key: the key in .* does not belong to/)
    const both = { kafkaCert: folder.at("good.pem"), kafkaKey: folder.at("good.key") }
    const destination = Effect.runSync(kafka({ ...both, kafkaCa: folder.at("ca.pem") }))
    expect(destination?.publisher.tls).toMatchObject({
      ca: authority.pem,
      cert: expect.stringContaining("BEGIN CERTIFICATE")
    })
    expect(JSON.stringify(destination)).not.toContain(secret)
  })
})
