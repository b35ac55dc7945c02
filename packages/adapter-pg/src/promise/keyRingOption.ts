/** The option `keyRing`: what is wrong with it, and the ring that it gives, also to transactions of the host. No message repeats a key. */
import type * as PgPool from "@effect/sql-pg/PgPool"
import { KeyRing, type KeyRingService, type RingKeys, readKeyRing } from "@holdfast/core/secrets"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
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

/** The rings of the engines that are open, by what their hosts have of them. */
const rings = new WeakMap<object, KeyRingService>()

/** The key ring of an engine that was opened with one; undefined for anything else. */
export const ringOfEngine = (engine: unknown): KeyRingService | undefined =>
  typeof engine === "object" && engine !== null ? rings.get(engine) : undefined

/** Opens an engine, and remembers the ring of its layer, for transactions of the host. */
export const openWithRing = async <A extends object, R, E>(
  layer: Layer.Layer<R, E>,
  open: (layer: Layer.Layer<R, E>) => Promise<A>
): Promise<A> => {
  const found: { ring?: KeyRingService } = {}
  const looking = Layer.tap(layer, (context) =>
    Effect.sync(() => {
      const ring = Option.getOrUndefined(
        Context.getOption(context as Context.Context<R | KeyRing>, KeyRing)
      )
      if (ring !== undefined) found.ring = ring
    })
  )
  const engine = await open(looking)
  if (found.ring !== undefined) rings.set(engine, found.ring)
  return engine
}
