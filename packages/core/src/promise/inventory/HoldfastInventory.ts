/**
 * The Promise API of the inventory: every command and every read as a method, with plain values in
 * and out. It promises what the engine promises: a command takes effect whole or not at all, is
 * answered only once it is committed, and never promises what is not there.
 *
 * Every method rejects with a `HoldfastError`, whose `code` names the refusal, or with the reason
 * of an aborted `signal`; none throws. Each lists its refusals. Beside these, every method may reject with
 * `InvalidInput`, and under a principal with `Unauthenticated` or `Forbidden`; every command with
 * `IdempotencyMismatch`, or with `AnswerUnreadable` when this release cannot read the kept answer; and
 * any when the store cannot do it (`Unavailable`, `Busy`, `TimedOut`, `Overloaded`, `OutcomeUnknown`,
 * `Rejected`), after `close` (`Closed`), or when the time-out of `close` ends first (`Interrupted`).
 */
import type { Closable } from "../engine/Closable.ts"
import type {
  Principal,
  QuestionOptions,
  ReadOptions,
  RequestOptions
} from "../engine/RequestOptions.ts"
import type {
  Availability,
  LevelStatus,
  Location,
  OfferedStock,
  OrderState,
  Page,
  PlacedOrder,
  ReconciledLevel,
  Reconciliation,
  Reservation,
  Sku,
  StockAsOf,
  StockChanged,
  StockLinesChanged,
  StockMovement,
  StockStatus,
  StockView
} from "./InventoryAnswers.ts"
import type { InventoryCustomers } from "./InventoryCustomers.ts"
import type { EventPages, InventorySubscriptions } from "./InventoryEvents.ts"
import type {
  ArchiveSkuInput,
  AvailabilityInput,
  CancelOrderInput,
  ClaimOrderInput,
  CompleteOrderInput,
  ConfirmOrderInput,
  ConfirmReservationInput,
  EventsOptions,
  ExtendBundleInput,
  ExtendReservationInput,
  FulfilOrderInput,
  FulfilReservationInput,
  HoldsOptions,
  MovementsOptions,
  PageOptions,
  PayOrderInput,
  PlaceOrderInput,
  ReconcileOptions,
  RegisterLocationInput,
  RegisterSkuInput,
  ReleaseBundleInput,
  ReleaseOrderInput,
  ReleaseReservationInput,
  ReserveStockInput,
  ResizeBundleInput,
  ResizeReservationInput,
  SkusOptions,
  StockOptions,
  UnarchiveSkuInput,
  UpdateLocationInput,
  UpdateSkuInput
} from "./InventoryInputs.ts"
import type { InventoryReports } from "./InventoryReports.ts"
import type {
  AdjustStockInput,
  ChangeStockInput,
  CountStockInput,
  MoveStockInput,
  ReturnStockInput,
  TransferStockInput
} from "./MovementInputs.ts"
import type { InventoryOrderFlow } from "./OrderEvents.ts"

/** A command: what it takes, and what it answers once it is committed. */
type Command<Input, Answer> = (input: Input, options?: RequestOptions) => Promise<Answer>

type OfSkus<A> = (
  skuIds: ReadonlyArray<string>,
  options?: QuestionOptions
) => Promise<ReadonlyArray<A>>

/** The commands: whatever changes something. */
export interface InventoryCommands {
  /**
   * Makes a SKU known, with `initialStock` units.
   * Refusals: `LocationNotFound`, `IdTaken`, `SkuCodeTaken`, `LocationUnavailable`.
   */
  readonly registerSku: Command<RegisterSkuInput, Sku>
  /**
   * Changes the description of a SKU, or its policy. A stricter policy binds new promises only.
   * Refusals: `SkuNotFound`, `SkuCodeTaken`, `SkuArchived`.
   */
  readonly updateSku: Command<UpdateSkuInput, Sku>
  /** Takes a SKU out of use; its code is free then. Refusals: `SkuNotFound`, `SkuNotEmpty`. */
  readonly archiveSku: Command<ArchiveSkuInput, Sku>
  /**
   * Takes an archived SKU into use again. A repeat is answered unchanged.
   * Refusals: `SkuNotFound`, `SkuCodeTaken` when another SKU in use has its code.
   */
  readonly unarchiveSku: Command<UnarchiveSkuInput, Sku>
  /** Makes a location known. Refusals: `IdTaken`, `DefaultLocationRequired`. */
  readonly registerLocation: Command<RegisterLocationInput, Location>
  /** Changes a location. Refusals: `LocationNotFound`, `DefaultLocationRequired`. */
  readonly updateLocation: Command<UpdateLocationInput, Location>

