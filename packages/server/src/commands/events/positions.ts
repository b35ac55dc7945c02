/** Positions of the log as they are typed, and the failures that name what there is. */
import {
  type Cursors,
  type EventLog,
  endOfLog,
  type PositionGone,
  readAfter
} from "@holdfast/core/events"
import { balanceMax, EventId, type StoreError, sentenceOf } from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import { type CommandFailure, failure, usageFailure } from "../../cli/CommandFailure.ts"
import { readBy, setting, wholeNumber } from "../../cli/settings.ts"

/** Reads a position. */
export const readPosition = wholeNumber(0, balanceMax)

/** After which event a command begins, and which event that is. */
export const placeFlags = (description: string) => ({
  after: setting("after", { metavar: "<position>", description, read: readPosition }, undefined),
  afterEventId: setting(
    "after-event-id",
    {
      metavar: "<id>",
      description: "The id of the event at --after: a log that lacks it was restored, and says so",
      read: readBy(EventId, "the id of an event: a UUID")
    },
    undefined
  )
})

/** What was given for them. */
export interface AskedPlace {
  readonly after: number | undefined
  readonly afterEventId: EventId | undefined
}

/** Fails when a log has not come so far, or has another event there than the reader had. */
export const checkPlace = Effect.fnUntraced(function* (
  log: EventLog,
  { after, afterEventId }: AskedPlace
) {
  if (afterEventId !== undefined && (after ?? 0) === 0) {
    return yield* usageFailure(
      "--after-event-id is the id of the event at --after: give its position there"
    )
  }
  if (after === undefined) return
  const head = yield* log.head
  if (after > head) {
    return yield* failure(
      "PositionBeyondHead",
      `there is no position ${after} yet: the log ends at ${head}. If you were there before, the ` +
        "database was restored to an earlier state"
    )
  }
  if (afterEventId === undefined) return
  const witness = { position: after, eventId: afterEventId }
  const rest = yield* readAfter(log.read, witness, 0, (event) => event)
  if (rest === undefined) {
    return yield* failure("LogRestored", sentenceOf({ _tag: "LogRestored", after, afterEventId }))
  }
})

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
