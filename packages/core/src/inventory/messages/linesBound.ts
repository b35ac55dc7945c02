/** The bounds on the lines of one request or order, with a message for each end. */
import * as Schema from "effect/Schema"

/** The most lines of one command, and the most open or lost lines of one order. */
export const orderLinesMax = 2_000

/** The most lines of one bulk request. */
export const stockLinesMax = 1_000

/** At least one line, and at most so many. */
export const linesUpTo = (linesMax: number) =>
  [
    Schema.isMinLength(1, { message: "must hold at least 1 line" }),
    Schema.isMaxLength(linesMax, { message: `must hold at most ${linesMax} lines` })
  ] as const