  /**
   * Goods came in. Refusals: `ReferenceTaken` (with `onceOnly`), `SkuNotFound`, `LocationNotFound`,
   * `SkuArchived`, `LocationUnavailable`, `BalanceOutOfRange`.
   */
  readonly receive: Command<MoveStockInput, StockChanged>
  /**
   * Goods left without a reservation; never units that are promised.
   * Refusals: `ReferenceTaken` (with `onceOnly`), `SkuNotFound`, `LocationNotFound`, `SkuArchived`, `InsufficientOnHand`.
   */
  readonly ship: Command<MoveStockInput, StockChanged>
  /**
   * Goods came back; with `orderId`, no more than the order got.
   * Refusals: `ReferenceTaken` (with `onceOnly`), `SkuNotFound`, `LocationNotFound`, `SkuArchived`,
   * `LocationUnavailable`, `ReturnExceedsOrder` (with `orderId`), `BalanceOutOfRange`.
   */
  readonly returnStock: Command<ReturnStockInput, StockChanged>
  /**
   * Corrects the total by a signed quantity, with a reason. An inactive location takes lower totals only.
   * Refusals: `ReferenceTaken` (with `onceOnly`), `SkuNotFound`, `LocationNotFound`, `SkuArchived`,
   * `LocationUnavailable`, `InsufficientOnHand`, `PromisesInTheWay`, `BalanceOutOfRange`.
   */
  readonly adjust: Command<AdjustStockInput, StockChanged>
  /**
   * Sets the total to what was counted, as a compare-and-set when `expectedQuantity` is given. A
   * count that finds the total unchanged makes a movement of 0 units when it carries notes. An
   * inactive location takes lower totals only.
   * Refusals: `ReferenceTaken` (with `onceOnly`), `SkuNotFound`, `LocationNotFound`, `SkuArchived`, `LocationUnavailable`,
   * `StaleExpectation`, `PromisesInTheWay`, `BalanceOutOfRange`.
   */
  readonly count: Command<CountStockInput, StockChanged>
  /**
   * Moves units between two locations; never units that are promised. Refusals: `ReferenceTaken` (with
   * `onceOnly`), `SkuNotFound`, `LocationNotFound`, `SkuArchived`, `LocationUnavailable`, `InsufficientOnHand`.
   */
  readonly transfer: Command<TransferStockInput, StockChanged>
  /**
   * Counts, receives and adjusts up to 1,000 lines in one transaction, by `skuId` or by `code`, each as
   * its own call would. A line that is refused leaves the others alone, and is answered with its
   * refusal. With `allOrNothing` it refuses them all.
   * Refusals: `LinesRefused` (with `allOrNothing`) naming every line that was refused.
   */
  readonly changeStock: Command<ChangeStockInput, StockLinesChanged>

