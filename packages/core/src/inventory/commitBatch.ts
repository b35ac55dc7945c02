/**
 * One batch through the store: its scope, its transaction, and each request's own answer. What a
 * database rejects is run again request by request, so that only the culprit fails.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"
import type { StoreError } from "../kernel/StoreError.ts"
import { scopeOf } from "./batchScope.ts"
import { foldBatch, type Outcome, type Request } from "./foldBatch.ts"
import { answerOf, type InventoryAnswer } from "./InventoryAnswer.ts"
import type { CommandTag } from "./InventoryCommand.ts"
import type { InventoryRefusal } from "./InventoryError.ts"
import type { StockStore } from "./StockStore.ts"

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

/** Commits batches over a store; every request of a batch gets its exit, in order. */
export const commitOver = (
  store: StockStore["Service"],
  nextBatchId: () => string
): ((batch: ReadonlyArray<Request>) => Effect.Effect<ReadonlyArray<RequestExit>, StoreError>) => {
  const once = Effect.fnUntraced(function* (batch: ReadonlyArray<Request>) {
    const exits: Array<RequestExit> = new Array(batch.length)
    let waiting = batch.map((request, index) => ({ request, index }))
    while (waiting.length > 0) {
      const requests = waiting.map(({ request }) => request)
      const scope = scopeOf(nextBatchId(), requests)
      const outcomes = yield* store.transact(scope, (loaded) => foldBatch(loaded, requests))
      waiting = waiting.filter(({ index, request }, position) => {
        const outcome = outcomes[position]
        if (outcome === undefined) throw new Error("a store lost the outcome of a request")
        if (outcome._tag === "Again") return true
        exits[index] = exitOf(request, outcome)
        return false
      })
    }
    return exits
  })
  const alone = (request: Request): Effect.Effect<RequestExit> =>
    Effect.map(Effect.exit(once([request])), (exit) =>
      Exit.isFailure(exit)
        ? Exit.failCause(exit.cause)
        : (exit.value[0] ?? Exit.die(new Error("a batch of one left its request unanswered")))
    )
  return (batch) =>
    Effect.catchIf(
      once(batch),
      (error) => error.reason === "Rejected" && batch.length > 1,
      () => Effect.forEach(batch, alone)
    )
}
