/** `holdfast audit prune`: drops old records and old seals that are in an export. */
import { pruneAuditLog } from "@holdfast/adapter-pg/effect"
import { prunableUpTo, readExport, sealedLogs } from "@holdfast/core/audit"
import { layerDigest } from "@holdfast/core/engine"
import * as Command from "effect/cli/Command"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import { answer } from "../../cli/answering.ts"
import { failure } from "../../cli/CommandFailure.ts"
import { auditedFlags, schemaOf } from "../../cli/contextSettings.ts"
import { anyText, required, toggle } from "../../cli/settings.ts"
import { auditOf, onDatabase, onDatabaseFlags } from "../onDatabase.ts"
import { linesOf, readOr } from "./files.ts"

const flags = {
  ...onDatabaseFlags,
  ...auditedFlags,
  before: required("before", {
    metavar: "<instant>",
    description: "Drop what ended before this instant, such as 2025-01-01T00:00:00Z",
    read: (text) => {
      const at = DateTime.make(text)
      return at._tag === "Some"
        ? { value: DateTime.toUtc(at.value) }
        : { mustBe: "an instant such as 2025-01-01T00:00:00Z" }
    }
  }),
  exported: required("exported", {
    metavar: "<file>",
    description: "What holdfast audit export wrote; nothing is dropped that is not in it",
    read: anyText
  }),
  dryRun: toggle("dry-run", "Say how far it would go, and drop nothing", false)
}

/** Needs the owner of the tables. It may run beside working servers. */
export const pruneAudit = Command.make("prune", flags, (input) =>
  onDatabase(input, () =>
    Effect.gen(function* () {
      const { before, dryRun, exported } = input
      const { audit, context } = yield* auditOf(input.context, input)
      const lines = yield* linesOf("exported", exported)
      const copy = yield* readOr("exported", exported, readExport(lines))
      if (copy.context !== context) {
        return yield* failure("FileInvalid", `${exported} is an export of the ${copy.context}`)
      }
      const logs = yield* Effect.forEach(
        sealedLogs,
        Effect.fnUntraced(function* (log) {
          const found = yield* prunableUpTo(audit, copy.source, log, before)
          if (found._tag === "Broken") {
            return yield* failure(
              "HistoryEdited",
              `nothing is dropped: in the ${found.place}, ${found.finding.message}`
            )
          }
          const dropped = (yield* audit.anchor(log))?.number ?? 0
          return { log, upTo: found.number, isNothing: found.number === dropped }
        })
      ).pipe(Effect.provide(layerDigest))
      const schema = schemaOf(context, input)
      const pruned = dryRun
        ? []
        : yield* Effect.forEach(logs, ({ log, upTo }) => pruneAuditLog(schema, audit, log, upTo))
      yield* answer(
        input,
        { context, isDryRun: dryRun, logs: logs.map(({ log, upTo }) => ({ log, upTo })), pruned },
        dryRun
          ? logs.map(({ isNothing, log, upTo }) =>
              isNothing
                ? `${log}: would drop nothing`
                : `${log}: would drop what is sealed up to seal ${upTo}`
            )
          : pruned.map(
              ({ anchor, log, records, seals }) =>
                `${log}: dropped ${records} records and ${seals} seals; ` +
                (anchor === null
                  ? "the chain begins with its first seal"
                  : `the chain begins after seal ${anchor.number}, ${anchor.digest}`)
            )
      )
    })
  )
).pipe(
  Command.withDescription(
    "Drop old records and seals that are exported; the chain goes on from the last that was dropped"
  ),
  Command.withExamples([
    {
      command:
        "holdfast audit prune --before 2025-01-01T00:00:00Z --exported export.jsonl --dry-run",
      description: "See how far it would go"
    }
  ])
)
