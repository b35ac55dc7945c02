/**
 * What clients of a server have to show, in words of `curl` and `grpcurl`: whom they trust, by which name they
 * ask, and who they are. What only the reader has stands in variables of the shell.
 */
import { X509Certificate } from "node:crypto"
import { isIP } from "node:net"
import * as Effect from "effect/Effect"
import type { ChosenAuth } from "../../access/chosenAuth.ts"
import { textIn } from "../../cli/fileTexts.ts"
import type { ClientAuth, TlsSettings } from "../../cli/network/tlsSettings.ts"
import { reachedAt } from "./reachedAt.ts"

/** How a server is reached, and what it asks of its clients. */
export interface AskedOfClients {
  /** Where it is reached from this machine. */
  readonly host: string
  readonly port: number
  /** The certificate that it shows: its file, and its text if it can be read; undefined in the clear. */
  readonly certificate: { readonly file: string; readonly pem: string | undefined } | undefined
  readonly clientAuth: ClientAuth
  /** The ways in which it finds out who asks. */
  readonly ways: {
    readonly tokens: boolean
    readonly keys: boolean
    readonly certificates: boolean
  }
}

/** What clients show. */
export interface ShownByClients {
  /** What the address begins with, by a name that the certificate has, if it has one for this machine. */
  readonly url: string
  /** The words after `curl`, each with a space before it. */
  readonly curl: string
  /** The words after `grpcurl`, likewise. */
  readonly grpcurl: string
  /** What the variables in them must hold; empty when there are none. */
  readonly variables: ReadonlyArray<string>
}

const bracketed = (host: string): string => (host.includes(":") ? `[${host}]` : host)

/** A word as the shell takes it. */
const quoted = (word: string): string =>
  /^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`

const isOfThisMachine = (host: string): boolean => host === "::1" || /^127\./.test(host)

/** The name by which to ask, so that the certificate is good for it. */
const nameIn = (pem: string | undefined, host: string): string => {
  if (pem === undefined) return host
  const certificate = new X509Certificate(pem)
  const isGood = (name: string) =>
    (isIP(name) === 0 ? certificate.checkHost(name) : certificate.checkIP(name)) !== undefined
  if (isGood(host)) return host
  if (isOfThisMachine(host) && isGood("localhost")) return "localhost"
  const names = [...(certificate.subjectAltName ?? "").matchAll(/DNS:([^,\s"]+)/g)]
  return names.map(([, name = ""]) => name).find((name) => isGood(name)) ?? host
}

/** Which proof of who asks stands in `TOKEN`; undefined when none needs to. */
const tokenWords = ({ certificates, keys, tokens }: AskedOfClients["ways"]): string | undefined => {
  if (certificates || (!keys && !tokens)) return undefined
  const key = "a key of a service (holdfast keys create)"
  if (!tokens) return `TOKEN holds ${key}`
  return `TOKEN holds a token of your issuer${keys ? `, or ${key}` : ""}`
}

/** What clients show to a server. */
export const shownByClients = (asked: AskedOfClients): ShownByClients => {
  const { certificate, clientAuth, host, port, ways } = asked
  const token = tokenWords(ways)
  const bearer = token === undefined ? "" : ' -H "authorization: Bearer $TOKEN"'
  const variables = token === undefined ? [] : [token]
  const inTheClear = `${bracketed(host)}:${port}`
  if (certificate === undefined) {
    return { url: `http://${inTheClear}`, curl: bearer, grpcurl: bearer, variables }
  }
  const name = nameIn(certificate.pem, host)
  const isElsewhere = name !== host && name !== "localhost"
  const file = quoted(certificate.file)
  const showsOwn = clientAuth !== "none" && (clientAuth === "required" || ways.certificates)
  const own = (dashes: string) => (showsOwn ? ` ${dashes}cert "$CERT" ${dashes}key "$KEY"` : "")
  const there = isElsewhere ? ` --connect-to ${name}:${port}:${inTheClear}` : ""
  return {
    url: `https://${bracketed(name)}:${port}`,
    curl: ` --cacert ${file}${there}${own("--")}${bearer}`,
    grpcurl: ` -cacert ${file}${isElsewhere ? ` -authority ${name}` : ""}${own("-")}${bearer}`,
    variables: showsOwn
      ? ["CERT and KEY name the files of a client's certificate and of its key", ...variables]
      : variables
  }
}

/** What clients show to the server. */
export const shownTo = (
  {
    auth,
    host,
    tls
  }: {
    readonly auth: ChosenAuth
    readonly host: string
    readonly tls: TlsSettings | undefined
  },
  port: number
) => {
  const file = tls?.files.own?.cert
  const { certificates, keys, tokens } = auth.settings ?? {}
  const asked = {
    ...{ host: reachedAt(host), port, clientAuth: tls?.clientAuth ?? "none" },
    ways: {
      tokens: tokens !== undefined,
      keys: keys === true,
      certificates: certificates !== undefined
    }
  } as const
  return file === undefined
    ? Effect.succeed(shownByClients({ ...asked, certificate: undefined }))
    : Effect.map(
        Effect.orElseSucceed(textIn(file), () => undefined),
        (pem) => shownByClients({ ...asked, certificate: { file, pem } })
      )
}
