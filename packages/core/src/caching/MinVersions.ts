/**
 * The versions that a reader has seen already, such as those that its own write was answered with. A
 * read gives nothing older: a copy or a replica that is behind is passed over.
 */
import * as Context from "effect/Context"
import * as Result from "effect/Result"

/**
 * Versions by what they are of: `sku:ID`, `product:ID`, `category:ID`, `location:ID`. The word is the
 * `aggregateType` of the events in small letters.
 */
export type MinVersions = ReadonlyMap<string, number>

/** What the request under way has seen; nothing unless a door fills it in. */
export const RequestMinVersions: Context.Reference<MinVersions> = Context.Reference(
  "@holdfast/core/caching/MinVersions",
  { defaultValue: (): MinVersions => new Map() }
)

/**
 * Whether the request under way is answered by what there is now: by no copy and by no replica. False
 * unless a door says so.
 */
export const RequestIsCurrent: Context.Reference<boolean> = Context.Reference(
  "@holdfast/core/caching/RequestIsCurrent",
  { defaultValue: () => false }
)

/** The most versions that a request names. */
export const minVersionsMax = 100

/** One version: what it is of, by its id, and the number. No id has a comma or an equals sign. */
export const versionPattern = String.raw`(?:sku|product|category|location):[A-Za-z0-9._~:\-]{1,100}=\d{1,15}`

const part = new RegExp(`^${versionPattern}$`, "u")

/**
 * Reads `product:ID=12,sku:ID=88`: at most 100 parts, each of `sku`, `product`, `category` or `location`. The
 * higher of two versions of one thing counts. Fails with what is wrong.
 */
export const readMinVersions = (text: string): Result.Result<MinVersions, string> => {
  const parts = text.split(",").map((one) => one.trim())
  if (parts.length > minVersionsMax) {
    return Result.fail(`must name at most ${minVersionsMax} versions`)
  }
  const versions = new Map<string, number>()
  for (const [index, one] of parts.entries()) {
    if (!part.test(one)) {
      return Result.fail(
        `part ${index + 1} must be sku:ID=VERSION, or of a product, a category or a location`
      )
    }
    const [name = "", digits] = one.split("=")
    versions.set(name, Math.max(Number(digits), versions.get(name) ?? 0))
  }
  return Result.succeed(versions)
}

/** Writes versions as `readMinVersions` reads them; those that it does not read are left out. */
export const writeMinVersions = (versions: Iterable<readonly [string, number]>): string =>
  [...versions]
    .map(([name, version]) => `${name}=${version}`)
    .filter((text) => part.test(text))
    .join(",")
