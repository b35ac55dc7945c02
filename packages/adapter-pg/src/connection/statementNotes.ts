/**
 * Notes each statement on the span of its fiber: its text, which holds no values, and how long its
 * answer took. It runs only where a span takes notes.
 */
import { clockOf, note } from "@holdfast/core/tracing"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import type { Span } from "effect/Tracer"

/** The longest text of a statement on a span, in characters. */
const textMax = 160

/** How many texts are remembered. */
const shortenedMax = 1_000

const shortened = new Map<string, string>()

/** A statement in one line, cut where it is too long. */
const inShort = (sql: string): string => {
  const known = shortened.get(sql)
  if (known !== undefined) return known
  const line = sql
    .replace(/--[^\n]*/g, " ")
    .replace(/\s+/g, " ")
    .trim()
  const short = line.length <= textMax ? line : `${line.slice(0, textMax)}…`
  if (shortened.size < shortenedMax) shortened.set(sql, short)
  return short
}

/** Notes a statement that is answered, or not. */
export const noted = (span: Span, fiber: Fiber.Fiber<unknown, unknown>) => {
  const clock = clockOf(fiber)
  const begun = clock.currentTimeNanosUnsafe()
  return <A, E>(sql: string, asked: Effect.Effect<A, E>): Effect.Effect<A, E> =>
    Effect.onExit(asked, ({ _tag }) =>
      Effect.sync(() =>
        note(span, clock, begun, "statement", {
          "db.query.text": inShort(sql),
          ...(_tag === "Success" ? {} : { "error.type": "failed" })
        })
      )
    )
}
