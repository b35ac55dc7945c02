/** What `doctor` finds about authentication: what is in force, and whether what it needs is there. */
import { layerApiKeys, type MigrationError, type PgSessions } from "@holdfast/adapter-pg/effect"
import { type ApiKey, ApiKeys } from "@holdfast/core/access"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { AuthSettings } from "../../access/authentication.ts"
import { chosenAuth } from "../../access/chosenAuth.ts"
import { readKeySet } from "../../access/tokens/KeySet.ts"
import type { KeySource } from "../../access/tokens/keySources.ts"
import type { AuthInput } from "../../cli/authSettings.ts"
import type { CommandFailure } from "../../cli/CommandFailure.ts"
import type { Check } from "../diagnosis/diagnosisChecks.ts"

const soonDays = 14
const dayMillis = 86_400_000

const check = (status: Check["status"], name: string, found: string, next = ""): Check => ({
  name,
  status,
  found,
  next
})

/** The keys of an issuer, read once as a server reads them. */
const issuerCheck = ({ place, read }: KeySource): Effect.Effect<Check> =>
  Effect.map(Effect.result(read), (text) => {
    const name = "keys of the issuer"
    return Result.match(Result.flatMap(text, readKeySet), {
      onSuccess: ({ size }) => check("ok", name, `${size} at ${place}`),
      onFailure: (problem) =>
        check(
          "fail",
          name,
          `${place}: ${problem}`,
          "set --jwks-url or --jwks-file right; servers that know keys go on with them for a day"
        )
    })
  })

const keysCheckOf = (keys: ReadonlyArray<ApiKey>, now: number): Check => {
  const active = keys.filter(
    ({ expiresAt, revokedAt }) =>
      revokedAt === null && (expiresAt === null || expiresAt.epochMilliseconds > now)
  )
  const ending = active.filter(
    ({ expiresAt }) =>
      expiresAt !== null && expiresAt.epochMilliseconds < now + soonDays * dayMillis
  )
  const name = "keys of services"
  if (active.length === 0) {
    return check("warn", name, "none is active", "make one: holdfast keys create")
  }
  return ending.length === 0
    ? check("ok", name, `${active.length} active`)
    : check(
        "warn",
        name,
        `within ${soonDays} days these expire: ${ending.map((key) => `${key.name} (${key.keyId})`).join(", ")}`,
        "make new ones with holdfast keys create, and revoke the old ones once nobody uses them"
      )
}

const keysCheck = (schema: string): Effect.Effect<Check, MigrationError, PgSessions> =>
  Effect.gen(function* () {
    const keys = yield* ApiKeys
    const now = yield* Clock.currentTimeMillis
    return yield* Effect.match(keys.list, {
      onSuccess: (all) => keysCheckOf(all, now),
      onFailure: ({ message }) => check("fail", "keys of services", message, "run holdfast migrate")
    })
  }).pipe(Effect.provide(layerApiKeys({ schema })))

const modeCheck = (settings: AuthSettings | undefined, words: string, isGiven: boolean): Check => {
  if (settings !== undefined) return check("ok", "authentication", words)
  return isGiven
    ? check("warn", "authentication", words, "say who may ask: --auth jwt, keys or certificates")
    : check(
        "ok",
        "authentication",
        "no --auth is given: a server on loopback lets everybody in, and starts nowhere else"
      )
}

/** The checks of authentication, as the settings of the server put it in force. */
export const accessChecks = Effect.fnUntraced(function* (
  input: AuthInput & { readonly accessSchema: string }
): Effect.fn.Return<ReadonlyArray<Check>, CommandFailure | MigrationError, PgSessions> {
  const place = { host: "127.0.0.1", demo: false, isMemory: false, folder: "" }
  // A development key would be made by asking for it.
  const isDevelopment = input.auth === "development"
  const { settings, words } = isDevelopment
    ? { settings: {}, words: "development tokens" }
    : yield* chosenAuth(input, place)
  const { keys, tokens }: AuthSettings = settings ?? {}
  return [
    modeCheck(settings, words, input.auth !== undefined),
    ...(tokens === undefined ? [] : [yield* issuerCheck(tokens.source)]),
    ...(keys === true ? [yield* keysCheck(input.accessSchema)] : [])
  ]
})
