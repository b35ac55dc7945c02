/**
 * What requests and answers say about caches. A request may demand versions that its sender has seen
 * (`If-Min-Version`), or what there is now (`Cache-Control: no-cache`). An answer says whether it came
 * from a cache and how old it is, and for how long its reader may keep it.
 */
import {
  type CacheNotes,
  minVersionsMax,
  readMinVersions,
  versionPattern
} from "@holdfast/core/caching"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

/** The header of a request that names versions. */
export const minVersion = "if-min-version"

/** Versions that a reader has seen, as a reader of the document understands them. */
export const minVersionPattern = new RegExp(
  `^${versionPattern}(?: ?, ?${versionPattern}){0,${minVersionsMax - 1}}$`,
  "u"
)

const isReadable = Schema.makeFilter<string>((text) => {
  const read = readMinVersions(text)
  return Result.isSuccess(read) || read.failure
})

/** The header of a read that gives nothing older than what its reader has seen. */
export const demanding = {
  [minVersion]: Schema.optionalKey(
    Schema.String.check(isReadable).annotate({
      description:
        "Versions that you have seen, such as the X-Holdfast-Version of a write: " +
        "`product:ID=12,sku:ID=88`, also of a `category` or a `location`. " +
        "The answer is not older, whatever is in a cache."
    })
  )
} as const

/** What an answer depends on: a browser gives nobody what it kept for somebody else. */
export const dependsOn = ["authorization", minVersion]

/** The longest time that a reader keeps an answer for itself, in milliseconds. */
const keptMillisMax = 5_000

const seconds = (millis: number): number => Math.floor(millis / 1_000)

/** How an answer was read. */
export type HowRead = Pick<CacheNotes, "ageMillis" | "leftMillis" | "outcome">

/** The age that an answer says, in seconds: none when a part of it was read just now. */
export const ageOf = ({ ageMillis, outcome }: HowRead): number =>
  outcome === "miss" ? 0 : seconds(ageMillis)

/**
 * For how long the reader may keep an answer: no longer than the cache would, and only a little while,
 * since nobody tells a reader of changes. `Age` counts from when the cache got it, so it is added.
 */
export const cacheControlOf = (notes: HowRead | undefined): string => {
  if (notes?.outcome === undefined || notes.leftMillis <= 0) return "private, no-cache"
  const kept = seconds(Math.min(notes.leftMillis, keptMillisMax))
  return `private, max-age=${ageOf(notes) + kept}`
}
