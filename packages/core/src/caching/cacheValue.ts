/**
 * A cache as a value that a host hands to an engine. What it is made of is kept apart, so that the value
 * itself shows no type of Effect.
 */
import * as Layer from "effect/Layer"
import { ReadCache, type ReadCacheService } from "./ReadCache.ts"

/** A cache that an engine is opened with. */
export interface CacheValue {
  /** Whether processes share it. */
  readonly isShared: boolean
}

/** The layer of a cache that an engine opens and closes. */
export type CacheLayer = Layer.Layer<ReadCache>

const layers = new WeakMap<object, CacheLayer>()

/** Makes a value of a layer, which each engine opens and closes for itself. */
export const cacheValue = (isShared: boolean, layer: CacheLayer): CacheValue => {
  const value = Object.freeze({ isShared })
  layers.set(value, layer)
  return value
}

const methods = ["get", "put", "invalidate", "claimLoads"] as const

const isService = (value: object): value is ReadCacheService =>
  methods.every((name) => typeof (value as Record<string, unknown>)[name] === "function")

/**
 * The layer of a value: of one that `cacheValue` made, or of a cache that is open already, which stays its
 * owner's to close. Undefined for anything else.
 */
export const cacheLayerOf = (value: unknown): CacheLayer | undefined => {
  if (typeof value !== "object" || value === null) return undefined
  return layers.get(value) ?? (isService(value) ? Layer.succeed(ReadCache, value) : undefined)
}
