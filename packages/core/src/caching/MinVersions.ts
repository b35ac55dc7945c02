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

const part = /^(sku|product|category|location):([^\s,=]{1,1536})=(\d{1,16})$/

/** Ids may have any characters: those that would end a part are percent-encoded. */
const written = (id: string): string => encodeURIComponent(id)

const readId = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

/**
 * Reads `product:ID=12,sku:ID=88`: ids are percent-encoded, at most 100 parts, each of `sku`, `product`,
 * `category` or `location`. The higher of two versions of one thing counts. Fails with what is wrong.
 */
export const readMinVersions = (text: string): Result.Result<MinVersions, string> => {
  const parts = text.split(",").map((one) => one.trim())
  if (parts.length > minVersionsMax)
    return Result.fail(`must name at most ${minVersionsMax} versions`)
  const versions = new Map<string, number>()
  for (const [index, one] of parts.entries()) {
    const [, kind, written = "", digits] = part.exec(one) ?? []
    const id = readId(written)
    const version = Number(digits)
    if (kind === undefined || id === undefined || !Number.isSafeInteger(version)) {
      return Result.fail(
        `part ${index + 1} must be sku:ID=VERSION, or of a product, a category or a location, with the id percent-encoded`
      )
    }
    const name = `${kind}:${id}`
    versions.set(name, Math.max(version, versions.get(name) ?? 0))
  }
  return Result.succeed(versions)
}

/** Writes versions as `readMinVersions` reads them. */
export const writeMinVersions = (versions: Iterable<readonly [string, number]>): string =>
  [...versions]
    .map(([name, version]) => {
      const [kind = ""] = name.split(":", 1)
      return `${kind}:${written(name.slice(kind.length + 1))}=${version}`
    })
    .join(",")
