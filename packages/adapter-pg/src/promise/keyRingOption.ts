/** The option `keyRing`: what is wrong with it, and the ring that it gives. No message repeats a key. */
import type * as PgPool from "@effect/sql-pg/PgPool"
import { KeyRing, type RingKeys, readKeyRing } from "@holdfast/core/secrets"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import { layerKeyUsage } from "../audit/PgKeyUsage.ts"
import type { MigrationError } from "../schema/schemaName.ts"

/** The text of an option; undefined for what is neither a text nor an object. */
const textOf = (option: unknown): string | undefined => {
  if (typeof option === "string") return option
  return typeof option === "object" && option !== null ? JSON.stringify(option) : undefined
}

/** What is wrong with the option, field by field. */
export const keyRingMistakes = (
  option: unknown
): ReadonlyArray<{ readonly path: ReadonlyArray<string>; readonly issue: string }> => {
  const text = textOf(option)
  if (text === undefined) return [{ path: [], issue: "must be a key ring, or its JSON" }]
  const read = readKeyRing(text)
  if (Result.isSuccess(read)) return []
  return read.failure.issues.map(({ message, path }) => ({
    // The name of a key may have dots.
    path: path.startsWith("keys.")
      ? ["keys", path.slice("keys.".length)]
      : path.split(".").filter(Boolean),
    issue: message
  }))
}

const keysOf = (option: unknown): RingKeys | undefined => {
  const text = textOf(option)
  return text === undefined ? undefined : Result.getOrUndefined(readKeyRing(text))
}

/** The ring of an option that was checked, which counts its encryptions in a schema; nothing without it. */
export const layerKeyRingOption = (
  option: unknown,
  schema: string
): Layer.Layer<never, MigrationError, PgPool.PgPool> => {
  const keys = keysOf(option)
  return keys === undefined
    ? Layer.empty
    : Layer.provide(KeyRing.layer(keys), layerKeyUsage({ schema }))
}
