/**
 * TLS by settings: what this process serves with, and what it shows to the other context. Settings
 * that would have no effect are refused, so that nobody believes in a check that is not made.
 */
import * as Effect from "effect/Effect"
import type { CertificateFiles } from "../../serving/network/certificateFiles.ts"
import { type CommandFailure, usageFailure } from "../CommandFailure.ts"
import type { OtherUrls } from "../contextSettings.ts"
import { anyText, namedFlag, oneOf, setting } from "../settings.ts"

/** Whether clients show a certificate: never, if they have one, or always. */
export type ClientAuth = "none" | "optional" | "required"

const file = (name: string, description: string) =>
  setting(name, { metavar: "<file>", description, read: anyText }, undefined)

/** The settings of who serves. */
export const tlsFlags = {
  tlsCert: file("tls-cert", "Serve over TLS with this certificate and its chain, in PEM"),
  tlsKey: file("tls-key", "The private key of --tls-cert, in PEM, without a passphrase"),
  tlsClientCa: file("tls-client-ca", "Authorities that the certificates of clients are checked by"),
  tlsClientAuth: setting(
    "tls-client-auth",
    {
      metavar: "<none|optional|required>",
      description:
        "Whether clients show a certificate (default: required with --tls-client-ca, else none)",
      read: oneOf("none", "optional", "required")
    },
    undefined
  ),
  tlsMinVersion: setting(
    "tls-min-version",
    {
      metavar: "<1.2|1.3>",
      description: "The oldest TLS that clients may speak (default: 1.3)",
      read: oneOf("1.2", "1.3")
    },
    undefined
  )
}

/** The settings of who asks the other context over https. */
export const peerFlags = {
  peerCa: file("peer-ca", "Authorities that the other context's certificate is checked by"),
  peerCert: file("peer-cert", "Certificate to show to the other context, with its chain, in PEM"),
  peerKey: file("peer-key", "The private key of --peer-cert, in PEM, without a passphrase")
}

/** The settings as read. */
export interface TlsInput {
  readonly tlsCert: string | undefined
  readonly tlsKey: string | undefined
  readonly tlsClientCa: string | undefined
  readonly tlsClientAuth: ClientAuth | undefined
  readonly tlsMinVersion: "1.2" | "1.3" | undefined
}

/** The settings as read. */
export interface PeerInput extends OtherUrls {
  readonly peerCa: string | undefined
  readonly peerCert: string | undefined
  readonly peerKey: string | undefined
}

/** How a server speaks TLS. */
export interface TlsSettings {
  readonly files: CertificateFiles
  readonly clientAuth: ClientAuth
  readonly minVersion: "TLSv1.2" | "TLSv1.3"
}

const refuse = (message: string) => Effect.fail(usageFailure(message))

const idle = (needed: string, given: Readonly<Record<string, unknown>>) => {
  const [one] = Object.entries(given).find(([, value]) => value !== undefined) ?? []
  return one === undefined ? Effect.void : refuse(`--${one} needs --${needed}`)
}

/** How to serve over TLS; undefined when the settings do not ask for it. */
export const tlsOf = Effect.fnUntraced(function* ({
  tlsCert: cert,
  tlsClientAuth,
  tlsClientCa: ca,
  tlsKey: key,
  tlsMinVersion
}: TlsInput): Effect.fn.Return<TlsSettings | undefined, CommandFailure> {
  if (cert === undefined) {
    yield* idle("tls-cert: without a certificate the server speaks no TLS", {
      "tls-key": key,
      "tls-client-ca": ca,
      "tls-client-auth": tlsClientAuth,
      "tls-min-version": tlsMinVersion
    })
    return undefined
  }
  if (key === undefined) {
    return yield* refuse(
      `--tls-cert needs ${namedFlag("tls-key")}: the file of the private key of the certificate`
    )
  }
  const clientAuth = tlsClientAuth ?? (ca === undefined ? "none" : "required")
  if (clientAuth !== "none" && ca === undefined) {
    return yield* refuse(
      `--tls-client-auth ${clientAuth} needs ${namedFlag("tls-client-ca")}: the file of the ` +
        "authorities that sign the certificates of clients"
    )
  }
  if (clientAuth === "none" && ca !== undefined) {
    return yield* refuse(
      "--tls-client-ca has no effect with --tls-client-auth none: leave one of them out"
    )
  }
  const settings = { cert: "tls-cert", key: "tls-key", ca: "tls-client-ca" }
  return {
    files: { own: { cert, key }, ca, settings },
    clientAuth,
    minVersion: `TLSv${tlsMinVersion ?? "1.3"}`
  }
})

/** What the other context is asked with; undefined when the settings name nothing. */
export const peerOf = Effect.fnUntraced(function* ({
  catalogUrl,
  inventoryUrl,
  peerCa: ca,
  peerCert: cert,
  peerKey: key
}: PeerInput): Effect.fn.Return<CertificateFiles | undefined, CommandFailure> {
  if (ca === undefined && cert === undefined && key === undefined) return undefined
  const url = inventoryUrl ?? catalogUrl
  const given = { "peer-ca": ca, "peer-cert": cert, "peer-key": key }
  if (url === undefined) {
    yield* idle("inventory-url or --catalog-url", given)
  } else if (url.protocol !== "https:" && url.protocol !== "grpcs:") {
    yield* idle("inventory-url or --catalog-url to begin with https or grpcs", given)
  }
  if (cert === undefined && key !== undefined) return yield* refuse("--peer-key needs --peer-cert")
  if (cert !== undefined && key === undefined) return yield* refuse("--peer-cert needs --peer-key")
  const settings = { cert: "peer-cert", key: "peer-key", ca: "peer-ca" }
  const own = cert === undefined || key === undefined ? undefined : { cert, key }
  return { own, ca, settings }
})
