/** The versions that a write made, beside its answer. */
import type { NamedVersions } from "../engine/RequestOptions.ts"

const known = new WeakMap<object, NamedVersions>()

/** An answer, of which `versionsOf` knows these versions. */
export const withVersions = <A>(answer: A, versions: ReadonlyMap<string, number>): A => {
  if (versions.size > 0 && typeof answer === "object" && answer !== null) {
    known.set(answer, Object.fromEntries(versions))
  }
  return answer
}

/**
 * The versions that a write made, by what they are of: `sku:ID`, `product:ID`, `category:ID` or
 * `location:ID`. Give them as `minVersions` to a read that must see the write. `answer` is the very object
 * that the write was answered with. Empty for anything else, and for the first answer that a repeat with an idempotency key got.
 */
export const versionsOf = (answer: object): NamedVersions => known.get(answer) ?? {}
