/** `holdfast events cursors`: who follows the log, and how far behind each is. */
import type { Cursor } from "@holdfast/core/events"
import * as Command from "effect/cli/Command"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import { answer } from "../../cli/answering.ts"
import { contextFlags } from "../../cli/contextSettings.ts"
import { logOf, onDatabase, onDatabaseFlags } from "../onDatabase.ts"
import { tableLines } from "./eventLines.ts"

const viewOf = (head: number) => (cursor: Cursor) => ({
  name: cursor.name,
  kind: cursor.kind,
  position: cursor.position,
  lag: Math.max(0, head - cursor.position),
  owner: cursor.owner,
  standing: cursor.standing,
  movedAt: DateTime.formatIso(cursor.updatedAt)
})

const heading = ["NAME", "KIND", "POSITION", "LAG", "OWNER", "STANDING", "LAST MOVED"]

const cellsOf = (view: ReturnType<ReturnType<typeof viewOf>>): ReadonlyArray<string> => [
  view.name,
  view.kind.toLowerCase(),
  String(view.position),
  String(view.lag),
  view.owner ?? "nobody",
  view.standing.toLowerCase(),
  view.movedAt
]

/** Reads only. The lag is in positions; a position whose write was undone has no event. */
export const cursors = Command.make("cursors", { ...onDatabaseFlags, ...contextFlags }, (input) =>
  onDatabase(input, () =>
    Effect.gen(function* () {
      const log = yield* logOf(input.context)
      const all = yield* log.cursors.list
      const head = yield* log.head
      const views = all.map(viewOf(head))
      yield* answer(input, { head, cursors: views }, [
        ...(views.length === 0
          ? ["nobody follows the log yet"]
          : tableLines([heading, ...views.map(cellsOf)])),
        `the log ends at position ${head}`
      ])
    })
  )
).pipe(Command.withDescription("List who follows the log, and how many events each is behind"))
