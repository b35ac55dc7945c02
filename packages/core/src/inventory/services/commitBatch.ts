/**
 * One batch through the store: its scope, its one transaction, and how the transaction ended for
 * each request. A batch sheds the commands that it need not wait for: those that want locks of
 * others, and those that need lapsed holds expired first. When one request is to blame and nobody
 * knows which, the batch runs again in parts.
 */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type * as GroupCommit from "../../engine/GroupCommit.ts"
import { StoreError } from "../../kernel/StoreError.ts"
import { claimsOf, nameOfObstacle, obstacleOf, scopeOf, touchesOf } from "../batch/batchScope.ts"
import { foldBatch, type Outcome, type Request } from "../batch/foldBatch.ts"
import { answerOf, type InventoryAnswer } from "../messages/InventoryAnswer.ts"
import type { CommandTag } from "../messages/InventoryCommand.ts"
import type { InventoryRefusal } from "../messages/InventoryError.ts"
import type { Contended, LockedStock, Locking, Obstacle, StockStore } from "../ports/StockStore.ts"
import type { Receipt } from "../state/StockBook.ts"

/** An answer, and whether it is the first one to an idempotency key, given back. */
export interface Executed<Answer> {
  readonly answer: Answer
  readonly isReplayed: boolean
}

/** How one request of a batch ended. */
export type RequestExit = Exit.Exit<Executed<InventoryAnswer>, InventoryRefusal | StoreError>

/** What a command waits for: an obstacle, or its turn alone, when every lock is waited for. */
export interface Awaited {
  readonly name: string
  readonly obstacle: Obstacle | "every lock"
}

/** How a transaction ended for one request. */
export type RequestEnd = GroupCommit.End<
  Request,
  Executed<InventoryAnswer>,
  InventoryRefusal,
  Awaited
>

/** The names that keep requests in order behind one that waits. */
export const requestNames = { claims: claimsOf, touches: touchesOf }

type Decoder = (text: string) => InventoryAnswer

const decoders = Object.fromEntries(
  Object.entries(answerOf).map(([tag, schema]) => [
    tag,
    Schema.decodeUnknownSync(
      Schema.fromJsonString(schema as Schema.Codec<InventoryAnswer, unknown>)
    )
  ])
) as unknown as { readonly [Tag in CommandTag]: Decoder }

