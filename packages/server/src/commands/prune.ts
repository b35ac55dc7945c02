/** `holdfast prune`: drops events, months of the ledger and imports that are old. */
import {
  diagnoseCatalog,
  type Pruned,
  pruneCatalog,
  prune as pruneInventory
} from "@holdfast/adapter-pg/effect"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import { answer } from "../cli/answering.ts"
import { usageFailure } from "../cli/CommandFailure.ts"
import { type ContextName, contextsOf, schemaOf, serviceFlags } from "../cli/contextSettings.ts"
import { retentionFlags, retentionOf } from "../cli/retentionSettings.ts"
import { setting, span, toggle } from "../cli/settings.ts"
import { onDatabase, onDatabaseFlags } from "./onDatabase.ts"

const flags = {
  ...onDatabaseFlags,
  ...serviceFlags,
  ...retentionFlags(""),
  importsDays: setting(
    "imports-older-than",
    {
      metavar: "<days>",
      description: "Drop imports that ended so long ago, with their problems, such as 90d",
      read: span("d", 2, 36_500)
    },
    undefined
  ),
  dryRun: toggle("dry-run", "Say what would be dropped, and drop nothing", false)
}

const pruning = { inventory: pruneInventory, catalog: pruneCatalog }

const listed = (names: ReadonlyArray<string>) => names.join(", ")

const eventLines = (events: Pruned["events"], dropped: string): ReadonlyArray<string> => {
  if (events === null) return []
  const { kept, lost } = events
  return [
    events.dropped.length === 0
      ? "no events: none that are old enough fill a partition"
      : `${dropped} ${listed(events.dropped)}: events up to position ${events.horizon}`,
    ...(lost.length === 0 ? [] : [`lost by it: ${listed(lost)}, which had not passed them`]),
    ...(kept === null ? [] : [`kept ${kept}`])
  ]
}

const monthLines = (months: Pruned["months"], dropped: string): ReadonlyArray<string> =>
  months.flatMap(({ carried, dropped: names, from, kept }) => [
    from === null
      ? "no months of the ledger: none are old enough"
      : `${dropped} ${listed(names)}: the ledger begins at ${from.toISOString()}`,
    ...(carried === 0 ? [] : [`${carried} balances go on from there`]),
    ...(kept === null ? [] : [`kept all months: ${kept}`])
  ])

const linesOf = (
  { context, events, imports, months }: Pruned & { readonly context: ContextName },
  dropped: string
): ReadonlyArray<string> => {
  const lines = [
    ...eventLines(events, dropped),
    ...monthLines(months, dropped),
    ...(imports === null ? [] : [`${dropped} ${imports} old imports with their problems`])
  ]
  return context === "inventory" ? lines : lines.map((line) => `${context}: ${line}`)
}

/** Needs the owner of the tables. It may run beside working servers. */
export const prune = Command.make("prune", flags, (input) =>
  onDatabase(input, () =>
    Effect.gen(function* () {
      const { dryRun } = input
      const { importsDays } = input
      const asked = yield* retentionOf(input, "")
      if (asked === undefined && importsDays === undefined) {
        return yield* usageFailure(
          "say what is old: --events-older-than 90d, --movements-older-than 24months, " +
            "--imports-older-than 90d, or some of them"
        )
      }
      const retention = { ...asked, importsDays }
      const contexts = yield* Effect.forEach(
        contextsOf(input.service),
        Effect.fnUntraced(function* (context) {
          const schema = schemaOf(context, input)
          // A database of the time before the catalog has none until somebody migrates.
          if (context === "catalog" && (yield* diagnoseCatalog(schema)).tables === undefined) {
            return []
          }
          const pruned = yield* pruning[context](schema, retention, { isDryRun: dryRun })
          return [{ context, ...pruned }]
        })
      )
      const dropped = dryRun ? "would drop" : "dropped"
      yield* answer(
        input,
        { isDryRun: dryRun, contexts: contexts.flat() },
        contexts.flat().flatMap((one) => linesOf(one, dropped))
      )
    })
  )
).pipe(
  Command.withDescription("Drop old events, old months of the ledger and old imports"),
  Command.withExamples([
    {
      command: "holdfast prune --events-older-than 90d --movements-older-than 24months --dry-run",
      description: "See what would go"
    }
  ])
)
