/**
 * A cache as a value that a host hands to an engine. What it is made of is kept apart, so that the value
 * itself shows no type of Effect.
 */
import type * as Layer from "effect/Layer"
import type { ReadCache } from "./ReadCache.ts"

/** A cache that an engine is opened with. */
export interface CacheValue {
  /** Where copies are kept, such as `memory`. */
  readonly kind: string
}

/** The layer of a cache that an engine opens and closes. */
export type CacheLayer = Layer.Layer<ReadCache>

const layers = new WeakMap<object, CacheLayer>()

/** Makes a value of a layer; an adapter gives it to a host. */
export const cacheValue = (kind: string, layer: CacheLayer): CacheValue => {
  const value = Object.freeze({ kind })
  layers.set(value, layer)
  return value
}

/** The layer of a value; undefined for anything that `cacheValue` did not make. */
export const cacheLayerOf = (value: unknown): CacheLayer | undefined =>
  typeof value === "object" && value !== null ? layers.get(value) : undefined
