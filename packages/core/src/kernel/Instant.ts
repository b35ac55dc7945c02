/**
 * An instant as a caller writes it: ISO 8601 with its zone. Date parsers also take "1" and "May 1",
 * the 30th of February, and years that no database keeps. Here such a text is bad input, not a
 * surprise.
 */
import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"

const message = "must be an instant in ISO 8601 with its zone, such as 2026-01-31T09:30:00Z"

const pattern =
  /^\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)$/

/** The pattern and bounds as any reader of RFC 3339 understands them. */
const documented = {
  format: "date-time",
  pattern: [
    "^[12]\\d{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\\d|3[01])",
    "T(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d{1,9})?",
    "(?:Z|[+-](?:[01]\\d|2[0-3]):[0-5]\\d)$"
  ].join("")
}

/** Whether the month has that day; a date parser would go on into the next month. */
const isOfCalendar = (text: string): boolean => {
  const date = text.slice(0, 10)
  return Option.exists(
    DateTime.make(`${date}T00:00:00Z`),
    (midnight) => DateTime.formatIsoDateUtc(midnight) === date
  )
}

const isWritten = Schema.makeFilter<string>(
  (text) => (pattern.test(text) && isOfCalendar(text)) || message,
  { title: "an instant with its zone", toJsonSchema: () => documented }
)

const isBetween = Schema.makeIsBetween({ order: DateTime.Order })

/** An instant in ISO 8601 with its zone, years 1000 to 2999, such as `2026-01-31T09:30:00Z`. */
export const Instant = Schema.String.check(isWritten).pipe(
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

/** An instant that the engine gives: ISO 8601 in UTC with milliseconds. */
export const Timestamp = Schema.String.annotate({ format: "date-time" }).pipe(
  Schema.decodeTo(Schema.DateTimeUtc, SchemaTransformation.dateTimeUtcFromString)
)
