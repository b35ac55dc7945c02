/**
 * Pages of a list, the days of a report, and cursors: where a page ended, as an opaque token. A token is decoded by the
 * schema of the list that made it, so a forged one is bad input and never reaches a statement as
 * text. A page is read one item too far, so that its end is known.
 */

import * as DateTime from "effect/DateTime"
import * as Base64Url from "effect/encoding/Base64Url"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { InvalidInput } from "./InvalidInput.ts"

/** One page of a list; `next` is null at the end. */
export interface Page<A> {
  readonly items: ReadonlyArray<A>
  readonly next: string | null
}

/** A page of a list as a schema; `next` is the cursor of the next page, null at the end. */
export const pageOf = <S extends Schema.Top>(item: S) =>
  Schema.Struct({ items: Schema.Array(item), next: Schema.NullOr(Schema.String) })

/** Items that one page may hold, 1 to 1,000. */
export const PageSize = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1_000 }))

/** Items on a page by default. */
export const pageSizeDefault = 100

const notOurs = "must be a cursor that an earlier page returned"

/** A cursor as a caller gives it back. Whether it belongs to the list is seen when it is decoded. */
export const PageCursor = Schema.String.check(
  Schema.isPattern(/^[A-Za-z0-9_-]{1,2000}$/u, { message: notOurs })
).annotate({ description: "The `next` of an earlier page, and nothing else." })

/** Where the page before this one ended, and how many items to give: 1 to 1,000, default 100. */
export const pageFields = {
  cursor: Schema.optionalKey(PageCursor),
  size: Schema.optionalKey(PageSize)
}

/** Which page of a list is asked for. */
export interface PageQuery {
  readonly cursor?: string | undefined
  readonly size?: number | undefined
}

/** How the positions of one list become tokens and come back. */
export interface Cursor<Position> {
  readonly encode: (position: Position) => string
  readonly decode: (token: string) => Result.Result<Position, InvalidInput>
}

/** A cursor over positions of the given shape, which must be JSON. */
export const cursor = <Position>(position: Schema.Codec<Position, unknown>): Cursor<Position> => {
  const json = Schema.fromJsonString(position)
  // Strictly: the cursor of another list may have more fields than this one, and fit by chance.
  const decode = Schema.decodeUnknownResult(json, { onExcessProperty: "error" })
  const encode = Schema.encodeSync(json)
  const forged: InvalidInput = {
    _tag: "InvalidInput",
    issues: [{ path: "cursor", message: notOurs }]
  }
  return {
    encode: (value) => Base64Url.encode(encode(value)),
    decode: (token) =>
      Result.mapError(
        Result.flatMap(Base64Url.decodeString(token), (text) => decode(text)),
        () => forged
      )
  }
}

/** The position that a cursor stands for, null at the start of a list; a forged one is refused. */
export const positionOf = <Position>(
  cursor: Cursor<Position>,
  token: string | undefined
): Result.Result<Position | null, InvalidInput> =>
  token === undefined ? Result.succeed(null) : cursor.decode(token)

/** A page of `size` items out of up to `size + 1` that were read. */
export const cutPage = <A>(
  read: ReadonlyArray<A>,
  size: number,
  cursorAfter: (last: A) => string
): Page<A> => {
  const items = read.length > size ? read.slice(0, size) : read
  const last = items.at(-1)
  return { items, next: read.length > size && last !== undefined ? cursorAfter(last) : null }
}

/** A day in UTC, as `2026-03-01`. */
export const Day = Schema.String.check(
  Schema.isPattern(/^\d{4}-\d{2}-\d{2}$/u, { message: "must be a day, such as 2026-03-01" })
).annotate({ identifier: "Day" })

/** The most days that one report covers, and how long what reports are made of is kept. */
export const reportDaysMax = 92

/** Days that a report covers unless a caller asks for others. */
export const reportDaysDefault = 7

/** Things that a report lists unless a caller asks for more or fewer. */
export const reportSizeDefault = 10

/** How many days, today among them: 1 to 92, default 7; and how many things: 1 to 1,000, default 10. */
export const reportFields = {
  days: Schema.optionalKey(
    Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: reportDaysMax }))
  ),
  size: Schema.optionalKey(PageSize)
}

/** Days from the first to the last, both included. */
export interface Days {
  readonly from: string
  readonly to: string
}

/** What a report ranks, in these days and at most so many. */
export interface RankingQuery extends Days {
  readonly limit: number
}

const dayMillis = 86_400_000

/** The number of a day, counted from 1970. */
export const dayNumber = (millis: number): number => Math.floor(millis / dayMillis)

/** The day of a number, as text. */
export const dayText = (day: number): string =>
  DateTime.formatIsoDateUtc(DateTime.makeUnsafe(day * dayMillis))

/** The first day that a report can still cover: what is of days before it need not be kept. */
export const reportDayBefore = (nowMillis: number): string =>
  dayText(dayNumber(nowMillis) - reportDaysMax)

/** What a report with these fields ranks, at an instant in epoch milliseconds. */
export const rankingOf = (
  {
    days = reportDaysDefault,
    size = reportSizeDefault
  }: {
    readonly days?: number
    readonly size?: number
  },
  nowMillis: number
): RankingQuery => {
  const today = dayNumber(nowMillis)
  return { from: dayText(today - days + 1), to: dayText(today), limit: size }
}
