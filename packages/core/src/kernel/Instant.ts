/**
 * An instant as a caller writes it: ISO 8601 with its zone. Date parsers also take "1" and
 * "May 1" and years that no database keeps; here such a text is bad input, not a surprise.
 */
import * as Schema from "effect/Schema"

const pattern = /^[12]\d{3}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/

/** An instant in ISO 8601 with its zone, years 1000 to 2999, such as `2026-01-31T09:30:00Z`. */
export const Instant = Schema.String.check(
  Schema.isPattern(pattern, {
    message: "must be an instant in ISO 8601 with its zone, such as 2026-01-31T09:30:00Z"
  })
).pipe(Schema.decodeTo(Schema.DateTimeUtcFromString))
