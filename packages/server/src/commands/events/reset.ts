/** `holdfast events reset`: sets a cursor to another position. */
import { InventoryLog } from "@holdfast/core/inventory"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import { answer } from "../../cli/answering.ts"
import { required } from "../../cli/settings.ts"
import { onDatabase, onDatabaseFlags } from "../onDatabase.ts"
import { positionOf, readPlace, unknownCursor } from "./positions.ts"

const flags = {
  ...onDatabaseFlags,
  cursor: Argument.withDescription(Argument.String("cursor"), "Name of the cursor"),
  to: required("to", {
    metavar: "<position|first|last>",
    description: "Where the cursor stands afterwards: its next event comes after that",
    read: readPlace
  })
}

/** The owner of the cursor loses it, and takes it again at the new position. */
export const reset = Command.make("reset", flags, (input) =>
  onDatabase(input, () =>
    Effect.gen(function* () {
      const { cursor, to } = input
      const log = yield* InventoryLog
      const position = yield* positionOf(log, to)
      yield* Effect.catchTag(log.cursors.reset(cursor, position), "CursorUnknown", () =>
        unknownCursor(log.cursors, cursor)
      )
      yield* answer(input, { cursor, position }, [
        `the cursor ${cursor} stands at position ${position}`
      ])
    })
  )
).pipe(
  Command.withDescription("Set a cursor to another position, to repeat or to skip events"),
  Command.withExamples([
    { command: "holdfast events reset kafka --to first", description: "Send all events again" }
  ])
)
