/**
 * The versions that a reader has seen already, such as those that its own write was answered with. A
 * read gives nothing older: a copy or a replica that is behind is passed over.
 */
import * as Context from "effect/Context"

/** Versions by what they are of: `sku:ID`, `product:ID`, `category:ID`. */
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
