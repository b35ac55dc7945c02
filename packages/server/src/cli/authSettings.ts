/**
 * How a server finds out who asks: the settings. `access/chosenAuth.ts` makes of them what is in
 * force.
 */
import type { BlockList } from "node:net"
import { type ForwardedHeader, readNetworks } from "../access/clientAddress.ts"
import { anyText, durationMillis, oneOf, setting } from "./settings.ts"

/** What may be shown to a server. */
const methods = ["jwt", "keys", "certificates"] as const

/** A way to show who asks. */
export type AuthMethod = (typeof methods)[number]

/** What `--auth` may say. */
export type AuthWord = "none" | "development" | ReadonlySet<AuthMethod>

const readAuth = (text: string): { readonly value: AuthWord } | { readonly mustBe: string } => {
  if (text === "none" || text === "development") return { value: text }
  const words = text.split(",").map((word) => word.trim())
  return words.every((word) => methods.some((method) => method === word))
    ? { value: new Set(words as ReadonlyArray<AuthMethod>) }
    : { mustBe: `none, development, or some of ${methods.join(", ")} with commas between` }
}

/** The host names that only this machine reaches. */
const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|(?:::ffff:)?127(?:\.\d{1,3}){3}|::1)$/i

/** Whether an address to listen on is reached by this machine alone. */
export const isLoopbackHost = (host: string): boolean => loopback.test(host)

const readJwksUrl = (text: string): { readonly value: URL } | { readonly mustBe: string } => {
  const url = URL.parse(text)
  const isSafe =
    url?.protocol === "https:" ||
    (url?.protocol === "http:" && isLoopbackHost(url.hostname.replace(/^\[|\]$/g, "")))
  return url !== null && isSafe && url.username === ""
    ? { value: url }
    : { mustBe: "an address that begins with https://, without a user (http:// on this machine)" }
}

const listOf = (text: string) =>
  text
    .split(",")
    .map((one) => one.trim())
    .filter((one) => one !== "")

const tokenFlags = {
  jwtIssuer: setting(
    "jwt-issuer",
    { metavar: "<iss>", description: "Whose tokens are taken: their iss, exactly", read: anyText },
    undefined
  ),
  jwtAudience: setting(
    "jwt-audience",
    {
      metavar: "<aud,...>",
      description: "For whom tokens must be meant: one of these in their aud",
      read: (text: string) => {
        const value = listOf(text)
        return value.length > 0 ? { value } : { mustBe: "a name, or several with commas between" }
      }
    },
    undefined
  ),
  jwksUrl: setting(
    "jwks-url",
    {
      metavar: "<url>",
      description: "Where the issuer's public keys are (JSON Web Key Set)",
      read: readJwksUrl
    },
    undefined
  ),
  jwksFile: setting(
    "jwks-file",
    {
      metavar: "<file>",
      description: "The same in a file; read again as it changes",
      read: anyText
    },
    undefined
  ),
  jwtRolesClaim: setting(
    "jwt-roles-claim",
    {
      metavar: "<claim>",
      description:
        "Where the roles are: a claim, or a path such as realm_access.roles (default: roles)",
      read: anyText
    },
    undefined
  ),
  jwtScopesClaim: setting(
    "jwt-scopes-claim",
    {
      metavar: "<claim>",
      description: "Where the scopes of a service are (default: scope)",
      read: anyText
    },
    undefined
  ),
  jwtIdClaim: setting(
    "jwt-id-claim",
    { metavar: "<claim>", description: "Who it is (default: sub)", read: anyText },
    undefined
  ),
  jwtLocationsClaim: setting(
    "jwt-locations-claim",
    {
      metavar: "<claim>",
      description:
        "Where the locations of a manager are, * for all; without it managers write everywhere",
      read: anyText
    },
    undefined
  ),
  jwtClockTolerance: setting(
    "jwt-clock-tolerance",
    {
      metavar: "<time>",
      description: "How far the issuer's clock may be from ours, at most 60s (default: 5s)",
      read: durationMillis("0s", "60s")
    },
    undefined
  ),
  jwtType: setting<"any" | "at+jwt", undefined>(
    "jwt-type",
    {
      metavar: "<any|at+jwt>",
      description: "at+jwt: take only tokens that say they are access tokens (default: any)",
      read: oneOf("any", "at+jwt")
    },
    undefined
  )
}

/** The settings. */
export const authFlags = {
  auth: setting<AuthWord, undefined>(
    "auth",
    {
      metavar: "<none|development|jwt,keys,certificates>",
      description: "Who may ask; must be given when others than this machine reach the server",
      read: readAuth
    },
    undefined
  ),
  ...tokenFlags,
  clientCertificates: setting(
    "client-certificates",
    {
      metavar: "<file>",
      description: "JSON of names in client certificates, each with the scopes of that service",
      read: anyText
    },
    undefined
  ),
  trustedProxies: setting(
    "trusted-proxies",
    {
      metavar: "<address,...>",
      description: "Proxies whose forwarded addresses count, such as 10.0.0.0/8 (default: none)",
      read: (text: string) => {
        const value = readNetworks(listOf(text))
        return value === undefined
          ? { mustBe: "addresses and networks such as 10.0.0.7,10.1.0.0/16,fd00::/8" }
          : { value }
      }
    },
    undefined
  ),
  forwardedHeader: setting<ForwardedHeader, undefined>(
    "forwarded-header",
    {
      metavar: "<x-forwarded-for|forwarded>",
      description: "The header that these proxies write (default: x-forwarded-for)",
      read: oneOf("x-forwarded-for", "forwarded")
    },
    undefined
  )
}

/** The settings as read. */
export interface AuthInput {
  readonly auth: AuthWord | undefined
  readonly jwtIssuer: string | undefined
  readonly jwtAudience: ReadonlyArray<string> | undefined
  readonly jwksUrl: URL | undefined
  readonly jwksFile: string | undefined
  readonly jwtRolesClaim: string | undefined
  readonly jwtScopesClaim: string | undefined
  readonly jwtIdClaim: string | undefined
  readonly jwtLocationsClaim: string | undefined
  readonly jwtClockTolerance: number | undefined
  readonly jwtType: "any" | "at+jwt" | undefined
  readonly clientCertificates: string | undefined
  readonly trustedProxies: BlockList | undefined
  readonly forwardedHeader: ForwardedHeader | undefined
}
