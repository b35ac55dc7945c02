/** The copies that an answer was made of, so that who has kept the answer can ask whether it is still true. */
import type { CachedKind, CacheMeter } from "./CacheMeter.ts"
import type { ReadCacheService } from "./ReadCache.ts"

/** What a copy was read through. */
export interface ReadOver {
  readonly cache: ReadCacheService
  readonly meter: CacheMeter
  /** Whether the copy would be dropped when it changes. */
  readonly isFollowed: () => boolean
}

/** A copy as it was when an answer was made of it. */
export interface CopySource {
  readonly over: ReadOver
  /** What it is a copy of; undefined for the word of a generation. */
  readonly kind: CachedKind | undefined
  readonly key: string
  /** Its text; null where there is nothing of that id. */
  readonly text: string | null
}

/** The copies that one answer is made of, for as long as it is made of nothing else. */
export class CopySources {
  private readonly byKey = new Map<string, CopySource>()

  private readonly ids = new Set<string>()

  private isAll = true

  /** Adds a copy of an id. Two texts of one key are no answer of one instant. */
  add(source: CopySource, id?: string): void {
    const known = this.byKey.get(source.key)
    if (known !== undefined && known.text !== source.text) this.isAll = false
    this.byKey.set(source.key, source)
    if (id !== undefined) this.ids.add(`${source.kind} ${id}`)
  }

  /** A part of the answer is no copy. */
  lack(): void {
    this.isAll = false
  }

  /** Sees to it that copies of these were among them: who answered may not have asked a cache at all. */
  require(kind: CachedKind, ids: ReadonlyArray<string>): void {
    if (!ids.every((id) => this.ids.has(`${kind} ${id}`))) this.isAll = false
  }

  /** All of them; none when a part of the answer came from elsewhere. */
  get whole(): ReadonlyArray<CopySource> {
    return this.isAll ? [...this.byKey.values()] : []
  }
}
