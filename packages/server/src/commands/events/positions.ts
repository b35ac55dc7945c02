/** Positions of the log as they are typed, and the failures that name what there is. */
import { type Cursors, type EventLog, endOfLog, type PositionGone } from "@holdfast/core/events"
import { balanceMax, type StoreError } from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import { type CommandFailure, failure } from "../../cli/CommandFailure.ts"
import { wholeNumber } from "../../cli/settings.ts"

/** Reads a position. */
export const readPosition = wholeNumber(0, balanceMax)

/** A position, or one of the ends of the log. */
export type Place = number | "first" | "last"

/** Reads a position, or one of the ends of the log. */
export const readPlace = (
  text: string
): { readonly value: Place } | { readonly mustBe: string } => {
  if (text === "first" || text === "last") return { value: text }
  const position = readPosition(text)
  return "value" in position ? position : { mustBe: "a position of the log, first or last" }
}

/** The position after which the log still has all of its events: 0 unless some were dropped. */
const beginningOf = (log: EventLog): Effect.Effect<number, StoreError> =>
  log.read(0, 1).pipe(
    Effect.as(0),
    Effect.catchTag("PositionGone", ({ horizon }) => Effect.succeed(horizon))
  )

/** The position that was meant. */
export const positionOf = (
  log: EventLog,
  place: Place
): Effect.Effect<number, StoreError | PositionGone> => {
  if (place === "first") return beginningOf(log)
  return place === "last" ? endOfLog(log) : Effect.succeed(place)
}

/** The failure that names the cursors there are. */
export const unknownCursor = (
  cursors: Cursors,
  cursor: string
): Effect.Effect<never, CommandFailure | StoreError> =>
  Effect.flatMap(cursors.list, (all) => {
    const names = all.map(({ name }) => name).join(", ")
    const known = names === "" ? "nobody follows the log yet" : `the cursors are: ${names}`
    return Effect.fail(failure("CursorUnknown", `there is no cursor "${cursor}"; ${known}`))
  })
