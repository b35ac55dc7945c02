/**
 * Which service a client certificate stands for. The socket has checked the certificate against the
 * authorities of the server; here its names (subject alternative names) are compared with those of a
 * file, exactly.
 */
import type { TLSSocket } from "node:tls"
import { type Principal, Scope } from "@holdfast/core/access"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

/** The scopes of each name, such as `URI:spiffe://shop/catalog` or `DNS:catalog.internal`. */
export type CertificateNames = ReadonlyMap<string, ReadonlyArray<Scope>>

const name = /^(?:DNS|URI|IP Address|email):.{1,240}$/

const isScope = Schema.is(Scope)

/** What is wrong with an entry of the file; undefined for a good one. */
const mistakeIn = (entry: string, scopes: unknown): string | undefined => {
  const shown = JSON.stringify(entry)
  if (!name.test(entry)) {
    return `${shown} must be a name such as DNS:catalog.internal or URI:spiffe://shop/catalog`
  }
  if (!Array.isArray(scopes) || scopes.length === 0) {
    return `${shown} must have a list of scopes, such as ["stock:read"]`
  }
  const unknown: ReadonlyArray<unknown> = scopes.filter((scope) => !isScope(scope))
  return unknown.length === 0
    ? undefined
    : `${shown} has the scope ${JSON.stringify(unknown[0])}, which is none of ${Scope.literals.join(", ")}`
}

/** Reads the text of the file: a JSON object of names, each with its scopes. */
export const readCertificateNames = (text: string): Result.Result<CertificateNames, string> => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return Result.fail("it is no JSON")
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return Result.fail(
      'it must be an object of names and their scopes, such as {"DNS:catalog.internal": ["stock:read"]}'
    )
  }
  const entries = Object.entries(value)
  const mistakes = entries.flatMap(([entry, scopes]) => mistakeIn(entry, scopes) ?? [])
  if (mistakes.length > 0) return Result.fail(mistakes.slice(0, 5).join("; "))
  return entries.length === 0 ? Result.fail("it names nobody") : Result.succeed(new Map(entries))
}

/** One name of a certificate: Node quotes, as JSON, what could be taken for a comma between names. */
const oneName = /(DNS|URI|IP Address|email):(?:("(?:[^"\\]|\\.)*")|([^",]*))(?:, |$)/y

/** The names in a certificate, as Node writes them; none when any of them cannot be read. */
export const namesOf = (subjectAltName: string): ReadonlyArray<string> => {
  const found: Array<string> = []
  oneName.lastIndex = 0
  while (oneName.lastIndex < subjectAltName.length) {
    const match = oneName.exec(subjectAltName)
    if (match === null) return []
    const [, kind = "", quoted, plain = ""] = match
    found.push(`${kind}:${quoted === undefined ? plain : JSON.parse(quoted)}`)
  }
  return found
}

/** The socket under a request of HTTP/1.1 or HTTP/2, if it is one of TLS. */
const socketOf = (source: unknown): TLSSocket | undefined => {
  const message = source as {
    readonly socket?: TLSSocket
    readonly stream?: { readonly session?: { readonly socket?: TLSSocket } }
  }
  const socket = message.stream?.session?.socket ?? message.socket
  return typeof socket?.getPeerX509Certificate === "function" ? socket : undefined
}

/** What a client has shown. */
export interface ShownCertificate {
  readonly names: ReadonlyArray<string>
  /** Its last moment, in epoch milliseconds: a connection may outlive it. */
  readonly untilMillis: number
}

/** The certificate that a client has shown, which the server's authorities vouched for then. */
export const shownCertificate = (source: unknown): ShownCertificate | undefined => {
  const socket = socketOf(source)
  if (socket === undefined || !socket.authorized) return undefined
  const certificate = socket.getPeerX509Certificate()
  if (certificate === undefined) return undefined
  const { subjectAltName = "", validTo } = certificate
  return { names: namesOf(subjectAltName), untilMillis: Date.parse(validTo) }
}

/** The service that names stand for: the first in the file that the certificate has. */
export const serviceOf = (
  names: CertificateNames,
  shown: ReadonlyArray<string>
): Principal | undefined => {
  for (const [name, scopes] of names) {
    if (shown.includes(name))
      return { id: `certificate:${name}`, kind: "SERVICE", roles: [], scopes }
  }
  return undefined
}
