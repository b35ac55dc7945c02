/**
 * One batch through the store: its scope, its one transaction, and how the transaction ended for
 * each request. A batch sheds the commands that it need not wait for: those that want locks of
 * others, and those that need lapsed holds expired first. When one request is to blame and nobody
 * knows which, the batch runs again in parts.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { draftRecords } from "../audit/draftRecords.ts"
import { type Versions, versionsByCommand } from "../kernel/DomainEvent.ts"
import type { Receipt } from "../kernel/Receipt.ts"
import { StoreError } from "../kernel/StoreError.ts"
import { type BatchMeter, noBatchMeter } from "../metrics/batchMeter.ts"
import { steadyMillisNow } from "../metrics/steadyMillis.ts"
import { inLinkedSpan } from "../tracing/spans.ts"
import type { BatchChanges, Contended, Locking } from "./BatchStore.ts"
import {
  type Domain,
  type DomainTypes,
  type OutcomeOf,
  requestNames,
  type SheddingRules,
  type StoreOf
} from "./Domain.ts"
import type * as GroupCommit from "./GroupCommit.ts"
import type { Executed } from "./Request.ts"

/** How one request of a batch ended. */
export type RequestExit<T extends DomainTypes> = Exit.Exit<
  Executed<T["answer"]>,
  T["refusal"] | StoreError
>

/** What a command waits for: an obstacle, or its turn alone, when every lock is waited for. */
export interface Awaited<Obstacle> {
  readonly name: string
  readonly obstacle: Obstacle | "every lock"
}

/** How a transaction ended for one request. */
export type RequestEnd<T extends DomainTypes> = GroupCommit.End<
  T["request"],
  Executed<T["answer"]>,
  T["refusal"],
  Awaited<T["obstacle"]>
>

/** Commits the batches of a context. */
export type Commit<T extends DomainTypes> = GroupCommit.Commit<
  T["request"],
  Executed<T["answer"]>,
  T["refusal"],
  Awaited<T["obstacle"]>
>

/** How kept answers are read, by the tag of their command. */
const decodersOf = <T extends DomainTypes>({ answerOf }: Domain<T>) =>
  new Map(
    Object.entries(answerOf).map(([tag, schema]) => [
      tag,
      Schema.decodeUnknownSync(Schema.fromJsonString(schema as Schema.Codec<T["answer"], unknown>))
    ])
  )

/** Replays the kept answer, or answers `AnswerUnreadable` when this release cannot read it. */
const replayed = <T extends DomainTypes>(
  decode: ((text: string) => T["answer"]) | undefined,
  { answer, answerVersion }: Receipt
): RequestExit<T> => {
  try {
    if (decode === undefined) throw new Error("no answer of this command is known")
    return Exit.succeed({ answer: decode(answer), isReplayed: true })
  } catch (cause) {
    return Exit.fail(
      new StoreError({
        reason: "AnswerUnreadable",
        message:
          "the first request with this idempotency key took effect, but this release cannot read " +
          `its answer of form ${answerVersion}; read the current state instead of repeating it`,
        cause
      })
    )
  }
}

/** How often in a row a request makes way for what seems to be a batch of an engine. */
const waysMadeMax = 2

/**
 * The requests that leave a batch because of these locks, and how the transaction ended for each. A
 * lock that a batch of an engine holds is soon free, so its requests go again. After two more tries
 * they wait for any lock, since a store cannot always know who holds it. A request that must not
 * overtake a leaving one leaves with it.
 */
