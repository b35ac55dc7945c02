// Certificates for tests, good ones and bad ones, made when they are needed: none is kept in a file
// of the repository. Keys are P-256 unless a test asks for something weaker.
import "reflect-metadata"
import { KeyObject, webcrypto } from "node:crypto"
import * as x509 from "@peculiar/x509"
import type { Certified } from "./tlsPostgres.ts"

x509.cryptoProvider.set(webcrypto as typeof crypto)

/** What a certificate is to be like; the defaults are good for an hour and either end. */
export interface CertificateOptions {
  readonly subject?: string
  /** Such as `DNS:localhost`, `IP:127.0.0.1` or `URI:spiffe://shop/catalog`. */
  readonly names?: ReadonlyArray<string>
  readonly usage?: "client" | "server" | "both"
  /** Minutes from now. */
  readonly from?: number
  readonly until?: number
  /** More extensions, as they are. */
  readonly extensions?: ReadonlyArray<x509.Extension>
  readonly weakRsa?: boolean
  /** Whether what is below an authority may sign, too: yes unless given. */
  readonly maySign?: boolean
}

/** An authority and what it signs. */
export interface Authority {
  /** Its certificate, in PEM. */
  readonly pem: string
  /** A certificate that it signed, with the key. */
  readonly issue: (options?: CertificateOptions) => Promise<Certified>
  /** An authority below this one. */
  readonly below: (options?: CertificateOptions) => Promise<Authority>
}

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const
const weak = {
  name: "RSASSA-PKCS1-v1_5",
  hash: "SHA-256",
  publicExponent: Uint8Array.of(1, 0, 1),
  modulusLength: 1024
} as const

const usages = {
  client: ["1.3.6.1.5.5.7.3.2"],
  server: ["1.3.6.1.5.5.7.3.1"],
  both: ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"]
} as const

const minutesFromNow = (minutes: number) => new Date(Date.now() + minutes * 60_000)

const serialNumber = () =>
  Buffer.from(webcrypto.getRandomValues(new Uint8Array(12)).with(0, 0x42)).toString("hex")

const kinds = { DNS: "dns", IP: "ip", URI: "url" } as const

const nameOf = (name: string): x509.JsonGeneralName => {
  const [, kind = "DNS", value = ""] = /^(DNS|IP|URI):(.*)$/.exec(name) ?? []
  return { type: kinds[kind as keyof typeof kinds], value }
}

/** Names that an authority may vouch for: those under a domain. */
export const onlyUnder = (domain: string): x509.Extension => {
  const name = Buffer.from(domain, "ascii")
  const wrapped = (tag: number, held: Buffer) => Buffer.from([tag, held.length, ...held])
  const subtree = wrapped(0x30, wrapped(0x82, name))
  return new x509.Extension("2.5.29.30", true, wrapped(0x30, wrapped(0xa0, subtree)))
}

/** An extension that nobody knows, and that must not be ignored. */
export const unknownCritical = (): x509.Extension =>
  new x509.Extension("1.3.6.1.4.1.55555.7", true, Uint8Array.of(5, 0))

interface Issuer {
  readonly name: string
  readonly keys: webcrypto.CryptoKeyPair
}

const generated = (isWeak = false) =>
  webcrypto.subtle.generateKey(isWeak ? weak : algorithm, true, [
    "sign",
    "verify"
  ]) as Promise<webcrypto.CryptoKeyPair>

const keyPem = ({ privateKey }: webcrypto.CryptoKeyPair) =>
  KeyObject.from(privateKey as webcrypto.CryptoKey)
    .export({ type: "pkcs8", format: "pem" })
    .toString()

const signed = async (
  issuer: Issuer | undefined,
  keys: webcrypto.CryptoKeyPair,
  { extensions = [], from = -5, names = [], subject = "CN=test", until = 60 }: CertificateOptions,
  own: ReadonlyArray<x509.Extension>
) => {
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject,
    issuer: issuer?.name ?? subject,
    notBefore: minutesFromNow(from),
    notAfter: minutesFromNow(until),
    signingAlgorithm: algorithm,
    publicKey: keys.publicKey,
    signingKey: (issuer?.keys ?? keys).privateKey,
    extensions: [
      ...own,
      ...extensions,
      ...(names.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension(names.map(nameOf))])
    ]
  })
  return `${certificate.toString("pem")}\n`
}

const leafOf = async (
  issuer: Issuer | undefined,
  chain: string,
  options: CertificateOptions
): Promise<Certified> => {
  const keys = await generated(options.weakRsa)
  const cert = await signed(issuer, keys, options, [
    new x509.BasicConstraintsExtension(false, undefined, true),
    new x509.ExtendedKeyUsageExtension([...usages[options.usage ?? "both"]])
  ])
  return { cert: `${cert}${chain}`, key: keyPem(keys) }
}

const authorityOf = async (
  above: Issuer | undefined,
  chain: string,
  options: CertificateOptions
): Promise<Authority> => {
  const keys = await generated()
  const { subject = "CN=authority" } = options
  const pem = await signed(above, keys, { ...options, subject }, [
    new x509.BasicConstraintsExtension(options.maySign ?? true, undefined, true)
  ])
  const self = { name: subject, keys }
  // The root is known to who checks; those below it are sent along.
  const sent = above === undefined ? "" : `${pem}${chain}`
  return {
    pem,
    issue: (of = {}) => leafOf(self, sent, of),
    below: (of = {}) => authorityOf(self, sent, { subject: "CN=authority below", ...of })
  }
}

/** Makes an authority that signs itself. */
export const makeAuthority = (options: CertificateOptions = {}): Promise<Authority> =>
  authorityOf(undefined, "", options)

/** Makes a certificate that nobody but its own key has signed. */
export const selfSigned = (options: CertificateOptions = {}): Promise<Certified> =>
  leafOf(undefined, "", options)
