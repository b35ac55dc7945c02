/**
 * The fold: a batch of commands, in arrival order, over one book. Each command sees what the ones
 * before it did; a refusal leaves no trace; a throw is the defect of the command that threw.
 */
import * as Result from "effect/Result"
import { type Decided, foldRequests } from "../../engine/foldRequests.ts"
import type { Outcome } from "../../engine/Request.ts"
import { CatalogChanges } from "../decide/CatalogChanges.ts"
import { noObjection } from "../decide/Draft.ts"
import { decide } from "../decide/decide.ts"
import { fromLoaded, OpenBook } from "../decide/OpenBook.ts"
import { answerVersion, type CatalogAnswer } from "../messages/CatalogAnswer.ts"
import type { CatalogRefusal } from "../messages/CatalogError.ts"
import type { CatalogDecision } from "../ports/CatalogStore.ts"
import type { LoadedCatalog } from "../state/CatalogBook.ts"
import type { CatalogRequest } from "./batchScope.ts"

/** How a request of the catalog ended in its batch. */
export type CatalogOutcome = Outcome<CatalogAnswer, CatalogRefusal>

/** Folds requests over what a store loaded: their outcomes, in order, and the rows to write. */
export const foldBatch = (
  loaded: LoadedCatalog,
  requests: ReadonlyArray<CatalogRequest>
): CatalogDecision<ReadonlyArray<CatalogOutcome>> => {
  const book = new OpenBook(fromLoaded(loaded))
  const decideOne = ({
    command,
    origin,
    word = noObjection
  }: CatalogRequest): Decided<CatalogAnswer, CatalogRefusal> => {
    const decision = decide(book, command, origin, word)
    if (Result.isFailure(decision)) return { _tag: "Refused", refusal: decision.failure }
    book.absorb(decision.success.book)
    return { _tag: "Answered", answer: decision.success.answer }
  }
  const { outcomes, receipts } = foldRequests(requests, loaded.receipts, answerVersion, decideOne)
  return { changes: CatalogChanges.of(book, receipts), answer: outcomes }
}