const shedOf = <T extends DomainTypes>(
  rules: SheddingRules<T>,
  claimsOf: (request: T["request"]) => ReadonlyArray<string>,
  batch: ReadonlyArray<T["request"]>,
  locked: T["locked"],
  hasWaited: boolean
): ReadonlyMap<T["request"], RequestEnd<T>> => {
  const leaving = new Map<T["request"], RequestEnd<T>>()
  const claimed = new Map<string, RequestEnd<T>>()
  const endBefore = (request: T["request"], obstacle: T["obstacle"]): RequestEnd<T> => {
    const madeWay = hasWaited ? 0 : (request.madeWay ?? 0)
    return rules.isBrief(obstacle, locked) && madeWay < waysMadeMax
      ? { _tag: "Again", request: { ...request, madeWay: madeWay + 1 } }
      : { _tag: "Waits", obstacle: { name: rules.nameOfObstacle(obstacle), obstacle } }
  }
  for (const request of batch) {
    const obstacle = rules.obstacleOf(request, locked)
    const claims = claimsOf(request)
    const end =
      obstacle === undefined
        ? claims.flatMap((name) => claimed.get(name) ?? [])[0]
        : endBefore(request, obstacle)
    if (end === undefined) continue
    // A follower met no lock itself, so this try does not count for it.
    const isFollower = obstacle === undefined && end._tag === "Again"
    leaving.set(request, isFollower ? { _tag: "Again", request } : end)
    for (const name of claims) claimed.set(name, end)
  }
  return leaving
}

const ended = <T extends DomainTypes>(exit: RequestExit<T>): RequestEnd<T> => ({
  _tag: "Ended",
  exit
})

/** Hears, once a batch, what took effect: for figures, which cost no command anything. */
export type Witness<T extends DomainTypes> = (
  changes: T["changes"],
  outcomes: ReadonlyArray<OutcomeOf<T>>
) => void

/** Commits batches over a store, one transaction a call, and answers how each request ended. */
export const commitOver = <T extends DomainTypes>(
  domain: Domain<T>,
  store: StoreOf<T>,
  nextId: () => string,
  meter: BatchMeter = noBatchMeter,
  witness?: Witness<T>
): Commit<T> => {
  const decoders = decodersOf(domain)
  const { shedding } = domain
  const { claims } = requestNames(domain)
  const renewed = (request: T["request"]): T["request"] => ({
    ...request,
    origin: { ...request.origin, commandId: nextId() }
  })
  const endOf = (
    request: T["request"],
    outcome: OutcomeOf<T> | undefined,
    versionsOf: (commandId: string) => Versions
  ): RequestEnd<T> => {
    switch (outcome?._tag) {
      case undefined:
        return ended(Exit.die(new Error("a store lost the outcome of a request")))
      case "Again":
        return { _tag: "Again", request: renewed(request) }
      case "Answered":
        return ended(
          Exit.succeed({
            answer: outcome.answer,
            isReplayed: false,
            versions: () => versionsOf(request.origin.commandId)
          })
        )
      case "Replayed":
        return ended(replayed(decoders.get(request.command._tag), outcome.receipt))
      case "Refused":
        meter.refused(request.command._tag, outcome.refusal)
        return ended(Exit.fail(outcome.refusal))
      case "Defect":
        return ended(Exit.die(outcome.defect))
    }
  }
  const commit = Effect.fnUntraced(function* (
    batch: ReadonlyArray<T["request"]>,
    awaited?: Awaited<T["obstacle"]> | null,
    untilMillis?: number
  ) {
    const leaving = new Map<T["request"], RequestEnd<T>>()
    let staying = batch
    const batchId = nextId()
    const scope = yield* Effect.exit(Effect.sync(() => domain.scopeOf(batchId, batch)))
    if (Exit.isFailure(scope)) return batch.map(blamed<T>(batch, Exit.failCause(scope.cause)))
    const obstacle = awaited?.obstacle
    const locking: Locking<T["scope"], T["locked"], T["obstacle"]> | undefined = shedding && {
      waitFor: awaited === null || obstacle === "every lock" ? null : obstacle,
      untilMillis,
      shed: (locked) => {
        const shed = shedOf(shedding, claims, staying, locked, awaited != null)
        for (const [request, end] of shed) leaving.set(request, end)
        staying = batch.filter((request) => !leaving.has(request))
        const metEngines = [...shed.values()].every(({ _tag }) => _tag === "Again")
        return { scope: domain.scopeOf(batchId, staying), metEngines }
      }
    }
    let versionsOf = versionsByCommand([])
    let changes: T["changes"] | undefined
    const exit = yield* Effect.exit(
      store.transact(
        scope.value,
        (loaded) => {
          const decision = recorded(domain, domain.fold(loaded, staying), staying)
          changes = decision.changes
          versionsOf = versionsByCommand((changes as BatchChanges).events)
          return decision
        },
        obstacle === "every lock" ? undefined : locking
      )
    )
    if (Exit.isSuccess(exit) && changes !== undefined) witness?.(changes, exit.value)
    const isLate = (yield* steadyMillisNow) > (untilMillis ?? Number.POSITIVE_INFINITY)
    const endOfStaying: (request: T["request"], index: number) => RequestEnd<T> = Exit.isSuccess(
      exit
    )
      ? (request, index) => endOf(request, exit.value[index], versionsOf)
      : isLate && awaited != null && obstacle !== undefined && isBusy(exit.cause)
        ? // The time of one request is up. The others go on waiting.
          () => ({ _tag: "Waits", obstacle: awaited })
        : failed<T>(staying, exit.cause)
    if (leaving.size === 0) return batch.map(endOfStaying)
    let index = 0
    return batch.map((request) => leaving.get(request) ?? endOfStaying(request, index++))
  })
  return (batch, awaited, untilMillis) =>
    inLinkedSpan(commit(batch, awaited, untilMillis), "commit batch", () => ({
      kind: "internal",
      of: batch.flatMap(({ span }) => span ?? []),
      attributes: {
        "holdfast.context": domain.name ?? "other",
        "holdfast.batch.commands": batch.length
      }
    }))
}

