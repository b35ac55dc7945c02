/** What events say about copies: which ones are old now, and which generations are over. */

import type { Invalidation } from "../ReadCache.ts"
import type { GenerationName } from "../reading/Generations.ts"

/** An event, as far as it matters to copies. */
export interface TouchingEvent {
  readonly position: number
  readonly aggregateType: string
  readonly aggregateId: string
  readonly version: number
}

/** What a page of events does to copies. */
export interface CopyChanges {
  readonly invalidations: ReadonlyArray<Invalidation>
  /** Generations that end, each with the last position that ended it. */
  readonly ended: ReadonlyMap<GenerationName, number>
}

/** The kinds whose copies an aggregate is, by the word for it in the envelope. */
const copiesOf: Readonly<Record<string, "stock" | "product" | "category">> = {
  SKU: "stock",
  PRODUCT: "product",
  CATEGORY: "category"
}

const generationsOf: Readonly<Record<string, GenerationName>> = {
  LOCATION: "stock",
  CATEGORY: "categories"
}

/**
 * What events do to copies. Of one thing the highest version counts. A product and the stock of its SKUs are
 * copies apart, so an event of either touches no copy of the other.
 */
export const changesOf = (
  events: ReadonlyArray<TouchingEvent>,
  keyOf: (kind: "stock" | "product" | "category", id: string) => string
): CopyChanges => {
  const versions = new Map<string, number>()
  const ended = new Map<GenerationName, number>()
  for (const { aggregateId, aggregateType, position, version } of events) {
    const kind = copiesOf[aggregateType]
    if (kind !== undefined) {
      const key = keyOf(kind, aggregateId)
      versions.set(key, Math.max(version, versions.get(key) ?? 0))
    }
    const generation = generationsOf[aggregateType]
    if (generation !== undefined) ended.set(generation, position)
  }
  return {
    invalidations: [...versions].map(([key, version]) => ({ key, version })),
    ended
  }
}
