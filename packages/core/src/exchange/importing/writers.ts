/**
 * The ways in which the commands of a file are run: each as it comes, many in flight, so that group
 * commit fills its batches; all in one transaction or none; or as a trial that writes nothing.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import * as Semaphore from "effect/Semaphore"
import type { EngineOptions } from "../../engine/commandService.ts"
import type { Domain, DomainTypes, OutcomeOf, StoreOf } from "../../engine/Domain.ts"
import { decideTogether, isAnswered } from "../../engine/methods/decideTogether.ts"
import type { RequestOptions } from "../../engine/RequestOptions.ts"
import type { InvalidInput } from "../../kernel/InvalidInput.ts"
import { StoreError } from "../../kernel/StoreError.ts"
import type { Commands, Done, Writer } from "./Plan.ts"

/** Runs one command of a context, as its service does. */
export type Run<T extends DomainTypes> = (
  command: T["request"]["command"],
  options: RequestOptions | undefined
) => Effect.Effect<T["answer"], T["refusal"] | InvalidInput | StoreError>

type WriterOf<T extends DomainTypes> = Writer<
  T["request"]["command"],
  T["answer"],
  T["refusal"] | InvalidInput
>
type DoneOf<T extends DomainTypes> = Done<T["answer"], T["refusal"] | InvalidInput>

/** Checks a command before it is decided: a list that is too long, and what else its schema says. */
export type Check<T extends DomainTypes> = (
  command: T["request"]["command"]
) => Result.Result<unknown, InvalidInput>

const caller = "import"

const keyed = <Command>(command: Command) => ({ command })

/** What became of a record, by the outcomes of its commands. */
const doneOf = <T extends DomainTypes>(
  outcomes: ReadonlyArray<OutcomeOf<T>>
): Effect.Effect<DoneOf<T>, StoreError> => {
  const answers: Array<T["answer"]> = []
  for (const outcome of outcomes) {
    if (outcome._tag === "Refused") {
      return Effect.succeed({ _tag: "Refused", refusal: outcome.refusal })
    }
    if (outcome._tag === "Defect") return Effect.die(outcome.defect)
    if (outcome._tag === "Again") {
      return Effect.fail(
        new StoreError({
          reason: "Busy",
          message: "more holds have lapsed than one transaction expires; try again shortly"
        })
      )
    }
    if (outcome._tag === "Answered") answers.push(outcome.answer)
  }
  return Effect.succeed({ _tag: "Answered", answers })
}

const checkedFirst = <T extends DomainTypes>(
  check: Check<T>,
  { commands }: Commands<T["request"]["command"]>
): DoneOf<T> | undefined => {
  for (const command of commands) {
    const checked = check(command)
    if (Result.isFailure(checked)) return { _tag: "Refused", refusal: checked.failure }
  }
  return undefined
}

/** What a context brings to the writers. */
export interface WriterParts<T extends DomainTypes> {
  readonly domain: Domain<T>
  readonly store: StoreOf<T>
  readonly check: Check<T>
  /** Which changes get a record in the audit log: see `EngineOptions`. */
  readonly audit?: EngineOptions["audit"]
}

/**
 * Runs commands as they come. The commands of one record are one transaction. `order` says whether
 * a record may need what the ones before it write.
 */