/** Replays the kept answer, or answers `AnswerUnreadable` when this release cannot read it. */
const replayed = (request: Request, { answer, answerVersion }: Receipt): RequestExit => {
  try {
    return Exit.succeed({ answer: decoders[request.command._tag](answer), isReplayed: true })
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

const exitOf = (request: Request, outcome: Exclude<Outcome, { _tag: "Again" }>): RequestExit => {
  switch (outcome._tag) {
    case "Answered":
      return Exit.succeed({ answer: outcome.answer, isReplayed: false })
    case "Replayed":
      return replayed(request, outcome.receipt)
    case "Refused":
      return Exit.fail(outcome.refusal)
    case "Defect":
      return Exit.die(outcome.defect)
  }
}

/** How often in a row a request makes way for what seems to be a batch of an engine. */
const waysMadeMax = 2

/**
 * The requests that leave a batch because of these locks, and how the transaction ended for each. A
 * lock that a batch of an engine holds is soon free, so its requests go again. After two more tries
 * they wait, whoever holds the lock: a store cannot always tell. A request that must not overtake a
 * leaving one leaves with it.
 */
const shedOf = (
  batch: ReadonlyArray<Request>,
  locked: LockedStock,
  hasWaited: boolean
): ReadonlyMap<Request, RequestEnd> => {
  const leaving = new Map<Request, RequestEnd>()
  const claimed = new Map<string, RequestEnd>()
  const endBefore = (request: Request, obstacle: Obstacle): RequestEnd => {
    const madeWay = hasWaited ? 0 : (request.madeWay ?? 0)
    return locked.isBrief(obstacle) && madeWay < waysMadeMax
      ? { _tag: "Again", request: { ...request, madeWay: madeWay + 1 } }
      : { _tag: "Waits", obstacle: { name: nameOfObstacle(obstacle), obstacle } }
  }
  for (const request of batch) {
    const obstacle = obstacleOf(request, locked)
    const end =
      obstacle === undefined
        ? claimsOf(request).flatMap((name) => claimed.get(name) ?? [])[0]
        : endBefore(request, obstacle)
    if (end === undefined) continue
    // Who only follows has not tried in vain itself.
    const isFollower = obstacle === undefined && end._tag === "Again"
    leaving.set(request, isFollower ? { _tag: "Again", request } : end)
    for (const name of claimsOf(request)) claimed.set(name, end)
  }
  return leaving
}

const ended = (exit: RequestExit): RequestEnd => ({ _tag: "Ended", exit })

/** Commits batches over a store, one transaction a call, and answers how each request ended. */
export const commitOver = (
  store: StockStore["Service"],
  nextId: () => string
): GroupCommit.Commit<Request, Executed<InventoryAnswer>, InventoryRefusal, Awaited> => {
  const renewed = (request: Request): Request => ({
    ...request,
    origin: { ...request.origin, commandId: nextId() }
  })
  const endOf = (request: Request, outcome: Outcome | undefined): RequestEnd => {
    if (outcome === undefined) {
      return ended(Exit.die(new Error("a store lost the outcome of a request")))
    }
    return outcome._tag === "Again"
      ? { _tag: "Again", request: renewed(request) }
      : ended(exitOf(request, outcome))
  }
  return Effect.fnUntraced(function* (
    batch: ReadonlyArray<Request>,
    awaited?: Awaited | null,
    untilMillis?: number
  ) {
    const leaving = new Map<Request, RequestEnd>()
    let staying = batch
    const batchId = nextId()
    const scope = yield* Effect.exit(Effect.sync(() => scopeOf(batchId, batch)))
    if (Exit.isFailure(scope)) return batch.map(blamed(batch, Exit.failCause(scope.cause)))
    const obstacle = awaited?.obstacle
    const locking: Locking = {
      waitFor: awaited === null || obstacle === "every lock" ? null : obstacle,
      untilMillis,
      shed: (locked) => {
        const shed = shedOf(staying, locked, awaited != null)
        for (const [request, end] of shed) leaving.set(request, end)
        staying = batch.filter((request) => !leaving.has(request))
        const metEngines = [...shed.values()].every(({ _tag }) => _tag === "Again")
        return { scope: scopeOf(batchId, staying), metEngines }
      }
    }
    const exit = yield* Effect.exit(
      store.transact(
        scope.value,
        (loaded) => foldBatch(loaded, staying),
        obstacle === "every lock" ? undefined : locking
      )
    )
    const isLate = (yield* Clock.currentTimeMillis) > (untilMillis ?? Number.POSITIVE_INFINITY)
    const endOfStaying = Exit.isSuccess(exit)
      ? (request: Request, index: number) => endOf(request, exit.value[index])
      : isLate && obstacle !== undefined && isBusy(exit.cause)
        ? // The time of one is up. Whose time is not waits on.
          (): RequestEnd => ({ _tag: "Waits", obstacle: awaited as Awaited })
        : failed(staying, exit.cause)
    if (leaving.size === 0) return batch.map(endOfStaying)
    let index = 0
    return batch.map((request) => leaving.get(request) ?? endOfStaying(request, index++))
  })
}

/** Whether nothing was written since what the batch wanted was not free in time. */
const isBusy = (cause: Cause.Cause<StoreError | Contended>): boolean => {
  const error = Option.getOrUndefined(Cause.findErrorOption(cause))
  return error?._tag === "StoreError" && error.reason === "Busy"
}

/** What a failure means to a batch when one request may be to blame. */
const blamed = (batch: ReadonlyArray<Request>, exit: RequestExit) => (): RequestEnd =>
  batch.length > 1 ? { _tag: "Apart" } : ended(exit)

/** What the failure of a transaction means to each of its requests. */
const failed = (
  batch: ReadonlyArray<Request>,
  cause: Cause.Cause<StoreError | Contended>
): ((request: Request) => RequestEnd) => {
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
  const exit: RequestExit = Exit.failCause(cause as Cause.Cause<StoreError>)
  return error.reason === "Rejected" ? blamed(batch, exit) : () => ended(exit)
}
