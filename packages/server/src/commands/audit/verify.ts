/** `holdfast audit verify`: whether history is what it was when it was sealed. */
import {
  type PublishedSeal,
  publishedLine,
  readExport,
  readPublishedSeals,
  type SealedSource,
  sealedLogs,
  type Verdict,
  verifyLog
} from "@holdfast/core/audit"
import { layerDigest } from "@holdfast/core/engine"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import { Answered, type AnswerInput, answer, answeringOnce } from "../../cli/answering.ts"
import { type CommandFailure, failure, usageFailure } from "../../cli/CommandFailure.ts"
import { auditedFlags } from "../../cli/contextSettings.ts"
import { anyText, setting } from "../../cli/settings.ts"
import { auditOf, type OnDatabaseInput, onDatabase, onDatabaseFlags } from "../onDatabase.ts"
import { linesOf, readOr } from "./files.ts"

const file = (name: string, description: string) =>
  setting(name, { metavar: "<file>", description, read: anyText }, undefined)

const flags = {
  ...onDatabaseFlags,
  ...auditedFlags,
  from: file("from", "Check this export, without a database"),
  seals: file("seals", "Seals that were published, a line each: they must be there unchanged")
}

const publishedIn = (path: string | undefined, context: string) =>
  Effect.gen(function* () {
    if (path === undefined) return undefined
    const lines = (yield* linesOf("seals", path)).filter((line) => isOfContext(line, context))
    return yield* readOr("seals", path, readPublishedSeals(lines))
  })

/** Whether a line is a seal of this context, or of none that it names. */
const isOfContext = (line: string, context: string): boolean => {
  const { context: own } = Object(publishedLine(line)) as { readonly context?: string }
  return line.trim() !== "" && (own === undefined || own === context)
}

/** Whether seals were given and none could be held against the log, which has some of its own. */
const isUnheld = (
  { compared, lastSeal }: Verdict,
  published: ReadonlyArray<PublishedSeal> | undefined
): boolean => published !== undefined && compared === 0 && lastSeal !== null

const wordsOf = (
  context: string,
  verdict: Verdict,
  published: ReadonlyArray<PublishedSeal> | undefined
): string => {
  const { finding, lastSeal, log, records, seals } = verdict
  const name = `${context} ${log === "EVENTS" ? "events and movements" : "audit records"}`
  if (finding !== undefined) return `${name}: ${finding.message}`
  const last = lastSeal === null ? "nothing is sealed yet" : `the last seal is ${lastSeal.digest}`
  const unheld = isUnheld(verdict, published)
    ? "; nothing was held against it: none of the published seals is of this log"
    : ""
  return `${name}: ${records} fit their ${seals} seals; ${last}${unheld}`
}

/** Checks both logs; the exit code is 1 when something does not fit, or no seal that was given is of a log. */
const checked = Effect.fnUntraced(function* (
  input: AnswerInput,
  context: string,
  source: SealedSource,
  published: ReadonlyArray<PublishedSeal> | undefined
) {
  const verdicts = yield* Effect.forEach(sealedLogs, (log) =>
    verifyLog(source, log, published)
  ).pipe(Effect.provide(layerDigest))
  const isWhole = verdicts.every(
    (verdict) => verdict.finding === undefined && !isUnheld(verdict, published)
  )
  const logs = verdicts.map(({ finding, ...verdict }) => ({ ...verdict, finding: finding ?? null }))
  yield* answer(
    input,
    { context, isWhole, logs },
    verdicts.map((verdict) => wordsOf(context, verdict, published))
  )
  if (!isWhole) return yield* new Answered({ exitCode: 1 })
})

/** Refuses what has no effect on an export, before it is read. */
const checkOffline = ({
  database,
  folder
}: OnDatabaseInput): Effect.Effect<void, CommandFailure> => {
  const given = [database, folder].find((place) => place?.from === "flag")
  return given === undefined
    ? Effect.void
    : Effect.fail(
        usageFailure("--from is checked without a database: leave out --database and --folder")
      )
}

/** Reads only. */
export const verify = Command.make("verify", flags, (input) => {
  const { from } = input
  return from === undefined
    ? onDatabase(
        input,
        () =>
          Effect.gen(function* () {
            const log = yield* auditOf(input.context, input)
            const published = yield* publishedIn(input.seals, log.context)
            yield* checked(input, log.context, log.audit, published)
          }),
        { before: publishedIn(input.seals, input.context) }
      )
    : answeringOnce(
        input,
        Effect.gen(function* () {
          yield* checkOffline(input)
          const { context, source } = yield* readOr(
            "from",
            from,
            readExport(yield* linesOf("from", from))
          )
          if (input.context !== "inventory" && input.context !== context) {
            return yield* failure("FileInvalid", `--from ${from} is an export of the ${context}`)
          }
          yield* checked(input, context, source, yield* publishedIn(input.seals, context))
        })
      )
}).pipe(
  Command.withDescription(
    "Check events, movements and audit records against their seals; name the first that does not fit"
  ),
  Command.withExamples([
    { command: "holdfast audit verify", description: "The inventory of a database" },
    {
      command: "holdfast audit verify --from export.jsonl --seals seals.jsonl",
      description: "An export, offline, against seals that were published"
    }
  ])
)
