/** The days that a report is about: whole days in UTC, the last of them today. */
import * as DateTime from "effect/DateTime"
import * as Schema from "effect/Schema"
import { PageSize } from "./Page.ts"

/** A day in UTC, as `2026-03-01`. */
export const Day = Schema.String.check(
  Schema.isPattern(/^\d{4}-\d{2}-\d{2}$/u, { message: "must be a day, such as 2026-03-01" })
).annotate({ identifier: "Day" })

/** The most days that one report covers, and how long what reports are made of is kept. */
export const reportDaysMax = 92

/** Days that a report covers, and things that it lists, unless a caller asks for others. */
export const reportDaysDefault = 7
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