/** A decision with the records of the audit log that its requests ask for. */
export const recorded = <T extends DomainTypes>(
  { recordRules = {} }: Domain<T>,
  decision: ReturnType<Domain<T>["fold"]>,
  requests: ReadonlyArray<T["request"]>
): ReturnType<Domain<T>["fold"]> => {
  const { events } = decision.changes as BatchChanges
  const audit = draftRecords(requests, decision.answer, events, recordRules)
  return audit.length === 0 ? decision : { ...decision, audit }
}

/** Whether nothing was written because a lock was not free in time. */
const isBusy = (cause: Cause.Cause<StoreError | Contended>): boolean => {
  const error = Option.getOrUndefined(Cause.findErrorOption(cause))
  return error?._tag === "StoreError" && error.reason === "Busy"
}

/** What a failure means to a batch when one request may be to blame. */
const blamed =
  <T extends DomainTypes>(batch: ReadonlyArray<T["request"]>, exit: RequestExit<T>) =>
  (): RequestEnd<T> =>
    batch.length > 1 ? { _tag: "Apart" } : ended(exit)

/** What the failure of a transaction means to each of its requests. */
const failed = <T extends DomainTypes>(
  batch: ReadonlyArray<T["request"]>,
  cause: Cause.Cause<StoreError | Contended>
): ((request: T["request"]) => RequestEnd<T>) => {
  const error = Option.getOrUndefined(Cause.findErrorOption(cause))
  if (error === undefined) return () => ended(Exit.failCause(cause as Cause.Cause<never>))
  if (error._tag === "Contended") {
    return batch.length > 1
      ? () => ({ _tag: "Apart" })
      : ({ origin }) => ({
          _tag: "Waits",
          obstacle: { name: `command ${origin.commandId}`, obstacle: "every lock" }
        })
  }
  const exit: RequestExit<T> = Exit.failCause(cause as Cause.Cause<StoreError>)
  return error.reason === "Rejected" ? blamed<T>(batch, exit) : () => ended(exit)
}
