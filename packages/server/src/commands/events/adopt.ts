/** `holdfast events adopt`: lets a cursor go on in a log that was restored to an earlier state. */
import { makeManagementRecords } from "@holdfast/core/engine"
import { targetOfCursor } from "@holdfast/core/events"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import { answer } from "../../cli/answering.ts"
import { contextFlags } from "../../cli/contextSettings.ts"
import { logOf, onDatabase, onDatabaseFlags } from "../onDatabase.ts"
import { unknownCursor } from "./positions.ts"

const flags = {
  ...onDatabaseFlags,
  ...contextFlags,
  cursor: Argument.withDescription(Argument.String("cursor"), "Name of the cursor")
}

/** The log has a new incarnation afterwards, whose number rises with each that is adopted. */
export const adopt = Command.make("adopt", flags, (input) =>
  onDatabase(input, () =>
    Effect.gen(function* () {
      const { cursor } = input
      const record = yield* makeManagementRecords
      const { cursors } = yield* logOf(input.context)
      const { incarnation, position } = yield* Effect.catchTag(
        cursors.adopt(
          cursor,
          yield* record({ operation: "AdoptLog", targets: [targetOfCursor(cursor)] })
        ),
        "CursorUnknown",
        () => unknownCursor(cursors, cursor)
      )
      yield* answer(input, { cursor, position, incarnation }, [
        `the cursor ${cursor} goes on after position ${position}; the log is in incarnation ${incarnation}`
      ])
    })
  )
).pipe(
  Command.withDescription("Let a cursor go on after its database was restored to an earlier state")
)
