/** The versions that a reader has seen, of one kind of thing. */
import type { MinVersions } from "@holdfast/core/caching"

/** Ids, and the version of each, in the same order. */
export interface Seen {
  readonly ids: ReadonlyArray<string>
  readonly versions: ReadonlyArray<number>
}

/** Those whose names begin with the kind and a colon, as `sku:ID` does. */
export const seenOf = (kind: string, seen: MinVersions): Seen => {
  const begin = `${kind}:`
  const own = [...seen].filter(([name]) => name.startsWith(begin))
  return {
    ids: own.map(([name]) => name.slice(begin.length)),
    versions: own.map(([, version]) => version)
  }
}
