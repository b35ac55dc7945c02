/** What a kind of copy is like: its key, its text, its version, and how long it is true. */
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { CachedKind } from "../CacheMeter.ts"
import type { MinVersions } from "../MinVersions.ts"
import type { GenerationName } from "./Generations.ts"

/** A kind of copy: copies of `A` by their ids. */
export interface CopyKind<Id extends string, A> {
  readonly name: CachedKind
  /** The form of the texts. Releases that write another form have keys of their own. */
  readonly form: number
  readonly generation: GenerationName
  /** How long a copy is kept at most, in milliseconds; 0 when none is kept. */
  readonly livesMillis: number
  readonly write: (value: A) => string
  /** Reads a text from a place in it on; undefined for one that cannot be read. */
  readonly read: (text: string, from: number) => A | undefined
  readonly idOf: (value: A) => Id
  readonly versionOf: (value: A) => number
  /** In how many milliseconds the answer changes without an event; null when it does not. */
  readonly changesInMillis: (value: A) => number | null
  /** What a reader demands of this id, as a short text; empty when it demands nothing. */
  readonly demandedOf: (id: Id, demanded: MinVersions) => string
  /** Whether what was read is as new as the reader demands. */
  readonly isAsNew: (id: Id, value: A | undefined, demanded: MinVersions) => boolean
}

/** How many texts are remembered with what they say. */
const rememberedMax = 2_000

/**
 * Writes and reads texts by a schema. A text that was read lately is not read again: a hot copy is the
 * same text each time.
 */
export const textOf = <A, I>(
  schema: Schema.Codec<A, I>
): Pick<CopyKind<string, A>, "write" | "read"> => {
  const encode = Schema.encodeSync(schema)
  const decode = Schema.decodeUnknownOption(schema)
  const remembered = new Map<string, A>()
  const parsed = (text: string): A | undefined => {
    try {
      return Option.getOrUndefined(decode(JSON.parse(text)))
    } catch {
      return undefined
    }
  }
  return {
    write: (value) => JSON.stringify(encode(value)),
    read: (text, from) => {
      const known = remembered.get(text)
      if (known !== undefined) return known
      const value = parsed(text.slice(from))
      if (value === undefined) return undefined
      for (const [oldest] of remembered) {
        if (remembered.size < rememberedMax) break
        remembered.delete(oldest)
      }
      remembered.set(text, value)
      return value
    }
  }
}

/** What a kind says about demands, where an id is one thing with one version. */
export const demandedAs = <Id extends string, A>(
  word: string,
  versionOf: (value: A) => number
): Pick<CopyKind<Id, A>, "demandedOf" | "isAsNew"> => ({
  demandedOf: (id, demanded) => String(demanded.get(`${word}:${id}`) ?? ""),
  isAsNew: (id, value, demanded) => {
    const version = demanded.get(`${word}:${id}`)
    if (version === undefined) return true
    return value !== undefined && versionOf(value) >= version
  }
})
