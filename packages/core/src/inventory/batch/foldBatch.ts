/**
 * The fold: a batch of commands, in arrival order, over one book. Each command sees what the ones
 * before it did; a refusal leaves no trace; a throw is the defect of the command that threw.
 */
import * as Result from "effect/Result"
import { type Decided, foldRequests } from "../../engine/foldRequests.ts"
import type { Outcome } from "../../engine/Request.ts"
import type { OrderId, SkuId } from "../../kernel/Identifier.ts"
import { compareTexts } from "../../kernel/Text.ts"
import { type Decision, decide } from "../decide/decide.ts"
import { fromLoaded, OpenBook } from "../decide/OpenBook.ts"
import { type NewCustomer, StockChanges } from "../decide/StockChanges.ts"
import { answerVersion, type InventoryAnswer } from "../messages/InventoryAnswer.ts"
import type { CommandOf } from "../messages/InventoryCommand.ts"
import type { InventoryRefusal } from "../messages/InventoryError.ts"
import type { SkuCommandOf } from "../messages/SkuCommand.ts"
import type { StockDecision } from "../ports/StockStore.ts"
import type { LoadedStock } from "../state/StockBook.ts"
import type { StockRequest } from "./batchScope.ts"
import { admit, outOfBounds } from "./permitting.ts"

/** How a request of the inventory ended in its batch. */
export type StockOutcome = Outcome<InventoryAnswer, InventoryRefusal>

/** Folds requests over what a store loaded: their outcomes, in order, and the rows to write. */
export const foldBatch = (
  loaded: LoadedStock,
  requests: ReadonlyArray<StockRequest>
): StockDecision<ReadonlyArray<StockOutcome>> => {
  const book = new OpenBook(fromLoaded(loaded))
  const take = (decision: Decision) => book.absorb(decision.book)
  const customers = new Map<OrderId, NewCustomer>()
  const decideOne = (request: StockRequest): Decided<InventoryAnswer, InventoryRefusal> => {
    const { command, origin, unmapped } = request
    const wasPlaced =
      command._tag === "PlaceOrder" && book.placedOrder(command.orderId) !== undefined
    // To the engine it is one of the two ways in which a request fails, a refusal or a `StoreError`.
    if (unmapped !== undefined && !wasPlaced) {
      return { _tag: "Refused", refusal: unmapped as InventoryRefusal }
    }
    const decision = decide(book, command, origin)
    const isShort = Result.isFailure(decision) || decision.success.isShort === true
    const lapsed = isShort ? lapsedInTheWay(loaded, shortSkusOf(decision)) : undefined
    if (lapsed !== undefined) {
      const expiry = decide(book, lapsed, origin)
      if (Result.isSuccess(expiry)) take(expiry.success)
      return { _tag: "Again" }
    }
    if (Result.isFailure(decision)) return { _tag: "Refused", refusal: decision.failure }
    const refusal = outOfBounds(request, decision.success)
    if (refusal !== undefined) return { _tag: "Refused", refusal }
    take(decision.success)
    if (request.customer !== undefined && madeHolds(request, decision.success)) {
      const { orderId } = command as SkuCommandOf<"ReserveStock" | "PlaceOrder">
      customers.set(orderId, { orderId, ciphertext: request.customer })
    }
    return { _tag: "Answered", answer: decision.success.answer }
  }
  const { outcomes, receipts } = foldRequests(
    requests,
    loaded.receipts,
    answerVersion,
    decideOne,
    (request) => admit(book, request)
  )
  return { changes: StockChanges.of(book, receipts, inOrder(customers)), answer: outcomes }
}

/** Rows are locked in the order of their keys. */
const inOrder = (customers: ReadonlyMap<OrderId, NewCustomer>): ReadonlyArray<NewCustomer> =>
  customers.size === 0
    ? none
    : [...customers.values()].sort((a, b) => compareTexts(a.orderId, b.orderId))

/** Whether lines are held: of an order that is rejected, or was placed before, nothing is kept. */
const madeHolds = ({ command }: StockRequest, { events }: Decision): boolean =>
  command._tag !== "PlaceOrder" ||
  events.some(({ eventType }) => eventType === "ordering.order.reserved")

/**
 * The lapsed holds to expire before a request may be refused, or an order rejected; or undefined. A short SKU may have
 * more lapsed holds than were loaded, so the loaded ones expire, of any SKU, and the next round
 * loads more. The request goes again even if an earlier command of the batch has expired them.
 */
const lapsedInTheWay = (
  loaded: LoadedStock,
  shortSkuIds: ReadonlyArray<SkuId>
): CommandOf<"ExpireReservations"> | undefined => {
  if (loaded.lapsedMore.length === 0 || loaded.lapsed.length === 0) return undefined
  if (!shortSkuIds.some((skuId) => loaded.lapsedMore.includes(skuId))) return undefined
  return { _tag: "ExpireReservations", reservationIds: loaded.lapsed.map((hold) => hold.id) }
}

/** The SKUs of which a decision says that promises are in the way. */
const shortSkusOf = (decision: Result.Result<Decision, InventoryRefusal>): ReadonlyArray<SkuId> => {
  if (Result.isFailure(decision)) return shortSkusOfRefusal(decision.failure)
  const { answer } = decision.success
  if ("refused" in answer) {
    return answer.lines.flatMap((line) =>
      line._tag === "Refused" ? shortSkusOfRefusal(line.refusal) : none
    )
  }
  return "short" in answer ? answer.short.map((line) => line.skuId) : none
}

const none: ReadonlyArray<never> = []

const shortSkusOfRefusal = (refusal: InventoryRefusal): ReadonlyArray<SkuId> => {
  switch (refusal._tag) {
    case "InsufficientStock":
      return refusal.lines.map((line) => line.skuId)
    case "LinesRefused":
      return refusal.lines.flatMap((line) => shortSkusOfRefusal(line.refusal))
    case "InsufficientOnHand":
    case "PromisesInTheWay":
    case "SkuNotEmpty":
      return [refusal.skuId]
    default:
      return none
  }
}
