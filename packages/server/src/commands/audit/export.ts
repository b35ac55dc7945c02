/** `holdfast audit export`: both logs of a context with their seals, as lines of JSON. */
import { exportAudit } from "@holdfast/core/audit"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { auditedFlags } from "../../cli/contextSettings.ts"
import { auditOf, onDatabase, onDatabaseFlags } from "../onDatabase.ts"

/** Writes to standard output; reads only. */
export const exportAuditCommand = Command.make(
  "export",
  { ...onDatabaseFlags, ...auditedFlags },
  (input) =>
    onDatabase(input, () =>
      Effect.gen(function* () {
        const { audit, context } = yield* auditOf(input.context, input)
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
