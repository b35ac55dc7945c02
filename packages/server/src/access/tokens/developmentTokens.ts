/**
 * Tokens to try things with, one for each role. The key that signs them lies in the folder of the
 * embedded database, readable by its owner alone, so that `holdfast token` and a server of the same
 * folder agree on it. A server takes them only while it listens on loopback, and only from this
 * machine itself.
 */
import { linkSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { makeFolder } from "@holdfast/adapter-pg/effect"
import { type Principal, Role } from "@holdfast/core/access"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from "jose"
import { type Bearers, makeTokenBearers } from "./bearerTokens.ts"
import { claimNamesDefault } from "./claims.ts"
import { readKeySet } from "./KeySet.ts"

const issuer = "holdfast-development"
const audience = "holdfast"
const kid = "development"

/** How long a token is good: a day of work. */
const lifeSeconds = 43_200

/** A key that signs development tokens. */
export interface DevelopmentKey {
  /** As a JSON Web Key, with its private part. */
  readonly jwk: Redacted.Redacted<JWK>
}

const StoredKey = Schema.Struct({
  kty: Schema.Literal("OKP"),
  crv: Schema.Literal("Ed25519"),
  x: Schema.String,
  d: Schema.String
})

const readStored = Schema.decodeUnknownSync(Schema.fromJsonString(StoredKey))

/** The file of the key. */
export const developmentKeyFile = (folder: string): string => join(folder, "development-key.json")

const readKey = (file: string): DevelopmentKey | undefined => {
  let text: string
  try {
    text = readFileSync(file, "utf8")
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined
    throw error
  }
  try {
    return { jwk: Redacted.make(readStored(text)) }
  } catch {
    throw new Error(`${file} is no development key; remove it, and another is made`)
  }
}

const makeKey = async (folder: string, file: string): Promise<DevelopmentKey> => {
  const { privateKey } = await generateKeyPair("EdDSA", { crv: "Ed25519", extractable: true })
  const jwk = await exportJWK(privateKey)
  makeFolder(folder)
  const draft = `${file}.${crypto.randomUUID()}`
  writeFileSync(draft, JSON.stringify(jwk), { mode: 0o600, flag: "wx" })
  try {
    // Of two processes that make a key, one wins, and nobody reads half a file.
    linkSync(draft, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error
  } finally {
    rmSync(draft, { force: true })
  }
  return readKey(file) ?? { jwk: Redacted.make(jwk) }
}

/** The key of a folder, made when there is none; fails with a sentence when it cannot be had. */
export const developmentKeyOf = (folder: string): Effect.Effect<DevelopmentKey, string> =>
  Effect.tryPromise({
    try: async () => {
      const file = developmentKeyFile(folder)
      return readKey(file) ?? (await makeKey(folder, file))
    },
    catch: (error) => (error as Error).message
  })

/** The key of a folder whose server takes development tokens; fails with a sentence when there is none. */
export const developmentKeyIn = (folder: string): Effect.Effect<DevelopmentKey, string> =>
  Effect.try({
    try: () => readKey(developmentKeyFile(folder)),
    catch: (error) => (error as Error).message
  }).pipe(
    Effect.flatMap((key) =>
      key === undefined
        ? Effect.fail(
            `there is none in ${folder}; name the --folder of a server that was started with ` +
              "--demo or --auth development, which makes it"
          )
        : Effect.succeed(key)
    )
  )

/** A token of a role; it is good for 12 hours, and only at a server of the same folder. */
export const developmentToken = (
  { jwk }: DevelopmentKey,
  role: Role
): Effect.Effect<Redacted.Redacted> =>
  Effect.flatMap(Clock.currentTimeMillis, (now) =>
    Effect.promise(async () => {
      const seconds = Math.floor(now / 1_000)
      const token = await new SignJWT({ roles: [role] })
        .setProtectedHeader({ alg: "EdDSA", typ: "at+jwt", kid })
        .setSubject(role.toLowerCase())
        .setIssuer(issuer)
        .setAudience(audience)
        .setIssuedAt(seconds)
        .setExpirationTime(seconds + lifeSeconds)
        .sign(await importJWK(Redacted.value(jwk), "EdDSA"))
      return Redacted.make(token)
    })
  )

/** A token of each role. */
export const mintedTokens = (
  key: DevelopmentKey
): Effect.Effect<ReadonlyMap<Role, Redacted.Redacted>> =>
  Effect.map(
    Effect.forEach(Role.literals, (role) =>
      Effect.map(developmentToken(key, role), (token) => [role, token] as const)
    ),
    (minted) => new Map(minted)
  )

const inDevelopment = (principal: Principal): Principal => ({
  ...principal,
  id: `development:${principal.id}`
})

/** Verifies development tokens of a key. */
export const developmentBearers = ({ jwk }: DevelopmentKey): Bearers => {
  const { d: _private, ...open } = Redacted.value(jwk)
  const set = Result.getOrThrow(readKeySet(JSON.stringify({ keys: [{ ...open, kid }] })))
  const keys = {
    keyFor: (header: Parameters<typeof set.keyFor>[0]) =>
      Effect.tryPromise({
        try: () => set.keyFor(header),
        catch: () => "it is no development token of this server"
      }),
    state: Effect.succeed({ place: "here", size: set.size, problem: undefined })
  }
  const bearerOf = makeTokenBearers(keys, {
    issuer,
    audiences: [audience],
    claims: claimNamesDefault,
    toleranceSeconds: 0,
    isAccessTokenOnly: true
  })
  return (token) => Effect.map(bearerOf(token), inDevelopment)
}

/** Who asks from this machine without a token, where development tokens are taken. */
export const localPrincipal: Principal = {
  id: "development:local",
  kind: "USER",
  roles: ["ADMIN"]
}
