/**
 * An import from beginning to end: records are taken in parts, planned over what is there, written,
 * and the place up to which everything is decided is kept. A bad record is reported and takes no
 * other one with it. What a run before has decided is passed over, apart from what it refused.
 */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { InvalidInput } from "../../kernel/InvalidInput.ts"
import type { StoreError } from "../../kernel/StoreError.ts"
import { type FileRecord, type Problem, problemAt, type ReadRecord } from "../records/FileRecord.ts"
import type { RecordKind } from "../records/kinds.ts"
import { UnusableFile } from "../records/readTable.ts"
import { type FailedRecord, type ImportCounts, noCounts } from "./ImportJobs.ts"
import type { Done, Plan, Verdict, Writer } from "./Plan.ts"

/** Records of one part, unless all are written together: planned, written and kept together. */
const partSizeDefault = 500

/** What became of the records of a part. */
export interface DecidedPart {
  /** How many records of the file were decided when it was. */
  readonly counts: ImportCounts
  readonly tried: ReadonlyArray<number>
  readonly failed: ReadonlyArray<FailedRecord>
  /** Bytes of the file that were read when the part was. */
  readonly bytesDone: number
}

/** What an import needs to know of its kind, and of where it stands. */
export interface ImportRun<Kind extends RecordKind, Command, Answer, Refusal, E> {
  readonly records: Stream.Stream<FileRecord<Kind>, E>
  readonly plan: (
    records: ReadonlyArray<ReadRecord<Kind>>
  ) => Effect.Effect<ReadonlyArray<Plan<Command, Answer>>, StoreError>
  readonly writer: Writer<Command, Answer, Refusal | InvalidInput>
  readonly sentenceOf: (refusal: Refusal | InvalidInput) => string
  /** With it, the whole file is one part of at most so many records. */
  readonly togetherMax?: number | undefined
  /** Parts that may be planned and written side by side. */
  readonly sideBySide: number
  /** What runs before this one have decided, and which records they refused. */
  readonly before?: { readonly counts: ImportCounts; readonly failed: ReadonlySet<number> }
  readonly bytesDone: () => number
  /** Keeps what was decided; parts come in the order of the file. */
  readonly decided: (part: DecidedPart) => Effect.Effect<void, E>
}

interface Outcome {
  readonly number: number
  readonly verdict: Verdict | "failed"
  readonly problems: ReadonlyArray<Problem>
}

/** Whether a refusal names fields of its own. */
const issuesOf = (refusal: { readonly _tag: string }) =>
  refusal._tag === "InvalidInput" ? (refusal as InvalidInput).issues : undefined

const outcomeOf = <Kind extends RecordKind, Command, Answer, Refusal extends { _tag: string }>(
  record: ReadRecord<Kind>,
  plan: Plan<Command, Answer>,
  done: Done<Answer, Refusal> | undefined,
  sentenceOf: (refusal: Refusal) => string
): Outcome => {
  const { number, placeOf } = record
  const failed = (problems: ReadonlyArray<Problem>): Outcome => ({
    number,
    verdict: "failed",
    problems
  })
  if (plan._tag === "Wrong") return failed(plan.problems)
  if (done === undefined) return { number, verdict: "unchanged", problems: [] }
  if (done._tag === "Answered") {
    return { number, verdict: plan.verdict(done.answers), problems: [] }
  }
  const { refusal } = done
  const issues = issuesOf(refusal)
  if (issues !== undefined) {
    return failed(
      issues.map(({ message, path }) =>
        problemAt(placeOf(path), refusal._tag, `${path} ${message}`)
      )
    )
  }
  const place = placeOf(plan.pathOf(refusal))
  return failed([problemAt(place, refusal._tag, sentenceOf(refusal))])
}

const countsAfter = (
  counts: ImportCounts,
  outcomes: ReadonlyArray<Outcome>,
  retried: ReadonlySet<number>
): ImportCounts => {
  const after = { ...counts }
  for (const { number, verdict } of outcomes) {
    if (retried.has(number)) after.failed -= 1
    after[verdict] += 1
    after.records = Math.max(after.records, number)
  }
  return after
}

const isBad = ({ verdict }: Outcome): boolean => verdict === "failed"

/** How often a record is planned again, when what it was planned over has changed since. */
const plansAgainMax = 3

/** Refusals by which a record finds that somebody else has made it since it was planned. */
const taken: ReadonlySet<string> = new Set(["ExternalIdTaken", "IdTaken", "SkuCodeTaken"])

