/** `holdfast import`: takes products, categories, SKUs or stock from a file. */

import { open } from "node:fs/promises"
import type { DecidedPart } from "@holdfast/core/exchange"
import { problemHead, problemLine } from "@holdfast/core/exchange"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { Answered, answer } from "../../cli/answering.ts"
import { failure, usageFailure } from "../../cli/CommandFailure.ts"
import { forPeople } from "../../cli/log/redacting.ts"
import { anyText, oneOf, setting, toggle } from "../../cli/settings.ts"
import { inputFile } from "../../exchange/InputFile.ts"
import {
  beginImport,
  type ImportReport,
  type ImportSettings,
  importFile,
  tryImport
} from "../../exchange/importing.ts"
import { makeProgress } from "../../exchange/Progress.ts"
import { settingsOf } from "../../exchange/presets.ts"
import { type ExchangeInput, exchangeFlags, kindArgument, onContexts } from "./onContexts.ts"

/** The most bad rows that are shown to people; a file of errors has all. */
const shownMax = 20

const config = {
  kind: kindArgument,
  file: Argument.String("file").pipe(
    Argument.withDescription("A .csv or .jsonl file, or - for standard input")
  ),
  ...exchangeFlags,
  dryRun: toggle("dry-run", "Say what would become of every row, and write nothing", false),
  allOrNothing: toggle(
    "all-or-nothing",
    "Write nothing when a row is bad; at most 10,000 records",
    false
  ),
  again: toggle("again", "Import a file once more that was imported before", false),
  allowUnknownSkus: toggle(
    "allow-unknown-skus",
    "Let options map SKU ids that the inventory does not know yet",
    false
  ),
  migrate: toggle("migrate", "Bring the tables up to date first (default: true)", true),
  map: Flag.atLeast(
    Flag.String("map").pipe(
      Flag.withMetavar("<theirs=ours>"),
      Flag.withDescription("Call a column of the file by our name; theirs= leaves it out")
    ),
    0
  ),
  preset: setting(
    "preset",
    {
      metavar: "<shopify>",
      description: "Read the columns of another system: the product export of Shopify",
      read: oneOf("shopify")
    },
    undefined
  ),
  currency: setting(
    "currency",
    {
      metavar: "<code>",
      description: "Currency of the prices, for a preset whose files do not say it",
      read: anyText
    },
    undefined
  ),
  errors: setting(
    "errors",
    {
      metavar: "<file>",
      description: "Write every bad row to this file, as CSV with line and column",
      read: anyText
    },
    undefined
  )
}

type Input = ExchangeInput & {
  readonly dryRun: boolean
  readonly allOrNothing: boolean
  readonly again: boolean
  readonly allowUnknownSkus: boolean
  readonly errors: string | undefined
}

/** Where bad rows are written: each as a line, in the order of the file. */
const errorsFile = (path: string | undefined) =>
  path === undefined
    ? Effect.succeed(undefined)
    : Effect.acquireRelease(
        Effect.tryPromise({
          try: async () => {
            const file = await open(path, "w")
            await file.write(problemHead)
            return file
          },
          catch: (error) => failure("FileUnwritable", `${path} cannot be written: ${error}`)
        }),
        (file) => Effect.promise(() => file.close())
      )

interface ShownProblem {
  readonly record: number
  readonly line: number
  readonly columnNumber: number | null
  readonly column: string | null
  readonly code: string
  readonly message: string
}

const problemsOf = ({ failed }: DecidedPart): ReadonlyArray<ShownProblem> =>
  failed.flatMap(({ number, problems }) =>
    problems.map((problem) => ({ record: number, ...problem }))
  )

const placeWords = ({ column, columnNumber, line }: ShownProblem): string => {
  const number = columnNumber === null ? "" : `, column ${columnNumber}`
  return `line ${line}${number}${column === null ? "" : ` (${column})`}`
}

const toError = (text: string) => process.stderr.write(text)