  /**
   * Holds every line for one order, or none; the answer has a hold for each line, in order. A line
   * that names an option has a hold for each SKU of the option, and these are a bundle.
   * Refusals: `KeyRingMissing` (with `customer`), `UnknownOption`, `OptionNotForSale`, `SkuNotFound`, `LocationNotFound`,
   * `OrderNotFound` (the order is not yours), `IdTaken`, `SkuArchived`, `LocationUnavailable`,
   * `OrderTooLarge`, `OrderAlreadyConfirmed` (with `replace`), `InsufficientStock` naming every short line.
   */
  readonly reserve: Command<ReserveStockInput, ReadonlyArray<Reservation>>
  /**
   * Payment is in: the hold no longer lapses. A repeat is answered unchanged. With `reacquire`, a
   * hold that expired, or that a correction took, is answered by a new hold that `replaces` it. A
   * released hold is not.
   * Refusals: `ReservationNotFound`, `SkuArchived` (with `reacquire`), `BundleLine` (with `reacquire`: a
   * lost part of a bundle is taken again with its order), `ReservationExpired`, `ReservationConflict`,
   * `InsufficientStock` (with `reacquire`).
   */
  readonly confirm: Command<ConfirmReservationInput, Reservation>
  /**
   * Gives back what a hold still keeps. A hold that expired is released too, so that a late payment
   * does not take it again. A repeat is answered unchanged.
   * Refusals: `ReservationNotFound`, `BundleLine`, `ReservationConflict` (it was fulfilled, or it is confirmed
   * and you did not say `confirmed`).
   */
  readonly release: Command<ReleaseReservationInput, Reservation>
  /**
   * Goods leave for a confirmed hold: all that it keeps, or `quantity` of it.
   * Refusals: `ReservationNotFound`, `ReservationExpired`, `ReservationConflict` (it is not
   * confirmed), `QuantityOutOfHold`, `InsufficientOnHand`.
   */
  readonly fulfil: Command<FulfilReservationInput, Reservation>
  /**
   * Changes the quantity of an open hold.
   * Refusals: `ReservationNotFound`, `BundleLine`, `ReservationExpired`, `ReservationConflict`,
   * `QuantityOutOfHold`, `InsufficientStock`.
   */
  readonly resize: Command<ResizeReservationInput, Reservation>
  /**
   * Gives a pending hold `ttl` seconds from now.
   * Refusals: `ReservationNotFound`, `BundleLine`, `ReservationExpired`, `ReservationConflict`.
   */
  readonly extend: Command<ExtendReservationInput, Reservation>

  /**
   * Confirms every line of an order, or none. A line that lapsed, or that a correction took,
   * refuses the whole order, unless `reacquire` takes the line again or `replace` has reserved the
   * order again.
   * Refusals: `OrderNotFound`, `SkuArchived` (with `reacquire`), `OrderTooLarge`,
   * `ReservationExpired` naming what was lost, `ReservationConflict` (it was released or
   * fulfilled), `InsufficientStock` (with `reacquire`).
   */
  readonly confirmOrder: Command<ConfirmOrderInput, ReadonlyArray<Reservation>>
  /**
   * Releases every line of an order. Lapsed lines are released too, so that a late payment does not
   * take them again.
   * Refusals: `OrderNotFound`, `OrderTooLarge`, `ReservationConflict` (one is confirmed, and not `confirmed`).
   */
  readonly releaseOrder: Command<ReleaseOrderInput, ReadonlyArray<Reservation>>
  /**
   * Ships everything that the confirmed holds of an order keep, or nothing. A pending hold refuses
   * the whole; holds that the order lost are passed over.
   * Refusals: `OrderNotFound`, `OrderTooLarge`, `OrderNotConfirmed`, `InsufficientOnHand`.
   */
  readonly fulfilOrder: Command<FulfilOrderInput, ReadonlyArray<Reservation>>

  /**
   * Gives back what the holds of a bundle still keep. A bundle that expired is released too. A repeat
   * is answered unchanged.
   * Refusals: `BundleNotFound`, `ReservationConflict` (it was fulfilled, or confirmed, and not `confirmed`).
   */
  readonly releaseBundle: Command<ReleaseBundleInput, ReadonlyArray<Reservation>>
  /**
   * Changes how many units of its option an open bundle holds, by the mapping that it was made with.
   * Refusals: `BundleNotFound`, `ReservationExpired`, `ReservationConflict`, `QuantityOutOfHold`,
   * `InsufficientStock` naming the option and every short SKU.
   */
  readonly resizeBundle: Command<ResizeBundleInput, ReadonlyArray<Reservation>>
  /**
   * Gives all holds of a pending bundle `ttl` seconds from now. Refusals: `BundleNotFound`,
   * `ReservationExpired`, `ReservationConflict`.
   */
  readonly extendBundle: Command<ExtendBundleInput, ReadonlyArray<Reservation>>

