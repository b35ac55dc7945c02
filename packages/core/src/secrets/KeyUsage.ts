/**
 * PORT. How often each key has encrypted. AES-GCM with random nonces is safe for 2^32 values under
 * one key, so the count has to outlive processes and to be shared by them.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { StoreError } from "../kernel/StoreError.ts"

/** How often a key has encrypted; a process that ended early may have used fewer. */
export interface KeyCount {
  readonly keyId: string
  readonly encryptions: number
}

/** The counts of the keys. */
export interface KeyUsageStore {
  /** Reserves so many encryptions under a key; how many are reserved by now, these included. */
  readonly reserve: (keyId: string, count: number) => Effect.Effect<number, StoreError>
  readonly counts: Effect.Effect<ReadonlyArray<KeyCount>, StoreError>
}

/** Counts that last as long as the process. */
export const makeMemoryKeyUsage = (): KeyUsageStore => {
  const counts = new Map<string, number>()
  return {
    reserve: (keyId, count) =>
      Effect.sync(() => {
        const reserved = (counts.get(keyId) ?? 0) + count
        counts.set(keyId, reserved)
        return reserved
      }),
    counts: Effect.sync(() => [...counts].map(([keyId, encryptions]) => ({ keyId, encryptions })))
  }
}

/** Where encryptions are counted: in the process, unless a store is provided. */
export const KeyUsage: Context.Reference<KeyUsageStore> = Context.Reference(
  "@holdfast/core/secrets/KeyUsage",
  { defaultValue: makeMemoryKeyUsage }
)
