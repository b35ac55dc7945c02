/**
 * What the settings of authentication put in force. On loopback a server may be left open; on any
 * other address the settings must say that everybody is let in, or how it finds out who asks. Settings that do not
 * fit together, or a file that cannot be used, end the command: nothing falls back to letting people
 * in.
 */
import * as Effect from "effect/Effect"
import type * as Result from "effect/Result"
import {
  type AuthInput,
  type AuthMethod,
  type AuthWord,
  authFlags,
  isLoopbackHost
} from "../cli/authSettings.ts"
import { type CommandFailure, usageFailure } from "../cli/CommandFailure.ts"
import { textIn } from "../cli/fileTexts.ts"
import type { ClientAuth } from "../cli/network/tlsSettings.ts"
import { namedFlag } from "../cli/settings.ts"
import type { AuthSettings, TokenSettings } from "./authentication.ts"
import { type CertificateNames, readCertificateNames } from "./certificates.ts"
import type { TrustedProxies } from "./clientAddress.ts"
import { claimNamesDefault } from "./tokens/claims.ts"
import { developmentKeyOf } from "./tokens/developmentTokens.ts"
import { readKeySet } from "./tokens/KeySet.ts"
import { type KeySource, keysAt, keysIn } from "./tokens/keySources.ts"

/** Where the server listens, and where its database is, as far as they matter here. */
export interface AuthPlace {
  readonly host: string
  /** Whether the demo is made, which brings development tokens along on loopback. */
  readonly demo: boolean
  /** Whether the database ends with the process. */
  readonly isMemory: boolean
  /** The folder of the key of development tokens. */
  readonly folder: string
}

/** What is in force. */
export interface ChosenAuth {
  /** How senders are found out; undefined when everybody is let in. */
  readonly settings: AuthSettings | undefined
  /** What is in force, in words. */
  readonly words: string
  /** Whether everybody is let in without anybody having asked for it. */
  readonly isOpenByDefault: boolean
  /** Why no development tokens can be made, where they would have been. */
  readonly problem?: string
}

/** The flag of a setting: `jwksUrl` is `jwks-url`. */
const flagOf = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

const needs = (flag: string, needed: string) =>
  Effect.fail(usageFailure(`${namedFlag(flag)} needs ${needed}`))

/** Which method a setting is for. */
const methodOf = (name: string): AuthMethod | undefined => {
  if (/^jw/.test(name)) return "jwt"
  return name === "clientCertificates" ? "certificates" : undefined
}

/** Refuses settings of a method that is not in force: who gave them expects them to protect. */
const checkEffect = (
  input: AuthInput,
  isOn: (method: AuthMethod) => boolean
): Effect.Effect<void, CommandFailure> => {
  for (const name of Object.keys(authFlags) as ReadonlyArray<keyof AuthInput>) {
    const method = methodOf(name)
    if (input[name] !== undefined && method !== undefined && !isOn(method)) {
      return needs(flagOf(name), `--auth ${method}`)
    }
  }
  return input.forwardedHeader !== undefined && input.trustedProxies === undefined
    ? needs("forwarded-header", "--trusted-proxies")
    : Effect.void
}

const readText = (flag: string, file: string): Effect.Effect<string, CommandFailure> =>
  Effect.mapError(textIn(file), (why) => usageFailure(`--${flag} ${file} cannot be read: ${why}`))

const readBy = <A>(flag: string, file: string, read: (text: string) => Result.Result<A, string>) =>
  Effect.flatMap(readText(flag, file), (text) =>
    Effect.mapError(Effect.fromResult(read(text)), (wrong) =>
      usageFailure(`--${flag} ${file} cannot be used: ${wrong}`)
    )
  )

/** Where the keys are. A file must be right at the start; an issuer may be away. */
const sourceOf = ({ jwksFile, jwksUrl }: AuthInput): Effect.Effect<KeySource, CommandFailure> => {
  if (jwksFile !== undefined && jwksUrl !== undefined) {
    return Effect.fail(usageFailure("choose one of --jwks-url and --jwks-file"))
  }
  if (jwksUrl !== undefined) return Effect.succeed(keysAt(jwksUrl))
  return jwksFile === undefined
    ? Effect.fail(
        usageFailure(
          `--auth jwt needs the keys of the issuer: ${namedFlag("jwks-url")} or ${namedFlag("jwks-file")}`
        )
      )
    : Effect.as(readBy("jwks-file", jwksFile, readKeySet), keysIn(jwksFile))
}

const tokensOf = Effect.fnUntraced(function* (
  input: AuthInput
): Effect.fn.Return<TokenSettings, CommandFailure> {
  const { jwtAudience: audiences, jwtIssuer: issuer } = input
  if (issuer === undefined) return yield* needsFor("jwt-issuer", "whose tokens are taken")
  if (audiences === undefined) return yield* needsFor("jwt-audience", "for whom they must be meant")
  return {
    source: yield* sourceOf(input),
    rules: {
      issuer,
      audiences,
      claims: {
        id: input.jwtIdClaim ?? claimNamesDefault.id,
        roles: input.jwtRolesClaim ?? claimNamesDefault.roles,
        scopes: input.jwtScopesClaim ?? claimNamesDefault.scopes,
        locations: input.jwtLocationsClaim
      },
      toleranceSeconds: (input.jwtClockTolerance ?? 5_000) / 1_000,
      isAccessTokenOnly: input.jwtType === "at+jwt"
    }
  }
})