  /**
   * Holds every line of a new order, or rejects the order and names every short line. Either is
   * kept: an order that was placed before is answered with its state, whatever the lines. Pending
   * holds that `reserve` made for the order give way to these lines.
   * Refusals: `KeyRingMissing` (with `customer`), `UnknownOption`, `OptionNotForSale`, `SkuNotFound`, `LocationNotFound`,
   * `OrderNotFound` (the order is not yours), `SkuArchived`, `LocationUnavailable`,
   * `OrderTooLarge`, `OrderAlreadyConfirmed` (a hold of `reserve` is confirmed already).
   */
  readonly placeOrder: Command<PlaceOrderInput, OrderState>
  /**
   * A placed order is paid: its holds no longer lapse. Holds that were lost are taken again, all of
   * them, or else the answer is `PaidLate` and the order keeps nothing.
   * Refusals: `OrderNotPlaced`, `OrderTooLarge`, `OrderConflict` (it was rejected or cancelled),
   * `ReservationConflict` (its holds were released one by one).
   */
  readonly payOrder: Command<PayOrderInput, OrderState>
  /**
   * A placed order is off, paid or not: its holds are released. A rejected one stays rejected. Refusals:
   * `OrderNotPlaced`, `OrderTooLarge`, `OrderConflict` (it was fulfilled).
   */
  readonly cancelOrder: Command<CancelOrderInput, OrderState>
  /**
   * The goods of a placed order leave: everything that its confirmed holds still keep.
   * Refusals: `OrderNotPlaced`, `OrderTooLarge`, `OrderConflict` (it was rejected, paid too late or
   * cancelled), `OrderNotConfirmed` (it is not paid), `ReservationExpired` (a correction took a
   * hold), `InsufficientOnHand`.
   */
  readonly completeOrder: Command<CompleteOrderInput, OrderState>
  /** A guest's order becomes a person's, holds and all. Refusals: `OrderNotFound` (not of the cart). */
  readonly claimOrder: Command<ClaimOrderInput, ReadonlyArray<Reservation>>

  /** Writes down the holds that have lapsed, and how many: for hosts that switched the sweeper off. */
  readonly expireLapsed: (options?: ReadOptions) => Promise<number>
}

/** The commands that may be part of a host's own transaction: one call of one of them. */
export type TransactionCommands = Omit<InventoryCommands, "expireLapsed">

