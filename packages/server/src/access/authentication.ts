/**
 * How a server finds out who sends a request. Everything that it takes goes one way: the request shows
 * a token, the key of a service or a client certificate, and the answer is a principal, or a refusal
 * that says the same whatever was wrong. What was wrong is in the log.
 */
import { type ApiKeys, anonymousPrincipal, type Principal } from "@holdfast/core/access"
import { StoreError } from "@holdfast/core/engine"
import { type Authenticator, cartHeader, notFromLoopback, Unauthenticated } from "@holdfast/http"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import type * as Scope from "effect/Scope"
import { makeKeyBearers } from "./bearerKeys.ts"
import { type CertificateNames, serviceOf, shownCertificate } from "./certificates.ts"
import type { ClientAddressOf } from "./clientAddress.ts"
import { secretPrefix } from "./keySecret.ts"
import { makeRefusalLog } from "./refusalLog.ts"
import { type Bearers, makeTokenBearers, type TokenRules } from "./tokens/bearerTokens.ts"
import {
  type DevelopmentKey,
  developmentBearers,
  localPrincipal
} from "./tokens/developmentTokens.ts"
import { type IssuerKeys, makeIssuerKeys } from "./tokens/IssuerKeys.ts"
import type { KeySource } from "./tokens/keySources.ts"
import { tokenBytesMax } from "./tokens/tokenForm.ts"

/** Tokens of an issuer: its rules, and where its keys are. */
export interface TokenSettings {
  readonly rules: TokenRules
  readonly source: KeySource
}

/** What a server takes; what is undefined or false it refuses. */
export interface AuthSettings {
  readonly tokens?: TokenSettings | undefined
  /** Keys of services. */
  readonly keys?: boolean | undefined
  /** Client certificates, by their names. */
  readonly certificates?: CertificateNames | undefined
  /** Development tokens, and requests of this machine without any. */
  readonly development?: DevelopmentKey | undefined
}

/** What a request or a call shows of who sends it, at whatever door. */
export type ShownRequest = Pick<HttpServerRequest, "headers" | "remoteAddress" | "source">

/** How a server finds out who asks. */
export interface Authentication {
  readonly authenticate: (request: ShownRequest) => ReturnType<Authenticator>
  /**
   * What a person who asks whether the server is ready should know. Fails while no token could be
   * verified.
   */
  readonly notes: Effect.Effect<ReadonlyArray<string>, StoreError>
}

const challenge = 'Bearer realm="holdfast", error="invalid_token"'

const refuse = (reason: string) => Effect.fail(new Unauthenticated({ reason, challenge }))

const bearer = /^Bearer +([\w.~+/=-]+)$/i

/** The credential of a header, or why there is none. */
const credentialIn = (header: string): Effect.Effect<string, string> => {
  if (header.length > tokenBytesMax + 100) return Effect.fail("what was shown is over 8 KiB")
  const [, credential] = bearer.exec(header) ?? []
  return credential === undefined
    ? Effect.fail("the header Authorization is not Bearer and a token")
    : Effect.succeed(credential)
}

/** A database that is away is no refusal, and stays what it is. */
const orRefused = <A>(
  found: Effect.Effect<A, string | StoreError>
): Effect.Effect<A, Unauthenticated | StoreError> =>
  Effect.mapError(found, (error) =>
    typeof error === "string" ? new Unauthenticated({ reason: error, challenge }) : error
  )

/** Who bears a credential: the key of a service, else a token. */
const bearersOf = (
  tokens: Bearers | undefined,
  keys: Bearers<StoreError> | undefined
): Bearers<StoreError> => {
  const none = (what: string) => () => Effect.fail(`${what} are not taken by this server`)
  const [byToken, byKey] = [tokens ?? none("tokens"), keys ?? none("keys of services")]
  return (credential) =>
    credential.startsWith(secretPrefix) ? byKey(credential) : byToken(credential)
}

/** Who asks although no header says so: a service by its certificate, or this machine itself. */
const withoutHeader =
  ({ certificates, development }: AuthSettings) =>
  (request: ShownRequest): Effect.Effect<Principal, Unauthenticated> => {
    const shown = certificates && shownCertificate(request.source)
    if (certificates !== undefined && shown !== undefined) {
      return Effect.flatMap(Clock.currentTimeMillis, (now) => {
        // The handshake has looked at this once; the connection has been open since.
        if (now > shown.untilMillis) return refuse("the client certificate has expired")
        const service = serviceOf(certificates, shown.names)
        return service === undefined
          ? refuse("no name of the client certificate is in the file of --client-certificates")
          : Effect.succeed(service)
      })
    }
    // Who shows a cart wants to be a guest, on this machine too.
    const isLocal =
      development !== undefined &&
      request.headers[cartHeader] === undefined &&
      notFromLoopback(request) === undefined
    return Effect.succeed(isLocal ? localPrincipal : anonymousPrincipal)
  }

/** Development tokens are taken from this machine itself alone. */
const fromHere = (request: ShownRequest): Effect.Effect<void, string> => {
  const why = notFromLoopback(request)
  return why === undefined
    ? Effect.void
    : Effect.fail(`development tokens work on this machine alone: ${why}`)
}

const notesOf = (keys: IssuerKeys | undefined): Effect.Effect<ReadonlyArray<string>, StoreError> =>
  keys === undefined
    ? Effect.succeed([])
    : Effect.flatMap(keys.state, ({ problem, size }) => {
        if (problem === undefined) return Effect.succeed([])
        return size === 0
          ? Effect.fail(
              new StoreError({
                reason: "Unavailable",
                message:
                  "the keys of the issuer of tokens cannot be read yet; the log of the server says why"
              })
            )
          : Effect.succeed([
              `the issuer of tokens is away: its keys that are known serve on (${size})`
            ])
      })

/**
 * Makes the way in which a server finds out who asks, for the lifetime of the scope. The log names the
 * address of who is refused.
 */
export const authenticatorOf = Effect.fnUntraced(function* (
  settings: AuthSettings,
  clientAddressOf: ClientAddressOf
): Effect.fn.Return<Authentication, never, ApiKeys | Scope.Scope> {
  const { development, tokens } = settings
  const issuerKeys = tokens && (yield* makeIssuerKeys(tokens.source))
  const byToken = tokens && issuerKeys && makeTokenBearers(issuerKeys, tokens.rules)
  const byDevelopment = development && developmentBearers(development)
  const byKey = settings.keys === true ? yield* makeKeyBearers() : undefined
  const bearerOf = bearersOf(byToken ?? byDevelopment, byKey)
  const otherwise = withoutHeader(settings)
  const log = makeRefusalLog()

  const find = (request: ShownRequest): Effect.Effect<Principal, Unauthenticated | StoreError> => {
    const { authorization } = request.headers
    if (authorization === undefined) return otherwise(request)
    const credential = Effect.flatMap(credentialIn(authorization), (shown) =>
      development === undefined ? Effect.succeed(shown) : Effect.as(fromHere(request), shown)
    )
    return orRefused(Effect.flatMap(credential, bearerOf))
  }
  return {
    authenticate: (request) =>
      Effect.tapError(find(request), (failure) =>
        failure._tag === "StoreError"
          ? Effect.void
          : log({ reason: failure.reason, address: clientAddressOf(request) })
      ),
    notes: notesOf(issuerKeys)
  }
})
