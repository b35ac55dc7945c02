/**
 * TLS to a PostgreSQL server: options that cannot work are refused before there is a connection, and
 * a connection that fails because of certificates says what to do. No message repeats a key.
 */
import { X509Certificate } from "node:crypto"
import { type ConnectionOptions, createSecureContext } from "node:tls"
import * as Predicate from "effect/Predicate"

type Tls = boolean | ConnectionOptions | undefined

const listOf = (value: unknown): ReadonlyArray<unknown> => (Array.isArray(value) ? value : [value])

const isCertificate = (value: unknown): boolean => {
  try {
    return new X509Certificate(value as string) !== undefined
  } catch {
    return false
  }
}

/**
 * What is wrong with the options, or undefined. The driver would meet it in the middle of a
 * connection, where Node throws it at the process.
 */
export const tlsMistake = (ssl: Tls): string | undefined => {
  if (typeof ssl !== "object") return undefined
  const { ca, cert, key } = ssl
  const notPem = Object.entries({ ca, cert }).find(
    ([, value]) => value !== undefined && !listOf(value).every(isCertificate)
  )
  if (notPem !== undefined) return `ssl.${notPem[0]} must hold certificates in PEM`
  if ((cert === undefined) !== (key === undefined)) return "ssl.cert and ssl.key belong together"
  try {
    createSecureContext(ssl)
    return undefined
  } catch {
    return key === undefined
      ? "Node.js does not take the ssl options"
      : "ssl.key must be the private key in PEM that belongs to ssl.cert, with its passphrase"
  }
}

const untrusted =
  "the certificate of the database is signed by an authority that this process does not trust; " +
  "give that authority's certificate as ssl: { ca }, or in NODE_EXTRA_CA_CERTS"

/** Codes of OpenSSL and Node, and messages of the driver and of PostgreSQL. */
const remedies: ReadonlyArray<readonly [RegExp, string]> = [
  [
    /^(UNABLE_TO_(GET_ISSUER_CERT|VERIFY_LEAF_SIGNATURE)|(DEPTH_ZERO_)?SELF_SIGNED|CERT_(UNTRUSTED|SIGNATURE))/,
    untrusted
  ],
  [
    /^ERR_TLS_CERT_ALTNAME_INVALID$/,
    "the certificate of the database is for another host; connect by the name that it is made for, " +
      "or give that name as ssl: { servername }"
  ],
  [
    /^CERT_(HAS_EXPIRED|NOT_YET_VALID)$/,
    "the certificate of the database is not valid at this time; renew it, or correct the clock"
  ],
  [
    /does not support TLS/,
    "the database speaks no TLS; switch it on there (ssl = on), or connect without ssl"
  ],
  [
    /valid client certificate/,
    "the database asks for a client certificate; give ssl: { cert, key }"
  ],
  [
    /pg_hba\.conf entry.*(no encryption|SSL off)/,
    "the database accepts this user with TLS only; give ssl: true, or sslmode=require in the URL"
  ]
]

/** What a person can do about a connection that failed because of TLS; undefined when it did not. */
export const tlsRemedyOf = (error: unknown): string | undefined => {
  let current = error
  for (let depth = 0; depth < 5 && Predicate.isObject(current); depth++) {
    const { cause, code, message, reason } = current as Record<string, unknown>
    const found = remedies.find(
      ([pattern]) => pattern.test(`${code}`) || pattern.test(`${message}`)
    )
    if (found !== undefined) return found[1]
    current = reason ?? cause
  }
  return undefined
}
