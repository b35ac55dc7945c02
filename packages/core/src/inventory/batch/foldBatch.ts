/**
 * The fold: a batch of commands, in arrival order, over one book. Each command sees what the ones
 * before it did; a refusal leaves no trace; a throw is the defect of the command that threw.
 */
import * as Result from "effect/Result"
import type { Origin } from "../../kernel/DomainEvent.ts"
import { type Decision, decide } from "../decide/decide.ts"
import { fromLoaded, OpenBook } from "../decide/OpenBook.ts"
import { StockChanges } from "../decide/StockChanges.ts"
import { answerVersion, type InventoryAnswer } from "../messages/InventoryAnswer.ts"
import type { CommandOf, InventoryCommand } from "../messages/InventoryCommand.ts"
import type { InventoryRefusal } from "../messages/InventoryError.ts"
import type { StockDecision } from "../ports/StockStore.ts"
import type { LoadedStock, Receipt } from "../state/StockBook.ts"

/** A key that makes a repeat of the request harmless, for one caller. */
export type RequestKey = Pick<Receipt, "caller" | "key" | "fingerprint">

/** One command on its way, with where it came from and the key it is to be remembered by. */
export interface Request {
  readonly command: InventoryCommand
  readonly origin: Origin
  readonly key: RequestKey | null
  /** Whether the order has grown so far that its lines are counted before more are added. */
  readonly isOrderCounted?: boolean
  /** How often in a row it has made way for what seemed to be a batch of an engine. */
  readonly madeWay?: number
}

/**
 * What one request came to. `Again` means that more holds have lapsed than one transaction expires:
 * some are expired now, and the request is to be sent once more, under another command id, since
 * events of this one are written.
 */
export type Outcome =
  | { readonly _tag: "Answered"; readonly answer: InventoryAnswer }
  | { readonly _tag: "Replayed"; readonly receipt: Receipt }
  | { readonly _tag: "Refused"; readonly refusal: InventoryRefusal }
  | { readonly _tag: "Again" }
  | { readonly _tag: "Defect"; readonly defect: unknown }

/** Folds requests over what a store loaded: their outcomes, in order, and the rows to write. */
export const foldBatch = (
  loaded: LoadedStock,
  requests: ReadonlyArray<Request>
): StockDecision<ReadonlyArray<Outcome>> => {
  const book = new OpenBook(fromLoaded(loaded))
  const kept = new Map(loaded.receipts.map((receipt) => [nameOf(receipt), receipt]))
  const receipts: Array<Receipt> = []
  const take = (decision: Decision) => book.absorb(decision.book)
  const outcomeOf = ({ command, key, origin }: Request): Outcome => {
    const receipt = key === null ? undefined : kept.get(nameOf(key))
    if (key !== null && receipt !== undefined) return replayed(receipt, key)
    const decision = decide(book, command, origin)
    if (Result.isFailure(decision)) {
      const lapsed = lapsedInTheWay(loaded, decision.failure)
      if (lapsed === undefined) return { _tag: "Refused", refusal: decision.failure }
      const expiry = decide(book, lapsed, origin)
      if (Result.isSuccess(expiry)) take(expiry.success)
      return { _tag: "Again" }
    }
    take(decision.success)
    if (key !== null) {
      const answer = JSON.stringify(decision.success.answer)
      const answered: Receipt = { ...key, answer, answerVersion }
      kept.set(nameOf(key), answered)
      receipts.push(answered)
    }
    return { _tag: "Answered", answer: decision.success.answer }
  }
  const answer = requests.map((request) => {
    try {
      return outcomeOf(request)
    } catch (defect) {
      return { _tag: "Defect", defect } as const
    }
  })
  return { changes: StockChanges.of(book, receipts), answer }
}

/** Unlike for unlike pairs, whatever characters the caller and the key are made of. */
const nameOf = ({ caller, key }: Pick<Receipt, "caller" | "key">): string =>
  `${caller.length} ${caller}${key}`

const replayed = (receipt: Receipt, key: RequestKey): Outcome =>
  receipt.fingerprint === key.fingerprint
    ? { _tag: "Replayed", receipt }
    : { _tag: "Refused", refusal: { _tag: "IdempotencyMismatch", key: key.key } }

/**
 * The lapsed holds to expire before a request may be refused, or undefined. A short SKU may have
 * more lapsed holds than were loaded, so the loaded ones expire, of any SKU, and the next round
 * loads more. The request goes again even if an earlier command of the batch has expired them.
 */
const lapsedInTheWay = (
  loaded: LoadedStock,
  refusal: InventoryRefusal
): CommandOf<"ExpireReservations"> | undefined => {
  if (loaded.lapsedMore.length === 0 || loaded.lapsed.length === 0) return undefined
  const isShort = shortSkusOf(refusal).some((skuId) => loaded.lapsedMore.includes(skuId))
  if (!isShort) return undefined
  return { _tag: "ExpireReservations", reservationIds: loaded.lapsed.map((hold) => hold.id) }
}

/** The SKUs of which a refusal says that promises are in the way. */
const shortSkusOf = (refusal: InventoryRefusal): ReadonlyArray<string> => {
  switch (refusal._tag) {
    case "InsufficientStock":
      return refusal.lines.map((line) => line.skuId)
    case "InsufficientOnHand":
    case "PromisesInTheWay":
    case "SkuInUse":
      return [refusal.skuId]
    default:
      return []
  }
}
