/**
 * An instant as a caller writes it: ISO 8601 with its zone. Date parsers also take "1" and
 * "May 1" and years that no database keeps; here such a text is bad input, not a surprise.
 */
import * as DateTime from "effect/DateTime"
import * as Schema from "effect/Schema"

const message = "must be an instant in ISO 8601 with its zone, such as 2026-01-31T09:30:00Z"

const pattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/

const isBetween = Schema.makeIsBetween({ order: DateTime.Order })

/** An instant in ISO 8601 with its zone, years 1000 to 2999, such as `2026-01-31T09:30:00Z`. */
export const Instant = Schema.String.check(Schema.isPattern(pattern, { message })).pipe(
  Schema.decodeTo(Schema.DateTimeUtcFromString),
  Schema.check(
    isBetween(
      {
        minimum: DateTime.makeUnsafe("1000-01-01T00:00:00Z"),
        maximum: DateTime.makeUnsafe("2999-12-31T23:59:59.999Z")
      },
      { message: "must be in the years 1000 to 2999" }
    )
  )
)
