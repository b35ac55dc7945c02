/** The bound on the lines of one request, with a message for each end of it. */
import * as Schema from "effect/Schema"

/** At least one line, and at most so many. */
export const linesUpTo = (linesMax: number) =>
  [
    Schema.isMinLength(1, { message: "must hold at least 1 line" }),
    Schema.isMaxLength(linesMax, { message: `must hold at most ${linesMax} lines` })
  ] as const
