/** `holdfast events dead-letters`: the events that were left out, and why. */
import type { Cursors, KeptDeadLetter } from "@holdfast/core/events"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { answer } from "../../cli/answering.ts"
import { contextFlags } from "../../cli/contextSettings.ts"
import { setting, wholeNumber } from "../../cli/settings.ts"
import { logOf, onDatabase, onDatabaseFlags } from "../onDatabase.ts"
import { unknownCursor } from "./positions.ts"

const flags = {
  ...onDatabaseFlags,
  ...contextFlags,
  cursor: Argument.optional(
    Argument.withDescription(Argument.String("cursor"), "Name of the cursor (default: all cursors)")
  ),
  limit: setting(
    "limit",
    {
      metavar: "<count>",
      description: "Dead letters to list at most, oldest first of each cursor (default: 100)",
      read: wholeNumber(1, 1_000)
    },
    100
  )
}

const viewOf = (cursor: string, { createdAt, ...letter }: KeptDeadLetter) => ({
  cursor,
  ...letter,
  createdAt: DateTime.formatIso(createdAt)
})

type View = ReturnType<typeof viewOf>

/** The letters of cursors, one cursor after another, at most `limit`. */
const lettersOf = Effect.fnUntraced(function* (
  cursors: Cursors,
  names: ReadonlyArray<string>,
  limit: number
) {
  const views: Array<View> = []
  for (const cursor of names) {
    const letters = yield* cursors.deadLetters({ cursor, after: 0, limit: limit - views.length })
    views.push(...letters.map((letter) => viewOf(cursor, letter)))
    if (views.length === limit) break
  }
  return views
})

const line = ({ cause, createdAt, cursor, eventId, id, position }: View): string =>
  `${cursor} ${id}: position ${position}, event ${eventId}, left out ${createdAt}: ${cause}`

/** Reads only. */
export const deadLetters = Command.make("dead-letters", flags, (input) =>
  onDatabase(input, () =>
    Effect.gen(function* () {
      const { cursors } = yield* logOf(input.context)
      const names = (yield* cursors.list).map(({ name }) => name)
      const cursor = Option.getOrUndefined(input.cursor)
      if (cursor !== undefined && !names.includes(cursor)) {
        return yield* unknownCursor(cursors, cursor)
      }
      const asked = cursor === undefined ? names : [cursor]
      const read = yield* lettersOf(cursors, asked, input.limit + 1)
      const items = read.slice(0, input.limit)
      const hasMore = read.length > input.limit
      yield* answer(input, { items, hasMore }, [
        ...(items.length === 0 ? ["no dead letters"] : items.map(line)),
        ...(hasMore ? [`there are more: raise --limit from ${input.limit}`] : [])
      ])
    })
  )
).pipe(Command.withDescription("List the events that a follower had to leave out, and why"))