/** The reads. Each is true at its instant: holds that have lapsed no longer count. */
export interface InventoryReads {
  /** A SKU by its id, or undefined. */
  readonly sku: (skuId: string, options?: QuestionOptions) => Promise<Sku | undefined>
  /** The SKU in use that has this code, or undefined. Find an archived SKU by its id. */
  readonly skuByCode: (code: string, options?: QuestionOptions) => Promise<Sku | undefined>
  /** All SKUs, by id. */
  readonly skus: (options?: SkusOptions) => Promise<Page<Sku>>
  /**
   * The stock of one SKU, over its sellable locations, and with `locations` at each location.
   * Refusals: `SkuNotFound`.
   */
  readonly stock: (skuId: string, options?: StockOptions) => Promise<StockView>
  /** How much of up to 1,000 SKUs can be had, for a USER too; unknown ones are left out. */
  readonly stockStatus: OfSkus<OfferedStock>
  /** The stock of up to 1,000 SKUs, in the order asked; unknown ones are left out. */
  readonly stocks: OfSkus<StockStatus>
  /** The levels of one SKU, also at locations that are not sellable. Refusals: `SkuNotFound`. */
  readonly levels: (skuId: string, options?: QuestionOptions) => Promise<ReadonlyArray<LevelStatus>>
  /** All locations, in the order of allocation. */
  readonly locations: (options?: QuestionOptions) => Promise<ReadonlyArray<Location>>
  /** A reservation by its id, or undefined. One that has lapsed reads as `EXPIRED`. */
  readonly reservation: (
    reservationId: string,
    options?: QuestionOptions
  ) => Promise<Reservation | undefined>
  /** The reservations of an order, oldest first. Refusals: `OrderNotFound` when it has none. */
  readonly reservationsOfOrder: (
    orderId: string,
    options?: PageOptions
  ) => Promise<Page<Reservation>>
  /**
   * A placed order with its state and its holds, or undefined when it was never placed.
   */
  readonly order: (orderId: string, options?: QuestionOptions) => Promise<PlacedOrder | undefined>
  /** The holds of a SKU that count now, oldest first. Refusals: `SkuNotFound`. */
  readonly reservationsOfSku: (skuId: string, options?: HoldsOptions) => Promise<Page<Reservation>>
  /**
   * Whether an order could be held now, and each line that could not. It plans as `reserve` does,
   * but holds nothing: by the time you reserve, the stock may be gone.
   * Refusals: `UnknownOption`, `OptionNotForSale`, `SkuNotFound`, `LocationNotFound`, `SkuArchived`, `LocationUnavailable`, and with
   * `orderId` also `OrderTooLarge` and `OrderAlreadyConfirmed`; a shortage is the answer.
   */
  readonly checkAvailability: (
    input: AvailabilityInput,
    options?: QuestionOptions
  ) => Promise<Availability>
  /** The ledger of a SKU, newest first: all of it, or what has a reference. Refusals: `SkuNotFound`. */
  readonly movements: (skuId: string, options?: MovementsOptions) => Promise<Page<StockMovement>>
  /** What was booked under a reference, by SKU and in the order of booking. */
  readonly movementsOfReference: (
    reference: string,
    options?: PageOptions
  ) => Promise<Page<StockMovement>>
  /**
   * The totals of a SKU as they were at an instant, from the ledger, also at each location unless
   * `locations` is false.
   * Refusals: `SkuNotFound`, `BeforeLedger` when the ledger no longer reaches back so far.
   */
  readonly stockAsOf: (
    skuId: string,
    at: Date | string,
    options?: StockOptions
  ) => Promise<StockAsOf>
  /**
   * Events after a position, in order and without gaps: `await` reads one page, which may be empty;
   * `for await` reads all pages, to the end of the log. Remember the `position` of the last event,
   * and you never miss one. `types`, `aggregateIds` and `orderId` select events; a page of
   * selected events may end before transactions that are still under way. Without `after` it begins
   * with the first event that is kept.
   * Refusals: `PositionGone` when events after the position were dropped, `LogRestored` when the log does
   * not have the event `afterEventId` at the position, or has lost the last page of an iteration.
   */
  readonly events: (options?: EventsOptions) => EventPages
  /** Compares every level with the ledger and the open holds, and changes nothing. */
  readonly reconcile: (options?: ReconcileOptions) => Promise<Reconciliation>
  /** Every level beside its evidence, by SKU and location; read in pages, as you go. */
  readonly reconciledLevels: (options?: PageOptions) => AsyncIterable<ReconciledLevel>
  /** Resolves when the store answers. */
  readonly ping: (options?: QuestionOptions) => Promise<void>
}

/** The inventory: every command and every read, its events, and the flow of orders. */
export interface InventoryCalls
  extends InventoryCommands,
    InventoryCustomers,
    InventoryReads,
    InventoryReports,
    InventorySubscriptions,
    InventoryOrderFlow {}

/** The inventory of a host that is trusted. */
export interface InventoryDoor extends InventoryCalls {
  /**
   * The same methods under a principal, who is asked for permission: see `docs/ACCESS.md`. Throws
   * `InvalidInput` that names each bad field of the principal.
   */
  readonly as: (principal: Principal) => InventoryCalls
}

/** The inventory, open. */
export interface HoldfastInventory extends InventoryDoor, Closable {}
