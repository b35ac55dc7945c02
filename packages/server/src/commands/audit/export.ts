/** `holdfast audit export`: both logs of a context with their seals, as lines of JSON. */
import { exportAudit } from "@holdfast/core/audit"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { contextFlags } from "../../cli/contextSettings.ts"
import { logOf, onDatabase, onDatabaseFlags } from "../onDatabase.ts"

/** Writes to standard output; reads only. */
export const exportAuditCommand = Command.make(
  "export",
  { ...onDatabaseFlags, ...contextFlags },
  (input) =>
    onDatabase(input, () =>
      Effect.gen(function* () {
        const { audit, context } = yield* logOf(input.context)
        yield* Stream.runForEach(exportAudit(context, audit), (line) =>
          Effect.callback<void>((resume) => {
            process.stdout.write(`${line}\n`, () => resume(Effect.void))
          })
        )
      })
    )
).pipe(
  Command.withDescription("Write the events, the records and their seals as lines of JSON"),
  Command.withExamples([
    {
      command: "holdfast audit export > export.jsonl",
      description: "Something that can be checked without the database"
    }
  ])
)
