/** The folder that backups of the embedded database are of, and the settings that name it. */
import * as Effect from "effect/Effect"
import { type CommandFailure, usageFailure } from "../../cli/CommandFailure.ts"
import { type DatabaseInput, databaseFlags, placeOf } from "../../cli/databaseSettings.ts"
import { logFlags } from "../../cli/logging.ts"
import { toggle } from "../../cli/settings.ts"

const { accessSchema, catalogSchema, database, folder, schema } = databaseFlags

/** The settings of such a command. */
export const embeddedFlags = {
  ...{ database, folder, schema, catalogSchema, accessSchema },
  json: toggle("json", "Answer with one JSON document on standard output", false),
  ...logFlags
}

/** The folder, or what to do for a server. */
export const embeddedPlace = (
  input: DatabaseInput,
  does: string
): Effect.Effect<{ readonly _tag: "Folder"; readonly folder: string }, CommandFailure> =>
  Effect.flatMap(placeOf(input), (place) =>
    place._tag === "Folder"
      ? Effect.succeed(place)
      : Effect.fail(
          usageFailure(
            `this command ${does} the embedded database of a --folder; a PostgreSQL server has tools of ` +
              "its own, and docs/operations/RECOVERING.md says how"
          )
        )
  )