/** Shows what is decided as it is decided. */
const shower = (
  input: Input,
  errors: { write: (text: string) => Promise<unknown> } | undefined,
  options: { readonly bytesTotal: number; readonly passed: number }
) => {
  const progress = makeProgress({
    ...options,
    json: input.json,
    isTerminal: process.stderr.isTTY === true,
    write: input.json ? (text) => process.stdout.write(text) : toError,
    nowMillis: () => performance.now()
  })
  let shown = 0
  let count = 0
  const seen = (part: DecidedPart) =>
    Effect.promise(async () => {
      const problems = problemsOf(part)
      for (const problem of problems) {
        count += 1
        if (input.json) process.stdout.write(`${JSON.stringify({ type: "problem", ...problem })}\n`)
        else if (shown++ < shownMax) {
          progress.clear()
          toError(`${placeWords(problem)}: ${forPeople(problem.message)}\n`)
        }
        await errors?.write(problemLine(problem))
      }
      progress.show(part)
    })
  const end = () => {
    progress.clear()
    if (!input.json && count > shownMax) {
      toError(`… and ${count - shownMax} more; --errors <file> has all of them\n`)
    }
  }
  return { seen, end }
}

const number = (count: number): string => count.toLocaleString("en")

const reportLines = (input: Input, kind: string, report: ImportReport): ReadonlyArray<string> => {
  const { counts, endsAbruptly, isUndone, passed } = report
  const would = input.dryRun ? "would be " : ""
  const summary =
    `${number(counts.created)} ${would}created, ${number(counts.updated)} ${would}updated, ` +
    `${number(counts.unchanged)} unchanged, ${number(counts.failed)} bad`
  return [
    isUndone || (input.dryRun && input.allOrNothing && counts.failed > 0)
      ? `nothing ${would}written: ${number(counts.failed)} of ${number(counts.records)} ${kind} are bad`
      : `${number(counts.records)} ${kind}: ${summary}`,
    ...(passed > 0 ? [`${number(passed)} of them were decided by an earlier run`] : []),
    ...(endsAbruptly
      ? ["the last line has no line end; if the file was cut off, its last cell may be too"]
      : []),
    ...(input.dryRun ? ["nothing was written"] : [])
  ]
}

const run = (
  input: Input,
  path: string,
  settings: ImportSettings,
  format: "csv" | "jsonl" | undefined
) =>
  Effect.scoped(
    Effect.gen(function* () {
      const file = yield* inputFile(path, format)
      const errors = yield* errorsFile(input.errors)
      const job = input.dryRun ? undefined : yield* beginImport(file, settings, input.again)
      const show = shower(input, errors, {
        bytesTotal: file.bytesTotal,
        passed: job?.records ?? 0
      })
      const report = yield* Effect.ensuring(
        job === undefined
          ? tryImport(file, settings, show.seen)
          : importFile(job, file, settings, show.seen),
        Effect.sync(show.end)
      )
      const { counts, ...rest } = report
      const isDryRun = input.dryRun
      yield* answer(
        input,
        { type: "report", kind: settings.kind, isDryRun, ...rest, ...counts },
        reportLines(input, settings.kind, report)
      )
      if (counts.failed > 0) return yield* new Answered({ exitCode: 1 })
    })
  )

/** The exit code is 1 when a row is bad, also when all others were taken. */
export const importCommand = Command.make(
  "import",
  config,
  ({ currency, file, format, map, migrate, preset, ...input }) =>
    onContexts(
      input,
      migrate && !input.dryRun,
      Effect.gen(function* () {
        const { allOrNothing, allowUnknownSkus, dryRun, kind } = input
        const mode = dryRun ? "trial" : allOrNothing ? "together" : "live"
        const settings = settingsOf({ kind, map, preset, currency }, { mode, allowUnknownSkus })
        if (Result.isFailure(settings)) {
          const { message, name } = settings.failure
          return yield* usageFailure(`--${name} ${message}`)
        }
        yield* run(input, file, settings.success, format)
      })
    )
).pipe(
  Command.withDescription("Take products, categories, SKUs or stock from a CSV or JSONL file"),
  Command.withExamples([
    {
      command: "holdfast import products products.csv --dry-run",
      description: "See what would become of every row"
    },
    {
      command: 'holdfast import skus feed.csv --map "Item no=code" --map "Title=name"',
      description: "Columns with names of their own"
    }
  ])
)
