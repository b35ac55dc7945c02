/** The copies of one kind in a cache: how they are looked up, and how what was read becomes one. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type * as Semaphore from "effect/Semaphore"
import type { FullCacheSettings } from "../CacheSettings.ts"
import type { CopySources, ReadOver } from "../CopySource.ts"
import type { CachedCopy, CacheFill } from "../ReadCache.ts"
import type { CopyKind } from "./CopyKind.ts"
import { generationKey, generationOf, wordIn } from "./Generations.ts"

/** What reads go through. */
export interface CachedReadsOver extends ReadOver {
  readonly settings: FullCacheSettings
  /** The first words of every key: those of the tables that are read. Asked for once events are followed. */
  readonly prefix: () => string
  /** Where loads run: they go on when the reader who began one is gone. */
  readonly scope: Scope.Scope
  /** How many reads of the store run at a time while the cache is away. */
  readonly seats: Semaphore.Semaphore
}

/** A value as it was found; undefined when there is nothing of that id. Times are in milliseconds. */
export interface Found<A> {
  readonly value: A | undefined
  /** The text of its copy; undefined when none could be kept. */
  readonly text: string | null | undefined
  readonly isHit: boolean
  readonly ageMillis: number
  readonly leftMillis: number
}

/** A look into the cache: the word of the generation, if there is one, and the copies that can be read. */
export interface Look<Id, A> {
  readonly word: string | undefined
  readonly found: ReadonlyMap<Id, Found<A>>
}

/** A life that ends a little sooner for one copy than for another, never later than it may. */
const jittered = (millis: number): number => Math.floor(millis * (0.9 + 0.1 * Math.random()))

/** The key of a copy: of which tables, of which kind in which form, and of what. */
export const copyKey = <Id extends string>(
  prefix: string,
  { form, name }: Pick<CopyKind<Id, unknown>, "form" | "name">,
  id: Id
): string => `${prefix}:${name}.${form}:${id}`

/** The copies of one kind. */
export class KeptCopies<Id extends string, A> {
  readonly kind: CopyKind<Id, A>

  private readonly over: CachedReadsOver

  constructor(kind: CopyKind<Id, A>, over: CachedReadsOver) {
    this.kind = kind
    this.over = over
  }

  private get generation(): string {
    return generationKey(this.over.prefix(), this.kind.generation)
  }

  /** The key of a copy. */
  keyOf(id: Id): string {
    return copyKey(this.over.prefix(), this.kind, id)
  }

  /** What the cache has of some ids; nothing while it is away. */
  get(ids: ReadonlyArray<Id>): Effect.Effect<Look<Id, A>> {
    const { cache, meter } = this.over
    const keys = [this.generation, ...ids.map((id) => this.keyOf(id))]
    return Effect.match(meter.watched(cache.get(keys)), {
      onFailure: () => ({ word: undefined, found: new Map() }),
      onSuccess: ([generation, ...copies]) => {
        const word = wordIn(generation)
        const found = new Map<Id, Found<A>>()
        for (const [index, id] of ids.entries()) {
          const copy = copies[index]
          const read = copy && this.read(word, copy)
          if (read !== undefined) found.set(id, read)
        }
        return { word, found }
      }
    })
  }

  /** Adds a copy to those that an answer is made of, and the word of the generation that it begins with. */
  addTo(sources: CopySources, id: Id, text: string | null | undefined): void {
    if (text === undefined) return sources.lack()
    const { kind, over } = this
    sources.add({ over, kind: kind.name, key: this.keyOf(id), text }, id)
    if (text === null) return
    const word = text.slice(0, text.indexOf(" "))
    sources.add({ over, kind: undefined, key: this.generation, text: word })
  }

  /** The generation that is now; undefined while nothing can be kept. */
  get word(): Effect.Effect<string | undefined> {
    const { cache, meter } = this.over
    return Effect.orElseSucceed(
      meter.watched(generationOf(cache, this.generation)),
      () => undefined
    )
  }

  /**
   * The copy of what was read in a generation, by a read that took so long; undefined when it would be
   * over by now.
   */
  fillOf(id: Id, value: A | undefined, word: string, tookMillis: number): CacheFill | undefined {
    const { kind, over } = this
    const { staleMillis, unknownMillis } = over.settings
    const changes = value === undefined ? null : kind.changesInMillis(value)
    const most = value === undefined ? Math.min(unknownMillis, kind.livesMillis) : kind.livesMillis
    // What was read is true at some instant since the read began.
    const until = Math.min(jittered(most), changes ?? Number.POSITIVE_INFINITY) - tookMillis
    const livesMillis = Math.floor(until)
    if (livesMillis < 1) return undefined
    const key = this.keyOf(id)
    if (value === undefined) return { key, version: 0, value: null, livesMillis, staleMillis: 0 }
    const text = `${word} ${kind.write(value)}`
    return { key, version: kind.versionOf(value), value: text, livesMillis, staleMillis }
  }

  /** Keeps copies; one that the cache does not take is read again. */
  put(fills: ReadonlyArray<CacheFill>): Effect.Effect<void> {
    const { cache, meter } = this.over
    return fills.length === 0 ? Effect.void : Effect.ignore(meter.watched(cache.put(fills)))
  }

  /** Of these, those that no other process loads at the moment. */
  claim(ids: ReadonlyArray<Id>, forMillis: number): Effect.Effect<ReadonlyArray<Id>> {
    const { cache, meter } = this.over
    const keys = ids.map((id) => this.keyOf(id))
    return Effect.match(meter.watched(cache.claimLoads(keys, forMillis)), {
      onFailure: () => ids,
      onSuccess: (claims) => ids.filter((_, index) => claims[index] === true)
    })
  }

  /** The value of a copy, when it is of the generation and can be read. */
  private read(word: string | undefined, copy: CachedCopy): Found<A> | undefined {
    const { kind, over } = this
    const { ageMillis, leftMillis, value: text } = copy
    const about = { isHit: true, ageMillis, leftMillis, text }
    if (text === null) return { ...about, value: undefined }
    if (word === undefined || !text.startsWith(`${word} `)) return undefined
    const value = kind.read(text, word.length + 1)
    if (value !== undefined) return { ...about, value }
    over.meter.add(kind.name, "undecodable")
    return undefined
  }
}