const needsFor = (flag: string, what: string) =>
  Effect.fail(usageFailure(`--auth jwt needs ${namedFlag(flag)}: ${what}`))

const certificatesOf = ({
  clientCertificates: file
}: AuthInput): Effect.Effect<CertificateNames, CommandFailure> =>
  file === undefined
    ? Effect.fail(
        usageFailure(
          `--auth certificates needs ${namedFlag("client-certificates")}: names and their scopes`
        )
      )
    : readBy("client-certificates", file, readCertificateNames)

/** Refuses to take client certificates where no client is asked for one. */
export const checkedToBeShown = (
  { settings }: ChosenAuth,
  clientAuth: ClientAuth
): Effect.Effect<void, CommandFailure> =>
  settings?.certificates !== undefined && clientAuth === "none"
    ? Effect.fail(
        usageFailure(
          "--auth certificates needs TLS that asks clients for one: --tls-cert, --tls-key and --tls-client-ca"
        )
      )
    : Effect.void

/** The proxies that are trusted; undefined when none are. */
export const proxiesOf = ({
  forwardedHeader,
  trustedProxies
}: Pick<AuthInput, "forwardedHeader" | "trustedProxies">): TrustedProxies | undefined =>
  trustedProxies && { addresses: trustedProxies, header: forwardedHeader ?? "x-forwarded-for" }

const wordsOf: { readonly [Method in AuthMethod]: string } = {
  jwt: "tokens of an issuer",
  keys: "keys of services",
  certificates: "client certificates"
}

const byMethods = Effect.fnUntraced(function* (
  input: AuthInput,
  methods: ReadonlySet<AuthMethod>,
  { isMemory }: AuthPlace
): Effect.fn.Return<ChosenAuth, CommandFailure> {
  if (methods.has("keys") && isMemory) {
    return yield* Effect.fail(
      usageFailure(
        "--auth keys needs a database that outlives the process: keys are kept in it; leave out --memory"
      )
    )
  }
  const settings: AuthSettings = {
    tokens: methods.has("jwt") ? yield* tokensOf(input) : undefined,
    keys: methods.has("keys"),
    certificates: methods.has("certificates") ? yield* certificatesOf(input) : undefined
  }
  const words = [...methods].map((method) => wordsOf[method]).join(", ")
  return { settings, words, isOpenByDefault: false }
})

const open = { settings: undefined, words: "none: everybody who reaches the server may do all" }

const developmentWords = "development tokens, and this machine without any"

const inDevelopment = ({ folder }: AuthPlace): Effect.Effect<ChosenAuth, string> =>
  Effect.map(developmentKeyOf(folder), (development) => ({
    settings: { development },
    words: developmentWords,
    isOpenByDefault: false
  }))

const unsafe = (host: string): CommandFailure =>
  usageFailure(
    `others than this machine may reach ${host}: say who may ask with --auth jwt, --auth keys, ` +
      "--auth certificates, or some of them with commas between (HOLDFAST_AUTH); --auth none lets everybody in"
  )

const byDefault = (place: AuthPlace): Effect.Effect<ChosenAuth, CommandFailure> => {
  if (!isLoopbackHost(place.host)) return Effect.fail(unsafe(place.host))
  const asToday = { ...open, isOpenByDefault: true }
  return place.demo
    ? Effect.catch(inDevelopment(place), (problem) => Effect.succeed({ ...asToday, problem }))
    : Effect.succeed(asToday)
}

const byWord = (
  input: AuthInput,
  auth: AuthWord,
  place: AuthPlace
): Effect.Effect<ChosenAuth, CommandFailure> => {
  if (auth === "none") return Effect.succeed({ ...open, isOpenByDefault: false })
  if (auth !== "development") return byMethods(input, auth, place)
  return isLoopbackHost(place.host)
    ? Effect.mapError(inDevelopment(place), (problem) =>
        usageFailure(`--auth development needs a key, which cannot be made: ${problem}`)
      )
    : Effect.fail(
        usageFailure(
          `--auth development works on loopback alone, and others may reach ${place.host}: leave out ` +
            "--host, or say who may ask with --auth jwt, --auth keys or --auth certificates"
        )
      )
}

/** What the settings put in force, or why they cannot be. */
export const chosenAuth = (
  input: AuthInput,
  place: AuthPlace
): Effect.Effect<ChosenAuth, CommandFailure> => {
  const { auth } = input
  const isOn = (method: AuthMethod) => typeof auth === "object" && auth.has(method)
  return Effect.andThen(
    checkEffect(input, isOn),
    auth === undefined ? byDefault(place) : byWord(input, auth, place)
  )
}
