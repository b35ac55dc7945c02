/** The folder that backups of the embedded database are of, and the settings that name it. */
import { existsSync } from "node:fs"
import { readdir } from "node:fs/promises"
import { sep } from "node:path"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import { type CommandFailure, failure, usageFailure } from "../../cli/CommandFailure.ts"
import { type DatabaseInput, databaseFlags, placeOf } from "../../cli/databaseSettings.ts"
import { logFlags } from "../../cli/logging.ts"
import { toggle } from "../../cli/settings.ts"

const { accessSchema, catalogSchema, database, folder, schema } = databaseFlags

/** The settings of such a command. */
export const embeddedFlags = {
  // Refused where it is given, and so not shown: what a server has must not be taken for the folder.
  database: Flag.withHidden(database),
  ...{ folder, schema, catalogSchema, accessSchema },
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

/** Whether a folder lies within another one. Both are whole paths. */
export const liesWithin = (inner: string, outer: string): boolean =>
  inner.startsWith(outer.endsWith(sep) ? outer : `${outer}${sep}`)

/** What is in a folder that is to be written, or nothing where there is none yet. */
export const namesIn = (folder: string): Effect.Effect<ReadonlyArray<string>, CommandFailure> =>
  existsSync(folder)
    ? Effect.tryPromise({
        try: () => readdir(folder),
        catch: (cause) =>
          (cause as NodeJS.ErrnoException).code === "ENOTDIR"
            ? failure("FolderUnusable", `${folder} is a file: name a folder to make`)
            : failure("FolderUnusable", `${folder} cannot be read: ${String(cause)}`)
      })
    : Effect.succeed([])
