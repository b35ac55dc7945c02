/**
 * One batch through the store: its scope, its transaction, and each request's own answer. What a
 * database rejects is run again in halves, so that only the culprit fails.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { StoreError } from "../kernel/StoreError.ts"
import { scopeOf } from "./batchScope.ts"
import { foldBatch, type Outcome, type Request } from "./foldBatch.ts"
import { answerOf, type InventoryAnswer } from "./InventoryAnswer.ts"
import type { CommandTag } from "./InventoryCommand.ts"
import type { InventoryRefusal } from "./InventoryError.ts"
import type { StockScope, StockStore } from "./StockStore.ts"

/** An answer, and whether it is the first one to an idempotency key, given back. */
export interface Executed<Answer> {
  readonly answer: Answer
  readonly isReplayed: boolean
}

/** How one request of a batch ended. */
export type RequestExit = Exit.Exit<Executed<InventoryAnswer>, InventoryRefusal | StoreError>

type Decoder = (text: string) => InventoryAnswer

const decoders = Object.fromEntries(
  Object.entries(answerOf).map(([tag, schema]) => [
    tag,
    Schema.decodeUnknownSync(
      Schema.fromJsonString(schema as Schema.Codec<InventoryAnswer, unknown>)
    )
  ])
) as unknown as { readonly [Tag in CommandTag]: Decoder }

const exitOf = (request: Request, outcome: Exclude<Outcome, { _tag: "Again" }>): RequestExit => {
  switch (outcome._tag) {
    case "Answered":
      return Exit.succeed({ answer: outcome.answer, isReplayed: false })
    case "Replayed":
      return Exit.succeed({
        answer: decoders[request.command._tag](outcome.answer),
        isReplayed: true
      })
    case "Refused":
      return Exit.fail(outcome.refusal)
    case "Defect":
      return Exit.die(outcome.defect)
  }
}

/**
 * Commits batches over a store; every request of a batch gets its exit, in order. A request that
 * lapsed holds are in the way of goes round again: what its neighbours were answered stands,
 * whatever happens to the later rounds.
 */
export const commitOver = (
  store: StockStore["Service"],
  nextId: () => string
): ((batch: ReadonlyArray<Request>) => Effect.Effect<ReadonlyArray<RequestExit>>) => {
  const transact = (scope: StockScope, requests: ReadonlyArray<Request>) =>
    store.transact(scope, (loaded) => foldBatch(loaded, requests))
  const renewed = (request: Request): Request => ({
    ...request,
    origin: { ...request.origin, commandId: nextId() }
  })
  const settle: (batch: ReadonlyArray<Request>) => Effect.Effect<ReadonlyArray<RequestExit>> =
    Effect.fnUntraced(function* (batch: ReadonlyArray<Request>) {
      const scope = yield* Effect.exit(Effect.sync(() => scopeOf(nextId(), batch)))
      const exit = Exit.isFailure(scope)
        ? Exit.failCause(scope.cause)
        : yield* Effect.exit(transact(scope.value, batch))
      if (Exit.isFailure(exit)) {
        const isOneToBlame = Exit.isFailure(scope) || isRejected(exit.cause)
        if (batch.length === 1 || !isOneToBlame) {
          return batch.map((): RequestExit => Exit.failCause(exit.cause))
        }
        // By halves: one culprit of 500 costs some 20 transactions to find, not 500.
        const middle = batch.length >> 1
        return (yield* Effect.forEach([batch.slice(0, middle), batch.slice(middle)], settle)).flat()
      }
      const outcomes = exit.value
      const waiting = batch.filter((_, index) => outcomes[index]?._tag === "Again")
      const later = waiting.length === 0 ? [] : yield* settle(waiting.map(renewed))
      let taken = 0
      return batch.map((request, index): RequestExit => {
        const outcome = outcomes[index]
        if (outcome !== undefined && outcome._tag !== "Again") return exitOf(request, outcome)
        const exit = outcome === undefined ? undefined : later[taken++]
        return exit ?? Exit.die(new Error("a store lost the outcome of a request"))
      })
    })
  return settle
}

/** Whether the database refused what one request sent; nothing of the batch was written. */
const isRejected = (cause: Cause.Cause<StoreError>): boolean => {
  const error = Cause.findErrorOption(cause)
  return Option.isSome(error) && error.value.reason === "Rejected"
}