export const liveWriter = <T extends DomainTypes>(
  { audit, check, domain, store }: WriterParts<T>,
  run: Run<T>,
  order: "any" | "file"
): WriterOf<T> => {
  const together = decideTogether(domain, store, audit)
  const ownTransactions = Semaphore.makeUnsafe(ownTransactionsMax)
  const written = (
    record: Commands<T["request"]["command"]>
  ): Effect.Effect<DoneOf<T>, StoreError> => {
    const [command, ...others] = record.commands
    if (command === undefined) return Effect.succeed({ _tag: "Answered", answers: [] })
    const refused = checkedFirst(check, record)
    if (refused !== undefined) return Effect.succeed(refused)
    if (others.length > 0) {
      const mayWrite = (outcomes: ReadonlyArray<OutcomeOf<T>>) => outcomes.every(isAnswered)
      return ownTransactions.withPermits(1)(
        Effect.flatMap(together(record.commands.map(keyed), { mayWrite }), doneOf<T>)
      )
    }
    const options = record.key === undefined ? undefined : { idempotencyKey: record.key, caller }
    return Effect.catch(
      Effect.map(
        run(command, options),
        (answer): DoneOf<T> => ({
          _tag: "Answered",
          answers: [answer]
        })
      ),
      (error): Effect.Effect<DoneOf<T>, StoreError> =>
        (error as { readonly _tag?: unknown })._tag === "StoreError"
          ? Effect.fail(error as StoreError)
          : Effect.succeed({ _tag: "Refused", refusal: error as T["refusal"] })
    )
  }
  type Records = ReadonlyArray<Commands<T["request"]["command"]>>
  const sideBySide = (records: Records) =>
    Effect.forEach(records, written, { concurrency: "unbounded" })
  /** What was not begun, because so much was brought at once, is tried again a few at a time. */
  const inAnyOrder = Effect.fnUntraced(function* (records: Records) {
    const first = yield* Effect.forEach(records, (record) => Effect.result(written(record)), {
      concurrency: "unbounded"
    })
    return yield* Effect.forEach(
      records,
      (record, index) => {
        const done = first[index]
        if (done !== undefined && Result.isSuccess(done)) return Effect.succeed(done.success)
        return done === undefined || done.failure.isRetryable
          ? Effect.retry(written(record), retrying)
          : Effect.fail(done.failure)
      },
      { concurrency: retriedAtOnce }
    )
  })
  return {
    write: (records) =>
      order === "any"
        ? inAnyOrder(records)
        : Effect.map(Effect.forEach(runsOf(records), sideBySide), (done) => done.flat())
  }
}

/** Transactions beside the engine's own: each waits for a connection, and gathers nothing. */
const ownTransactionsMax = 4

/** Records that are tried again side by side: few enough that none waits for long. */
const retriedAtOnce = 8

/** A database that is away for longer than this ends the import, which can go on later. */
const retrying = {
  while: (error: StoreError) => error.isRetryable,
  times: 4,
  schedule: Schedule.exponential("100 millis")
}

/**
 * Records in runs that are written one after another. The engine decides single commands in the
 * order in which it gets them; a record of several is a transaction of its own beside it.
 */
const runsOf = <Command>(
  records: ReadonlyArray<Commands<Command>>
): ReadonlyArray<ReadonlyArray<Commands<Command>>> => {
  const runs: Array<Array<Commands<Command>>> = []
  let isAlone = true
  for (const record of records) {
    const wasAlone = isAlone
    isAlone = record.commands.length > 1
    if (isAlone || wasAlone) runs.push([record])
    else runs.at(-1)?.push(record)
  }
  return runs
}

/** What the trial of a context remembers of what it would have written. */
export interface Overlay<T extends DomainTypes> {
  readonly loadedWith: (loaded: T["loaded"]) => T["loaded"]
  readonly decided: (changes: T["changes"]) => void
}

/** The most records of one transaction. */
export const togetherMax = 10_000

const manyWriter = <T extends DomainTypes>(
  { audit, check, domain, store }: WriterParts<T>,
  mayWrite: (outcomes: ReadonlyArray<OutcomeOf<T>>) => boolean,
  overlay?: Overlay<T>
): WriterOf<T> => {
  const together = decideTogether(domain, store, audit)
  return {
    write: Effect.fnUntraced(function* (records, isWhole) {
      const refused = records.map((record) => checkedFirst(check, record))
      const all = records.flatMap(({ commands, key }, index) =>
        refused[index] === undefined
          ? commands.map((command) => ({
              command,
              key: key === undefined ? undefined : { caller, key }
            }))
          : []
      )
      const isGood = isWhole && refused.every((one) => one === undefined)
      const outcomes = yield* together(all, {
        ...overlay,
        mayWrite: (decided) => isGood && mayWrite(decided)
      })
      let place = 0
      return yield* Effect.forEach(
        records,
        ({ commands }, index): Effect.Effect<DoneOf<T>, StoreError> => {
          const known = refused[index]
          if (known !== undefined) return Effect.succeed(known)
          const mine = outcomes.slice(place, place + commands.length)
          place += commands.length
          return doneOf<T>(mine)
        }
      )
    })
  }
}

/** Writes all records in one transaction, or none of them. */
export const togetherWriter = <T extends DomainTypes>(parts: WriterParts<T>): WriterOf<T> =>
  manyWriter(parts, (outcomes) => outcomes.every(isAnswered))

/** Decides what would become of records, and writes nothing. */
export const trialWriter = <T extends DomainTypes>(
  parts: WriterParts<T>,
  overlay?: Overlay<T>
): WriterOf<T> => manyWriter(parts, () => false, overlay)
