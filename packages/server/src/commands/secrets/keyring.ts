/** `holdfast keyring`: the keys that encrypt what is sensitive, one command a part of their life. */
import { randomBytes } from "node:crypto"
import { layerKeyUsage, secretColumns } from "@holdfast/adapter-pg/effect"
import {
  encryptionsMax,
  KeyRing,
  KeyUsage,
  type RotatedColumn,
  rotateColumn,
  withNewKey
} from "@holdfast/core/secrets"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { Answered, answer, answeringOnce } from "../../cli/answering.ts"
import { keyRingFlags, keysOf } from "../../cli/auditSettings.ts"
import { failure } from "../../cli/CommandFailure.ts"
import { contextsOf, schemaOf, serviceFlags } from "../../cli/contextSettings.ts"
import { logFlags } from "../../cli/logging.ts"
import { required } from "../../cli/settings.ts"
import { onDatabase, onDatabaseFlags } from "../onDatabase.ts"

const noKeyRing = failure(
  "NoKeyRing",
  "there is no key ring; give --keyring-file or the variable HOLDFAST_KEYRING"
)

const keysHere = (input: { readonly keyringFile: string | undefined }) =>
  Effect.flatMap(keysOf(input), (keys) =>
    keys === undefined ? Effect.fail(noKeyRing) : Effect.succeed(keys)
  )

const lineOf = ({
  column,
  context,
  rotated,
  unreadable
}: RotatedColumn & { readonly context: string }) =>
  [
    `${context} ${column}: ${rotated} values were put under the current key`,
    ...unreadable.map(({ count, message }) => `${count} could not be read: ${message}`)
  ].join("; ")

/** Encrypts everything under the current key, while servers run. What cannot be read is left as it is. */
const rotate = Command.make(
  "rotate",
  { ...onDatabaseFlags, ...serviceFlags, ...keyRingFlags },
  (input) =>
    onDatabase(
      input,
      () =>
        Effect.gen(function* () {
          const keys = yield* keysHere(input)
          const columns = yield* Effect.forEach(contextsOf(input.service), (context) => {
            const schema = schemaOf(context, input)
            return Effect.gen(function* () {
              const ring = yield* KeyRing
              const found = yield* secretColumns(schema, ring.currentKeyId, {
                hasCustomers: context === "inventory"
              })
              return yield* Effect.forEach(found, (column) =>
                Effect.map(rotateColumn(ring, column), (rotated) => ({ context, ...rotated }))
              )
            }).pipe(
              Effect.provide(Layer.provide(KeyRing.layer(keys), layerKeyUsage({ schema }))),
              Effect.catchTag("KeyExhausted", (error) =>
                Effect.fail(failure("KeyExhausted", error.message))
              )
            )
          })
          const all = columns.flat()
          yield* answer(input, { current: keys.current, columns: all }, all.map(lineOf))
          if (all.some(({ unreadable }) => unreadable.length > 0)) {
            return yield* new Answered({ exitCode: 1 })
          }
        }),
      { before: keysHere(input) }
    )
).pipe(
  Command.withDescription(
    "Encrypt everything under the current key, in pages, while servers run (the one of an embedded folder must be stopped); begin again where it was cut short"
  )
)

/** How often each key has encrypted. Reads only. */
const show = Command.make(
  "show",
  { ...onDatabaseFlags, ...serviceFlags, ...keyRingFlags },
  (input) =>
    onDatabase(
      input,
      () =>
        Effect.gen(function* () {
          const keys = yield* keysHere(input)
          const counts = yield* Effect.forEach(contextsOf(input.service), (context) =>
            Effect.flatMap(KeyUsage, (usage) => usage.counts).pipe(
              Effect.map((all) => all.map((count) => ({ context, ...count }))),
              Effect.provide(layerKeyUsage({ schema: schemaOf(context, input) }))
            )
          )
          const all = counts.flat()
          const used = all.map(
            ({ context, encryptions, keyId }) =>
              `${keyId} may have encrypted ${encryptions} of ${encryptionsMax} values of the ${context}`
          )
          const { current } = keys
          const keyIds = [...keys.keys.keys()]
          yield* answer(input, { current, keyIds, encryptionsMax, counts: all }, [
            `${current} encrypts; the ring has ${keyIds.join(", ")}`,
            ...used
          ])
        }),
      { before: keysHere(input) }
    )
).pipe(Command.withDescription("Show the names of the keys, and how often each has encrypted"))

const keyId = required("id", {
  metavar: "<id>",
  description: "The name of the new key, such as 2026-11",
  read: (text) =>
    /^[A-Za-z0-9._-]{1,64}$/.test(text)
      ? { value: text }
      : { mustBe: "1 to 64 of the characters A-Z a-z 0-9 . _ -" }
})

/** Prints a ring with a new current key, beside the keys that there are. Keep the output secret. */
const add = Command.make("add", { ...keyRingFlags, ...logFlags, id: keyId }, (input) => {
  const asked = { ...input, json: false }
  return answeringOnce(
    asked,
    Effect.gen(function* () {
      const keys = yield* keysOf(input)
      if (keys?.keys.has(input.id)) {
        return yield* failure(
          "KeyExists",
          `the key ring has a key ${input.id} already, and no key is replaced; choose another --id`
        )
      }
      const text = Redacted.value(withNewKey(keys, input.id, randomBytes(32)))
      yield* answer(asked, {}, [text.trimEnd()])
    })
  )
}).pipe(
  Command.withDescription("Print the key ring with a new key that encrypts from then on"),
  Command.withExamples([
    {
      command: "holdfast keyring add --id 2026-11 > keyring.json",
      description: "A first key ring"
    }
  ])
)

/** The commands of the key ring. */
export const keyring = Command.make("keyring").pipe(
  Command.withDescription("Look after the keys that encrypt what is sensitive"),
  Command.withSubcommands([add, show, rotate])
)
