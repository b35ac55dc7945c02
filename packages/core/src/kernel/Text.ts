/**
 * Text as callers may write it: well-formed Unicode that every store can keep, measured in code
 * points. There are four kinds: `printable` is compared (codes, ids, references), `label` is read
 * by people on one line (names, reasons), `opaque` is read by nobody (keys), and `text` is prose.
 *
 * All but prose have no white space at the ends and no format characters (category Cf, joiners
 * included), so that two codes that look alike are one code. Answers are not checked by these
 * rules, so stored text that breaks a rule stays readable.
 */
import * as Schema from "effect/Schema"
import { labelPatterns, printablePatterns } from "./schema/textPatterns.ts"

const isStorable = Schema.makeFilter<string>(
  (text) =>
    (text.isWellFormed() && !text.includes("\u0000")) ||
    "must be well-formed Unicode without NUL characters",
  { title: "storable text", toJsonSchema: () => ({ pattern: "^[^\\u0000]*$" }) }
)

/** Most texts have these characters alone and need no further check. */
const plain = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/

/** Control, format and other invisible characters, but not the variation selectors of emoji. */
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|(?![\uFE00-\uFE0F\u{E0100}-\u{E01EF}])\p{DI}/u

const codeOf = (character: string): string =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`

/** What is wrong with text of one line, or undefined. */
const wrongWith = (text: string): string | undefined => {
  if (!text.isWellFormed() || text.includes("\u0000")) {
    return "must be well-formed Unicode without NUL characters"
  }
  const found = unseen.exec(text)?.[0]
  if (found !== undefined) {
    return `must hold no control or format characters, which cannot be seen; it holds ${codeOf(found)}`
  }
  return text === text.trim() ? undefined : "must not begin or end with white space"
}

const isLabel = Schema.makeFilter<string>(
  (text) => plain.test(text) || text === "" || (wrongWith(text) ?? true),
  {
    title: "text of one line",
    toJsonSchema: () => ({ allOf: labelPatterns })
  }
)

const isPrintable = Schema.makeFilter<string>(
  (text) => {
    if (plain.test(text) || text === "") return true
    const wrong = wrongWith(text)
    if (wrong !== undefined) return wrong
    if (/\p{DI}/u.test(text)) return "must hold no variation selectors, which cannot be seen"
    return text.normalize("NFC") === text || "must be in Unicode normalization form C (NFC)"
  },
  {
    title: "printable text",
    toJsonSchema: () => ({ allOf: printablePatterns })
  }
)

/** Well-formed prose of `minimum` to `maximum` code points: line breaks and joiners are allowed. */
export const text = (minimum: number, maximum: number) =>
  Schema.String.check(isStorable, Schema.isBetweenCodePoints(minimum, maximum))

const isOpaque = Schema.makeFilter<string>(
  (text) => {
    if (plain.test(text)) return true
    const character = /\p{Cf}/u.exec(text)?.[0]
    if (character !== undefined)
      return `must hold no format characters; it holds ${codeOf(character)}`
    return text === text.trim() || "must not begin or end with white space"
  },
  { title: "opaque text" }
)

/** Text that nobody reads, such as a key. Line breaks are allowed, white space at its ends not. */
export const opaque = (minimum: number, maximum: number) =>
  Schema.String.check(isStorable, isOpaque, Schema.isBetweenCodePoints(minimum, maximum))

/** One line for people to read, of `minimum` to `maximum` code points that can be seen. */
export const label = (minimum: number, maximum: number) =>
  Schema.String.check(isLabel, Schema.isBetweenCodePoints(minimum, maximum))

/** One line that is compared, with its case: a `label` in NFC. */
export const printable = (minimum: number, maximum: number) =>
  Schema.String.check(isPrintable, Schema.isBetweenCodePoints(minimum, maximum))

/** Text that nobody has checked, as every store can keep and search it. */
export const keepable = (text: string): string => text.replaceAll("\u0000", "\ufffd").toWellFormed()

/**
 * The order of texts by their code points, which is that of a database whose collation is "C". The
 * operator < compares UTF-16 units, and puts rare characters before some that are less rare.
 */
export const compareTexts = (a: string, b: string): number => {
  const shared = Math.min(a.length, b.length)
  for (let index = 0; index < shared; index++) {
    const [left, right] = [a.charCodeAt(index), b.charCodeAt(index)]
    if (left === right) continue
    const isPair = (unit: number) => unit >= 0xd800 && unit <= 0xdfff
    if (isPair(left) !== isPair(right)) return isPair(left) ? 1 : -1
    return left - right
  }
  return a.length - b.length
}
