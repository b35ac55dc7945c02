/**
 * The decision: a book and a command give events and an answer, or a refusal. Pure: it reads no
 * clock and draws no random number, and the book is never changed. One small function a command,
 * in `decide/`; one switch, here.
 */
import * as Result from "effect/Result"
import type { Origin } from "../../kernel/DomainEvent.ts"
import type { InventoryAnswer } from "../messages/InventoryAnswer.ts"
import type { InventoryRefusal } from "../messages/InventoryError.ts"
import type { InventoryEvent } from "../messages/InventoryEvent.ts"
import { onceOf } from "../messages/MovementCommands.ts"
import type { SkuCommand } from "../messages/SkuCommand.ts"
import * as SkuStock from "../state/SkuStock.ts"
import type { StockBook } from "../state/StockBook.ts"
import { changeStock } from "./bulk/changeStock.ts"
import { Draft } from "./Draft.ts"
import {
  confirmReservation,
  expireReservations,
  extendReservation,
  fulfilReservation,
  releaseReservation,
  resizeReservation
} from "./holds.ts"
import { registerLocation, updateLocation } from "./locations.ts"
import type { Decided } from "./lookups.ts"
import {
  adjustStock,
  countStock,
  fromFuture,
  receiveStock,
  returnStock,
  shipStock,
  takenReference,
  transferStock
} from "./movements.ts"
import type { OpenBook } from "./OpenBook.ts"
import {
  breakBundle,
  claimOrder,
  confirmOrder,
  extendBundle,
  fulfilOrder,
  releaseBundle,
  releaseOrder,
  resizeBundle
} from "./orders.ts"
import { cancelOrder, completeOrder, decideShort, payOrder, placeOrder } from "./placedOrders.ts"
import { reserveStock } from "./reserve.ts"
import { archiveSku, registerSku, unarchiveSku, updateSku } from "./skus.ts"

/** The result of a command: the events that happened, and the answer for its caller. */
export interface Decision {
  readonly events: ReadonlyArray<InventoryEvent>
  readonly answer: InventoryAnswer
  /** The book that it was decided over, with these events in it. */
  readonly book: OpenBook
  /** Whether it says that stock was short, so that lapsed holds may have been in the way. */
  readonly isShort?: boolean
}

/** Decides one command over a book. `origin.commandId` is where derived ids come from. */
export const decide = (
  book: StockBook,
  command: SkuCommand,
  origin: Origin
): Result.Result<Decision, InventoryRefusal> => {
  const draft = new Draft(book, origin)
  const answer = draftCommand(draft, command)
  if (Result.isSuccess(answer)) return Result.succeed(decided(draft, command, answer.success))
  if (command._tag === "PlaceOrder" || command._tag === "PayOrder") {
    const again = new Draft(book, origin)
    const state = decideShort(again, command, answer.failure)
    if (state !== undefined) return Result.succeed({ ...decided(again, command, state), isShort })
  }
  return Result.fail(answer.failure)
}

const isShort = true

const decided = (draft: Draft, command: SkuCommand, answer: InventoryAnswer): Decision => {
  const events = draft.close()
  assertInvariants(draft, command)
  const isBulk = command._tag === "ChangeStock"
  return isBulk ? { events, answer, book: draft, isShort } : { events, answer, book: draft }
}

/**
 * Drafts a command and drops the draft. Returns the answer or the refusal that the command would
 * get.
 */
export const rehearse = (
  book: StockBook,
  command: SkuCommand,
  origin: Origin
): Result.Result<InventoryAnswer, InventoryRefusal> =>
  draftCommand(new Draft(book, origin), command)

const draftCommand = (draft: Draft, command: SkuCommand): Decided<InventoryAnswer> => {
  const untimely = fromFuture(command, draft.now)
  if (untimely !== undefined) return Result.fail(untimely)
  const once = onceOf(command)
  const taken = once === undefined ? undefined : takenReference(draft, once)
  return taken === undefined ? decideCommand(draft, command) : Result.fail(taken)
}

/**
 * A decision that breaks an invariant: a bug of the engine. The engine throws it, so it is the
 * defect of one command, and nothing of that command is written.
 */
export class BrokenInvariant extends Error {
  override readonly name = "BrokenInvariant"
}

const none: ReadonlySet<string> = new Set()

/** The SKUs of which a line accepted a shortfall. */
const acceptedShortfalls = (draft: Draft): ReadonlySet<string> =>
  new Set(
    draft.events.flatMap(({ aggregateId, eventType, payload }) =>
      eventType === "inventory.stock.updated" && payload.shortfallAccepted ? [aggregateId] : []
    )
  )

/** Checks the bounds of every SKU that a decision changed. */
const assertInvariants = (draft: Draft, command: SkuCommand): void => {
  const isAccepted = "onShortfall" in command && command.onShortfall === "ACCEPT"
  const acceptedOf = command._tag === "ChangeStock" ? acceptedShortfalls(draft) : none
  for (const after of draft.stocks) {
    const before = draft.base.stock(after.sku.id)
    const isShortfallAccepted = isAccepted || acceptedOf.has(after.sku.id)
    const violation = SkuStock.violation(before, after, isShortfallAccepted)
    if (violation === undefined) continue
    const [decided, over] = [JSON.stringify(command), JSON.stringify(before)]
    throw new BrokenInvariant(`${violation}; decided ${decided} over ${over}`)
  }
}

const decideCommand = (draft: Draft, command: SkuCommand): Decided<InventoryAnswer> => {
  switch (command._tag) {
    case "RegisterSku":
      return registerSku(draft, command)
    case "UpdateSku":
      return updateSku(draft, command)
    case "ArchiveSku":
      return archiveSku(draft, command)
    case "UnarchiveSku":
      return unarchiveSku(draft, command)
    case "RegisterLocation":
      return registerLocation(draft, command)
    case "UpdateLocation":
      return updateLocation(draft, command)
    case "ReceiveStock":
      return receiveStock(draft, command)
    case "ShipStock":
      return shipStock(draft, command)
    case "ReturnStock":
      return returnStock(draft, command)
    case "AdjustStock":
      return adjustStock(draft, command)
    case "CountStock":
      return countStock(draft, command)
    case "TransferStock":
      return transferStock(draft, command)
    case "ChangeStock":
      return changeStock(draft, command)
    case "ReserveStock":
      return reserveStock(draft, command)
    case "ConfirmReservation":
      return confirmReservation(draft, command)
    case "ReleaseReservation":
      return releaseReservation(draft, command)
    case "FulfilReservation":
      return fulfilReservation(draft, command)
    case "ResizeReservation":
      return resizeReservation(draft, command)
    case "ExtendReservation":
      return extendReservation(draft, command)
    case "ConfirmOrder":
      return confirmOrder(draft, command)
    case "ReleaseOrder":
      return releaseOrder(draft, command)
    case "FulfilOrder":
      return fulfilOrder(draft, command)
    case "ReleaseBundle":
      return releaseBundle(draft, command)
    case "ResizeBundle":
      return resizeBundle(draft, command)
    case "ExtendBundle":
      return extendBundle(draft, command)
    case "BreakBundle":
      return breakBundle(draft, command)
    case "PlaceOrder":
      return placeOrder(draft, command)
    case "PayOrder":
      return payOrder(draft, command)
    case "CancelOrder":
      return cancelOrder(draft, command)
    case "CompleteOrder":
      return completeOrder(draft, command)
    case "ClaimOrder":
      return claimOrder(draft, command)
    case "ExpireReservations":
      return expireReservations(draft, command)
  }
}
