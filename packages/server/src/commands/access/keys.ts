/** `holdfast keys`: the keys of services. A secret is shown once, when its key is made. */
import { layerApiKeys } from "@holdfast/adapter-pg/effect"
import { type ApiKey, ApiKeys, Scope } from "@holdfast/core/access"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { hashOf, newSecret } from "../../access/keySecret.ts"
import { answer } from "../../cli/answering.ts"
import { failure, usageFailure } from "../../cli/CommandFailure.ts"
import { required, setting, span } from "../../cli/settings.ts"
import { tableLines } from "../events/eventLines.ts"
import {
  type DatabaseError,
  type OnDatabaseInput,
  onDatabase,
  onDatabaseFlags
} from "../onDatabase.ts"

const dayMillis = 86_400_000

const Name = Schema.String.check(Schema.isPattern(/^[\x21-\x7e](?:[\x20-\x7e]{0,98}[\x21-\x7e])?$/))
const isName = Schema.is(Name)
const isScope = Schema.is(Scope)

const createFlags = {
  ...onDatabaseFlags,
  name: required("name", {
    metavar: "<name>",
    description: "Which service the key is for, for people",
    read: (text) =>
      isName(text) ? { value: text } : { mustBe: "1 to 100 printable ASCII characters" }
  }),
  scopes: required("scopes", {
    metavar: "<scope,...>",
    description: `What the service may do: ${Scope.literals.join(", ")}`,
    read: (text) => {
      const words = text.split(",").map((word) => word.trim())
      return words.every(isScope)
        ? { value: [...new Set(words)].filter(isScope) }
        : { mustBe: `some of ${Scope.literals.join(", ")} with commas between` }
    }
  }),
  expiresIn: setting(
    "expires-in",
    {
      metavar: "<days>",
      description: "After how long the key is no longer taken, such as 90d (default: never)",
      read: span("d", 1, 3_650)
    },
    undefined
  )
}

const isoOrNull = (at: DateTime.Utc | null) => (at === null ? null : DateTime.formatIso(at))

const viewOf = (key: ApiKey) => ({
  keyId: key.keyId,
  name: key.name,
  scopes: key.scopes,
  createdAt: DateTime.formatIso(key.createdAt),
  expiresAt: isoOrNull(key.expiresAt),
  revokedAt: isoOrNull(key.revokedAt),
  lastUsedAt: isoOrNull(key.lastUsedAt)
})

/** Runs a command that needs the keys of a database. */
const onKeys = (
  input: OnDatabaseInput,
  command: (keys: ApiKeys["Service"], place: string) => Effect.Effect<void, DatabaseError>
) =>
  onDatabase(input, (place) =>
    Effect.flatMap(ApiKeys, (keys) => command(keys, place)).pipe(
      Effect.provide(layerApiKeys({ schema: input.accessSchema }))
    )
  )

const create = Command.make("create", createFlags, (input) =>
  onKeys(input, (keys) =>
    Effect.gen(function* () {
      const secret = newSecret()
      const now = yield* DateTime.now
      const key = yield* keys.create({
        keyId: crypto.randomUUID(),
        name: input.name,
        hash: hashOf(Redacted.value(secret)),
        scopes: input.scopes,
        expiresAt:
          input.expiresIn === undefined
            ? null
            : DateTime.makeUnsafe(now.epochMilliseconds + input.expiresIn * dayMillis)
      })
      yield* answer(input, { ...viewOf(key), key: Redacted.value(secret) }, [
        `key ${key.keyId} for ${key.name}, with ${key.scopes.join(", ")}:`,
        "",
        Redacted.value(secret),
        "",
        "it is shown this once; send it as Authorization: Bearer <key>"
      ])
    })
  )
).pipe(
  Command.withDescription("Make a key for a service; it is shown once"),
  Command.withExamples([
    {
      command: "holdfast keys create --name checkout --scopes reservations:write --expires-in 90d",
      description: "A key for the checkout, for a quarter"
    }
  ])
)

const standingOf = ({ expiresAt, revokedAt }: ApiKey, now: DateTime.Utc): string => {
  if (revokedAt !== null) return "revoked"
  return expiresAt !== null && expiresAt.epochMilliseconds <= now.epochMilliseconds
    ? "expired"
    : "active"
}

const heading = ["KEY", "NAME", "STANDING", "SCOPES", "EXPIRES", "LAST USED"]

const list = Command.make("list", onDatabaseFlags, (input) =>
  onKeys(input, (keys) =>
    Effect.gen(function* () {
      const all = yield* keys.list
      const now = yield* DateTime.now
      const rows = all.map((key) => {
        const { expiresAt, keyId, lastUsedAt, name, scopes } = viewOf(key)
        const used = lastUsedAt ?? "never"
        return [keyId, name, standingOf(key, now), scopes.join(","), expiresAt ?? "never", used]
      })
      const views = all.map((key) => ({ ...viewOf(key), standing: standingOf(key, now) }))
      yield* answer(
        input,
        { keys: views },
        rows.length === 0 ? ["there are no keys yet"] : tableLines([heading, ...rows])
      )
    })
  )
).pipe(Command.withDescription("List the keys, the newest first; never their secrets"))

const isUuid = Schema.is(Schema.String.check(Schema.isUUID()))

const revokeFlags = {
  ...onDatabaseFlags,
  key: Argument.withDescription(
    Argument.String("key"),
    "The id of the key, as in holdfast keys list"
  )
}

const revoke = Command.make("revoke", revokeFlags, (input) =>
  onKeys(input, (keys) =>
    Effect.gen(function* () {
      // A secret that somebody pastes here must not end in a message.
      if (!isUuid(input.key)) {
        return yield* usageFailure(
          "a key is revoked by its id, a UUID, and not by its name or secret: holdfast keys list shows the ids"
        )
      }
      const key = yield* keys.revoke(input.key)
      if (key === undefined) {
        return yield* failure(
          "KeyUnknown",
          `no key has the id ${input.key}, and nothing was revoked; holdfast keys list shows the ids`
        )
      }
      yield* answer(input, viewOf(key), [
        `the key ${key.keyId} of ${key.name} is revoked; servers refuse it within seconds`
      ])
    })
  )
).pipe(Command.withDescription("Revoke a key: servers refuse it within seconds"))

/** The commands of keys. */
export const keys = Command.make("keys").pipe(
  Command.withDescription("Make, list and revoke the keys of services"),
  Command.withSubcommands([create, list, revoke])
)
