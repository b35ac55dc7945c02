/**
 * Encrypts again under the current key what other keys have encrypted, page by page, while everything
 * goes on. Each value is replaced only as long as it is the one that was read. What is done stays done, so a
 * rotation that was cut short is simply begun again.
 */
import * as Effect from "effect/Effect"
import type { StoreError } from "../kernel/StoreError.ts"
import {
  isEncrypted,
  type KeyExhausted,
  type KeyRingService,
  keyIdOf,
  type SecretUnreadable
} from "./KeyRing.ts"

/** A value of a column. */
export interface SecretValue {
  readonly row: string
  readonly value: string
}

/** A value, and the one that takes its place. */
export interface ReplacedValue extends SecretValue {
  readonly replacement: string
}

/** PORT. A column of secrets, encrypted by any key or, from before there were keys, by none. */
export interface SecretColumn {
  /** As the place of its values names it. */
  readonly column: string
  /** Values in the order of their rows, after a row; some may need no rotation. */
  readonly read: (
    after: string | null,
    limit: number
  ) => Effect.Effect<ReadonlyArray<SecretValue>, StoreError>
  /** Replaces values that are still what was read; how many were. */
  readonly replace: (values: ReadonlyArray<ReplacedValue>) => Effect.Effect<number, StoreError>
}

/** What became of a column. */
export interface RotatedColumn {
  readonly column: string
  /** Values that were encrypted under the current key. */
  readonly rotated: number
  /** Values that could not be read, by what their error says. */
  readonly unreadable: ReadonlyArray<{ readonly message: string; readonly count: number }>
}

/** How many values are rotated at a time. */
const pageSize = 200

/** The replacement of a value; undefined when it cannot be read. */
const replacementOf = (
  keyRing: KeyRingService,
  column: string,
  { row, value }: SecretValue,
  note: (error: SecretUnreadable) => void
): Effect.Effect<ReadonlyArray<ReplacedValue>, KeyExhausted | StoreError> => {
  if (keyIdOf(value) === keyRing.currentKeyId) return Effect.succeed([])
  const place = { column, row }
  const plain = isEncrypted(value) ? keyRing.decrypt(value, place) : Effect.succeed(value)
  return Effect.matchEffect(plain, {
    onSuccess: (text) =>
      Effect.map(keyRing.encrypt(text, place), (replacement) => [{ row, value, replacement }]),
    onFailure: (error) =>
      Effect.sync(() => {
        note(error)
        return []
      })
  })
}

/** Rotates a column, and says after each page how far it is. */
export const rotateColumn = Effect.fnUntraced(function* (
  keyRing: KeyRingService,
  { column, read, replace }: SecretColumn,
  progress: (rotated: number) => Effect.Effect<void> = () => Effect.void
): Effect.fn.Return<RotatedColumn, KeyExhausted | StoreError> {
  const unreadable = new Map<string, number>()
  const note = ({ message }: SecretUnreadable) => {
    unreadable.set(message, (unreadable.get(message) ?? 0) + 1)
  }
  let rotated = 0
  let after: string | null = null
  while (true) {
    const page: ReadonlyArray<SecretValue> = yield* read(after, pageSize)
    const replaced = yield* Effect.forEach(
      page,
      (value) => replacementOf(keyRing, column, value, note),
      { concurrency: 16 }
    )
    const values = replaced.flat()
    if (values.length > 0) rotated += yield* replace(values)
    yield* progress(rotated)
    const last = page.at(-1)
    if (last === undefined) break
    after = last.row
  }
  return {
    column,
    rotated,
    unreadable: [...unreadable].map(([message, count]) => ({ message, count }))
  }
})
