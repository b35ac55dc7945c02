/**
 * Text that every store can keep: well-formed Unicode without NUL, measured in code points.
 * Whatever a database would refuse about text is refused here, before anything is written.
 */
import * as Schema from "effect/Schema"

const isStorable = Schema.makeFilter<string>(
  (text) =>
    (text.isWellFormed() && !text.includes("\u0000")) ||
    "must be well-formed Unicode without NUL characters",
  { title: "storable text" }
)

const isPrintable = Schema.makeFilter<string>(
  (text) => !/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u.test(text) || "must hold printable characters only",
  { title: "printable text" }
)

const isNormalized = Schema.makeFilter<string>(
  (text) => text.normalize("NFC") === text || "must be in Unicode normalization form C (NFC)",
  { title: "NFC text" }
)

/** Well-formed text of `minimum` to `maximum` code points. */
export const text = (minimum: number, maximum: number) =>
  Schema.String.check(isStorable, Schema.isBetweenCodePoints(minimum, maximum))

/** Printable NFC text of `minimum` to `maximum` code points, compared case by case. */
export const printable = (minimum: number, maximum: number) =>
  Schema.String.check(
    isStorable,
    isPrintable,
    isNormalized,
    Schema.isBetweenCodePoints(minimum, maximum)
  )