/** Plans and writes one part; the outcomes are in the order of its records. */
const decidePart = <Kind extends RecordKind, Command, Answer, Refusal extends { _tag: string }, E>({
  plan,
  sentenceOf,
  togetherMax,
  writer
}: Pick<
  ImportRun<Kind, Command, Answer, Refusal, E>,
  "plan" | "sentenceOf" | "togetherMax" | "writer"
>) => {
  const decide = (
    part: ReadonlyArray<FileRecord<Kind>>,
    plansAgain: number
  ): Effect.Effect<ReadonlyArray<Outcome>, StoreError> =>
    Effect.gen(function* () {
      const readable = part.filter((record) => record._tag === "Record")
      const plans = readable.length === 0 ? [] : yield* plan(readable)
      const toDo = plans.filter((one) => one._tag === "Do")
      const done = yield* writer.write(toDo, toDo.length === part.length)
      const doneOf = new Map(toDo.map((one, index) => [one, done[index]]))
      const planOf = new Map(readable.map((record, index) => [record.number, plans[index]]))
      const isStale = ({ number }: FileRecord<Kind>): boolean => {
        const own = planOf.get(number)
        const ended = own?._tag === "Do" ? doneOf.get(own) : undefined
        if (own?._tag !== "Do" || ended?._tag !== "Refused") return false
        return taken.has(ended.refusal._tag) || own.isStale?.(ended.refusal) === true
      }
      const stale = plansAgain === 0 ? [] : part.filter(isStale)
      const again = stale.length === 0 ? [] : yield* decide(stale, plansAgain - 1)
      const againOf = new Map(again.map((outcome) => [outcome.number, outcome]))
      return part.map((record): Outcome => {
        const later = againOf.get(record.number)
        if (later !== undefined) return later
        if (record._tag === "Bad") {
          return { number: record.number, verdict: "failed", problems: record.problems }
        }
        const own = planOf.get(record.number)
        if (own === undefined) throw new Error("a plan left out one of its records")
        return outcomeOf(record, own, own._tag === "Do" ? doneOf.get(own) : undefined, sentenceOf)
      })
    })
  // Of what is written all or nothing, no record can be written alone.
  return (part: ReadonlyArray<FileRecord<Kind>>) =>
    decide(part, togetherMax === undefined ? plansAgainMax : 0)
}

/** Refuses a part that is more than one transaction takes. */
const withinBound = <A>(part: ReadonlyArray<A>, togetherMax: number | undefined) =>
  togetherMax === undefined || part.length <= togetherMax
    ? Effect.succeed(part)
    : Effect.fail(
        new UnusableFile(
          `the file has more than ${togetherMax} records, which is the most that are written all or ` +
            "nothing; split it, or import it without that"
        )
      )

/** Runs an import: the counts after it, those of earlier runs included. */
export const runImport = <
  Kind extends RecordKind,
  Command,
  Answer,
  Refusal extends { readonly _tag: string },
  E
>(
  run: ImportRun<Kind, Command, Answer, Refusal, E>
): Effect.Effect<ImportCounts, E | StoreError | UnusableFile> => {
  const { before, bytesDone, decided, records, sideBySide, togetherMax } = run
  const passed = before?.counts.records ?? 0
  const retried = before?.failed ?? new Set<number>()
  const decide = decidePart(run)
  return records.pipe(
    Stream.filter(({ number }) => number > passed || retried.has(number)),
    Stream.grouped(togetherMax === undefined ? partSizeDefault : togetherMax + 1),
    Stream.mapEffect((part) => withinBound(part, togetherMax)),
    Stream.map((part) => ({ part, bytes: bytesDone() })),
    Stream.mapEffect(
      ({ bytes, part }) => Effect.map(decide(part), (outcomes) => ({ bytes, outcomes })),
      { concurrency: sideBySide }
    ),
    Stream.runFoldEffect(
      () => before?.counts ?? noCounts,
      (counts, { bytes, outcomes }) => {
        const isUndone =
          togetherMax !== undefined && outcomes.some(({ verdict }) => verdict === "failed")
        const after = isUndone
          ? { ...countsAfter(counts, outcomes.filter(isBad), retried), records: outcomes.length }
          : countsAfter(counts, outcomes, retried)
        const failed = outcomes.flatMap(({ number, problems, verdict }) =>
          verdict === "failed" ? [{ number, problems }] : []
        )
        const tried = outcomes.map(({ number }) => number)
        return Effect.as(decided({ counts: after, tried, failed, bytesDone: bytes }), after)
      }
    )
  )
}
