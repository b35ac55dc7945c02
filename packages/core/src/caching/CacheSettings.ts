/** How reads are cached: for how long, and what happens while somebody loads. */
import * as Schema from "effect/Schema"
import { checkedBy } from "../events/relay/readRelayOptions.ts"
import * as InvalidInput from "../kernel/InvalidInput.ts"

/** How reads are cached. All times are in milliseconds; a life of 0 turns a cache off. */
export interface CacheSettings {
  /** How long categories and the tree are kept at most: 3,600,000. */
  readonly categoriesMillis?: number | undefined
  /** How long products are kept at most: 600,000. */
  readonly productsMillis?: number | undefined
  /** How long the stock of a SKU is kept at most: 30,000. */
  readonly stockMillis?: number | undefined
  /** How long it is kept that an id is unknown: 5,000, and no longer than what is known. */
  readonly unknownMillis?: number | undefined
  /**
   * How long a copy is kept past its life: 0. While one reader loads, the others get it, marked as stale,
   * and do not wait; it is so much older than the life says.
   */
  readonly staleMillis?: number | undefined
  /** How long a reader waits for the process that loads a copy, before it loads by itself: 300. */
  readonly waitMillis?: number | undefined
  /**
   * How long copies of products and categories are kept in this process, in front of a cache that processes
   * share: 0. They may be so much older.
   */
  readonly nearMillis?: number | undefined
  /** The most copies that are kept in this process in front of a shared cache: 10,000. */
  readonly nearEntriesMax?: number | undefined
  /** How many reads go to the store at a time while the cache is away, from 1: 8. */
  readonly storeReadsMax?: number | undefined
}

/** The settings with all their defaults. */
export type FullCacheSettings = { readonly [Name in keyof CacheSettings]-?: number }

const between = (minimum: number, maximum: number) =>
  Schema.optional(Schema.Int.check(Schema.isBetween({ minimum, maximum })))

const life = between(0, 86_400_000)

/** The settings as a schema. */
export const CacheSettingsFields = Schema.Struct({
  categoriesMillis: life,
  productsMillis: life,
  stockMillis: life,
  unknownMillis: life,
  staleMillis: life,
  waitMillis: between(0, 60_000),
  nearMillis: between(0, 3_600_000),
  nearEntriesMax: between(1, 10_000_000),
  storeReadsMax: between(1, 1_000)
})

const checked = checkedBy("a cache", InvalidInput.reader(CacheSettingsFields))

/** The settings, checked and filled in. Throws `InvalidOptions`, which names each bad field. */
export const fullCacheSettings = (given: CacheSettings = {}): FullCacheSettings => {
  const { categoriesMillis = 3_600_000, productsMillis = 600_000, ...others } = checked(given)
  const { nearEntriesMax = 10_000, nearMillis = 0, staleMillis = 0, ...more } = others
  const { stockMillis = 30_000, storeReadsMax = 8, unknownMillis = 5_000, waitMillis = 300 } = more
  return {
    ...{ categoriesMillis, nearEntriesMax, nearMillis, productsMillis, staleMillis },
    ...{ stockMillis, storeReadsMax, unknownMillis, waitMillis }
  }
}
