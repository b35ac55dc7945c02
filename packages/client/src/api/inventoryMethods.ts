/** Methods of the inventory. Made by `pnpm contract` from the OpenAPI document; do not change it by hand. */
import type { CallOptions, Result } from "../calling/options.ts"
import type {
  AdjustmentLine,
  Availability,
  CountLine,
  CustomerErased,
  Location,
  MadeReservation,
  NewCart,
  OfferedStocks,
  OrderCustomer,
  OrderReservations,
  OrderReservationsPage,
  OrderState,
  PlacedOrder,
  ReceiptLine,
  Reservation,
  Sku,
  StockAsOfView,
  StockChanged,
  StockLinesChanged,
  StockMovement,
  StockStatuses,
  StockView
} from "./inventoryModels.ts"
import type {
  BalanceOutOfRangeProblem,
  BeforeLedgerProblem,
  BundleLineProblem,
  BundleNotFoundProblem,
  CustomerNotFoundProblem,
  CustomerUnreadableProblem,
  CustomersNotHereProblem,
  DefaultLocationRequiredProblem,
  ForbiddenProblem,
  IdTakenProblem,
  IdempotencyMismatchProblem,
  InsufficientOnHandProblem,
  InsufficientStockProblem,
  InvalidInputProblem,
  KeyRingMissingProblem,
  LinesRefusedProblem,
  LocationNotFoundProblem,
  LocationUnavailableProblem,
  NoGuestsProblem,
  OptionNotForSaleProblem,
  OrderAlreadyConfirmedProblem,
  OrderConflictProblem,
  OrderNotConfirmedProblem,
  OrderNotFoundProblem,
  OrderNotPlacedProblem,
  OrderTooLargeProblem,
  PromisesInTheWayProblem,
  QuantityOutOfHoldProblem,
  ReferenceTakenProblem,
  ReservationConflictProblem,
  ReservationExpiredProblem,
  ReservationNotFoundProblem,
  ReturnExceedsOrderProblem,
  SkuArchivedProblem,
  SkuCodeTakenProblem,
  SkuNotEmptyProblem,
  SkuNotFoundProblem,
  StaleExpectationProblem,
  UnauthenticatedProblem,
  UnknownOptionProblem
} from "./problems.ts"

/** What `skus.register` takes. */
export interface SkusRegisterInput {
  readonly skuId?: undefined | string
  readonly code: string
  readonly name: string
  readonly description?: undefined | string | null
  readonly weight?: undefined | number | null
  readonly volume?: undefined | number | null
  readonly backorderLimit?: undefined | number
  readonly safetyStock?: undefined | number
  readonly lowStockThreshold?: undefined | number | null
  readonly initialStock?: undefined | number
  readonly locationId?: undefined | string
}

/** Why `skus.register` is refused. */
export type SkusRegisterRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | LocationNotFoundProblem
  | IdTakenProblem
  | SkuCodeTakenProblem
  | LocationUnavailableProblem
  | IdempotencyMismatchProblem

/** What `skus.list` takes. */
export interface SkusListInput {
  readonly cursor?: undefined | string
  readonly size?: undefined | number
  readonly code?: undefined | string
}

/** Why `skus.list` is refused. */
export type SkusListRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem

/** What `skus.get` takes. */
export interface SkusGetInput {
  readonly skuId: string
}

/** Why `skus.get` is refused. */
export type SkusGetRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | SkuNotFoundProblem

/** What `skus.update` takes. */
export interface SkusUpdateInput {
  readonly skuId: string
  readonly code?: undefined | string
  readonly name?: undefined | string
  readonly description?: undefined | string | null
  readonly weight?: undefined | number | null
  readonly volume?: undefined | number | null
  readonly backorderLimit?: undefined | number
  readonly safetyStock?: undefined | number
  readonly lowStockThreshold?: undefined | number | null
}

/** Why `skus.update` is refused. */
export type SkusUpdateRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | SkuNotFoundProblem
  | SkuCodeTakenProblem
  | SkuArchivedProblem
  | IdempotencyMismatchProblem

/** What `skus.archive` takes. */
export interface SkusArchiveInput {
  readonly skuId: string
}

/** Why `skus.archive` is refused. */
export type SkusArchiveRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | SkuNotFoundProblem
  | SkuNotEmptyProblem
  | IdempotencyMismatchProblem

/** What `skus.unarchive` takes. */
export interface SkusUnarchiveInput {
  readonly skuId: string
}

/** Why `skus.unarchive` is refused. */
export type SkusUnarchiveRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | SkuNotFoundProblem
  | SkuCodeTakenProblem
  | IdempotencyMismatchProblem

/** What `stock.statuses` takes. */
export interface StockStatusesInput {
  readonly skuIds: ReadonlyArray<string>
}

/** Why `stock.statuses` is refused. */
export type StockStatusesRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem

/** What `stock.manyStatuses` takes. */
export interface StockManyStatusesInput {
  readonly skuIds: ReadonlyArray<string>
}

/** Why `stock.manyStatuses` is refused. */
export type StockManyStatusesRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem

/** What `stock.many` takes. */
export interface StockManyInput {
  readonly skuIds: ReadonlyArray<string>
}

/** Why `stock.many` is refused. */
export type StockManyRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem

/** What `stock.heldOptions` takes. */
export interface StockHeldOptionsInput {
  readonly optionIds: ReadonlyArray<string>
}

/** Why `stock.heldOptions` is refused. */
export type StockHeldOptionsRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem

/** What `stock.checkAvailability` takes. */
export interface StockCheckAvailabilityInput {
  readonly lines: ReadonlyArray<{ readonly skuId?: string; readonly optionId?: string; readonly quantity: number; readonly locationId?: string; readonly lineId?: string }>
  readonly orderId?: undefined | string
}

/** Why `stock.checkAvailability` is refused. */
export type StockCheckAvailabilityRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | UnknownOptionProblem
  | SkuNotFoundProblem
  | LocationNotFoundProblem
  | OptionNotForSaleProblem
  | SkuArchivedProblem
  | LocationUnavailableProblem
  | OrderTooLargeProblem
  | OrderAlreadyConfirmedProblem

/** What `stock.get` takes. */
export interface StockGetInput {
  readonly skuId: string
  readonly locations?: undefined | boolean
  readonly at?: undefined | string
}

/** Why `stock.get` is refused. */
export type StockGetRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | SkuNotFoundProblem
  | BeforeLedgerProblem

/** What `stock.movementsOfReference` takes. */
export interface StockMovementsOfReferenceInput {
  readonly reference: string
  readonly cursor?: undefined | string
  readonly size?: undefined | number
}

/** Why `stock.movementsOfReference` is refused. */
export type StockMovementsOfReferenceRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem

/** What `stock.movements` takes. */
export interface StockMovementsInput {
  readonly skuId: string
  readonly locationId?: undefined | string
  readonly reference?: undefined | string
  readonly cursor?: undefined | string
  readonly size?: undefined | number
}

/** Why `stock.movements` is refused. */
export type StockMovementsRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | SkuNotFoundProblem

/** What `stock.reservations` takes. */
export interface StockReservationsInput {
  readonly skuId: string
  readonly status?: undefined | "open" | "pending" | "confirmed"
  readonly cursor?: undefined | string
  readonly size?: undefined | number
}

/** Why `stock.reservations` is refused. */
export type StockReservationsRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | SkuNotFoundProblem

/** What `stock.receive` takes. */
export interface StockReceiveInput {
  readonly skuId: string
  readonly locationId?: undefined | string
  readonly quantity: number
  readonly reference?: undefined | string | null
  readonly reason?: undefined | string | null
  readonly actor?: undefined | string | null
  readonly occurredAt?: undefined | string | null
  readonly onceOnly?: undefined | boolean
}

/** Why `stock.receive` is refused. */
export type StockReceiveRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | ReferenceTakenProblem
  | SkuArchivedProblem
  | LocationUnavailableProblem
  | BalanceOutOfRangeProblem
  | IdempotencyMismatchProblem

/** What `stock.returnStock` takes. */
export interface StockReturnStockInput {
  readonly skuId: string
  readonly locationId?: undefined | string
  readonly quantity: number
  readonly orderId?: undefined | string
  readonly reference?: undefined | string | null
  readonly reason?: undefined | string | null
  readonly actor?: undefined | string | null
  readonly occurredAt?: undefined | string | null
  readonly onceOnly?: undefined | boolean
}

/** Why `stock.returnStock` is refused. */
export type StockReturnStockRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | ReferenceTakenProblem
  | SkuArchivedProblem
  | LocationUnavailableProblem
  | ReturnExceedsOrderProblem
  | BalanceOutOfRangeProblem
  | IdempotencyMismatchProblem

/** What `stock.ship` takes. */
export interface StockShipInput {
  readonly skuId: string
  readonly locationId?: undefined | string
  readonly quantity: number
  readonly reference?: undefined | string | null
  readonly reason?: undefined | string | null
  readonly actor?: undefined | string | null
  readonly occurredAt?: undefined | string | null
  readonly onceOnly?: undefined | boolean
}

/** Why `stock.ship` is refused. */
export type StockShipRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | ReferenceTakenProblem
  | SkuArchivedProblem
  | InsufficientOnHandProblem
  | IdempotencyMismatchProblem

/** What `stock.adjust` takes. */
export interface StockAdjustInput {
  readonly skuId: string
  readonly locationId?: undefined | string
  readonly quantity: number
  readonly reference?: undefined | string | null
  readonly reason: string
  readonly actor?: undefined | string | null
  readonly occurredAt?: undefined | string | null
  readonly onceOnly?: undefined | boolean
  readonly onShortfall?: undefined | "REFUSE" | "RELEASE_NEWEST" | "ACCEPT"
  readonly includeConfirmed?: undefined | boolean
}

/** Why `stock.adjust` is refused. */
export type StockAdjustRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | ReferenceTakenProblem
  | SkuArchivedProblem
  | LocationUnavailableProblem
  | InsufficientOnHandProblem
  | PromisesInTheWayProblem
  | BalanceOutOfRangeProblem
  | IdempotencyMismatchProblem

/** What `stock.count` takes. */
export interface StockCountInput {
  readonly skuId: string
  readonly locationId?: undefined | string
  readonly countedQuantity: number
  readonly expectedQuantity?: undefined | number
  readonly reference?: undefined | string | null
  readonly reason?: undefined | string | null
  readonly actor?: undefined | string | null
  readonly occurredAt?: undefined | string | null
  readonly onceOnly?: undefined | boolean
  readonly onShortfall?: undefined | "REFUSE" | "RELEASE_NEWEST" | "ACCEPT"
  readonly includeConfirmed?: undefined | boolean
}

/** Why `stock.count` is refused. */
export type StockCountRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | ReferenceTakenProblem
  | SkuArchivedProblem
  | LocationUnavailableProblem
  | PromisesInTheWayProblem
  | BalanceOutOfRangeProblem
  | StaleExpectationProblem
  | IdempotencyMismatchProblem

/** What `stock.transfer` takes. */
export interface StockTransferInput {
  readonly skuId: string
  readonly fromLocationId: string
  readonly toLocationId: string
  readonly quantity: number
  readonly transferId?: undefined | string
  readonly reference?: undefined | string | null
  readonly reason?: undefined | string | null
  readonly actor?: undefined | string | null
  readonly occurredAt?: undefined | string | null
  readonly onceOnly?: undefined | boolean
}

/** Why `stock.transfer` is refused. */
export type StockTransferRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | ReferenceTakenProblem
  | SkuArchivedProblem
  | LocationUnavailableProblem
  | InsufficientOnHandProblem
  | IdempotencyMismatchProblem

/** What `stock.changeStock` takes. */
export interface StockChangeStockInput {
  readonly lines: ReadonlyArray<CountLine | ReceiptLine | AdjustmentLine>
  readonly allOrNothing?: undefined | boolean
  readonly locationId?: undefined | string
  readonly reference?: undefined | string | null
  readonly reason?: undefined | string | null
  readonly actor?: undefined | string | null
  readonly occurredAt?: undefined | string | null
  readonly onceOnly?: undefined | boolean
}

/** Why `stock.changeStock` is refused. */
export type StockChangeStockRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | LinesRefusedProblem
  | IdempotencyMismatchProblem

/** What `reservations.reserve` takes. */
export interface ReservationsReserveInput {
  readonly skuId?: undefined | string
  readonly optionId?: undefined | string
  readonly quantity: number
  readonly locationId?: undefined | string
  readonly lineId?: undefined | string
  readonly reservationId?: undefined | string
  readonly orderId: string
  readonly ttl?: undefined | number
  readonly ownerId?: undefined | string
  readonly customer?: undefined | Readonly<Record<string, unknown>>
}

/** Why `reservations.reserve` is refused. */
export type ReservationsReserveRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | UnknownOptionProblem
  | SkuNotFoundProblem
  | LocationNotFoundProblem
  | OrderNotFoundProblem
  | OptionNotForSaleProblem
  | IdTakenProblem
  | SkuArchivedProblem
  | LocationUnavailableProblem
  | OrderTooLargeProblem
  | InsufficientStockProblem
  | IdempotencyMismatchProblem
  | KeyRingMissingProblem

/** What `reservations.get` takes. */
export interface ReservationsGetInput {
  readonly reservationId: string
}

/** Why `reservations.get` is refused. */
export type ReservationsGetRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | ReservationNotFoundProblem

/** What `reservations.confirm` takes. */
export interface ReservationsConfirmInput {
  readonly reservationId: string
  readonly reacquire?: undefined | boolean
}

/** Why `reservations.confirm` is refused. */
export type ReservationsConfirmRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | ReservationNotFoundProblem
  | SkuArchivedProblem
  | BundleLineProblem
  | ReservationExpiredProblem
  | ReservationConflictProblem
  | InsufficientStockProblem
  | IdempotencyMismatchProblem

/** What `reservations.release` takes. */
export interface ReservationsReleaseInput {
  readonly reservationId: string
  readonly confirmed?: undefined | boolean
}

/** Why `reservations.release` is refused. */
export type ReservationsReleaseRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | ReservationNotFoundProblem
  | BundleLineProblem
  | ReservationConflictProblem
  | IdempotencyMismatchProblem

/** What `reservations.fulfil` takes. */
export interface ReservationsFulfilInput {
  readonly reservationId: string
  readonly quantity?: undefined | number
  readonly reference?: undefined | string | null
  readonly actor?: undefined | string | null
}

/** Why `reservations.fulfil` is refused. */
export type ReservationsFulfilRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | ReservationNotFoundProblem
  | ReservationExpiredProblem
  | ReservationConflictProblem
  | QuantityOutOfHoldProblem
  | InsufficientOnHandProblem
  | IdempotencyMismatchProblem

/** What `reservations.resize` takes. */
export interface ReservationsResizeInput {
  readonly reservationId: string
  readonly quantity: number
}

/** Why `reservations.resize` is refused. */
export type ReservationsResizeRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | ReservationNotFoundProblem
  | BundleLineProblem
  | ReservationExpiredProblem
  | ReservationConflictProblem
  | QuantityOutOfHoldProblem
  | InsufficientStockProblem
  | IdempotencyMismatchProblem

/** What `reservations.extend` takes. */
export interface ReservationsExtendInput {
  readonly reservationId: string
  readonly ttl?: undefined | number
}

/** Why `reservations.extend` is refused. */
export type ReservationsExtendRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | ReservationNotFoundProblem
  | BundleLineProblem
  | ReservationExpiredProblem
  | ReservationConflictProblem
  | IdempotencyMismatchProblem

/** What `orders.replace` takes. */
export interface OrdersReplaceInput {
  readonly orderId: string
  readonly lines: ReadonlyArray<{ readonly skuId?: string; readonly optionId?: string; readonly quantity: number; readonly locationId?: string; readonly lineId?: string; readonly reservationId?: string }>
  readonly ttl?: undefined | number
  readonly ownerId?: undefined | string
  readonly customer?: undefined | Readonly<Record<string, unknown>>
}

/** Why `orders.replace` is refused. */
export type OrdersReplaceRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | OptionNotForSaleProblem
  | IdTakenProblem
  | SkuArchivedProblem
  | LocationUnavailableProblem
  | OrderTooLargeProblem
  | OrderAlreadyConfirmedProblem
  | InsufficientStockProblem
  | IdempotencyMismatchProblem
  | KeyRingMissingProblem

/** What `orders.add` takes. */
export interface OrdersAddInput {
  readonly orderId: string
  readonly lines: ReadonlyArray<{ readonly skuId?: string; readonly optionId?: string; readonly quantity: number; readonly locationId?: string; readonly lineId?: string; readonly reservationId?: string }>
  readonly ttl?: undefined | number
  readonly ownerId?: undefined | string
  readonly customer?: undefined | Readonly<Record<string, unknown>>
}

/** Why `orders.add` is refused. */
export type OrdersAddRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | OptionNotForSaleProblem
  | IdTakenProblem
  | SkuArchivedProblem
  | LocationUnavailableProblem
  | OrderTooLargeProblem
  | InsufficientStockProblem
  | IdempotencyMismatchProblem
  | KeyRingMissingProblem

/** What `orders.get` takes. */
export interface OrdersGetInput {
  readonly orderId: string
  readonly cursor?: undefined | string
  readonly size?: undefined | number
}

/** Why `orders.get` is refused. */
export type OrdersGetRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | OrderNotFoundProblem

/** What `orders.release` takes. */
export interface OrdersReleaseInput {
  readonly orderId: string
  readonly confirmed?: undefined | boolean
}

/** Why `orders.release` is refused. */
export type OrdersReleaseRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | OrderNotFoundProblem
  | OrderTooLargeProblem
  | ReservationConflictProblem
  | IdempotencyMismatchProblem

/** What `orders.confirm` takes. */
export interface OrdersConfirmInput {
  readonly orderId: string
  readonly reacquire?: undefined | boolean
}

/** Why `orders.confirm` is refused. */
export type OrdersConfirmRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | OrderNotFoundProblem
  | SkuArchivedProblem
  | OrderTooLargeProblem
  | ReservationExpiredProblem
  | ReservationConflictProblem
  | InsufficientStockProblem
  | IdempotencyMismatchProblem

/** What `orders.fulfil` takes. */
export interface OrdersFulfilInput {
  readonly orderId: string
  readonly reference?: undefined | string | null
  readonly actor?: undefined | string | null
}

/** Why `orders.fulfil` is refused. */
export type OrdersFulfilRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | OrderNotFoundProblem
  | OrderTooLargeProblem
  | OrderNotConfirmedProblem
  | InsufficientOnHandProblem
  | IdempotencyMismatchProblem

/** What `orders.releaseBundle` takes. */
export interface OrdersReleaseBundleInput {
  readonly orderId: string
  readonly bundleId: string
  readonly confirmed?: undefined | boolean
}

/** Why `orders.releaseBundle` is refused. */
export type OrdersReleaseBundleRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | BundleNotFoundProblem
  | ReservationConflictProblem
  | IdempotencyMismatchProblem

/** What `orders.resizeBundle` takes. */
export interface OrdersResizeBundleInput {
  readonly orderId: string
  readonly bundleId: string
  readonly quantity: number
}

/** Why `orders.resizeBundle` is refused. */
export type OrdersResizeBundleRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | BundleNotFoundProblem
  | ReservationExpiredProblem
  | ReservationConflictProblem
  | QuantityOutOfHoldProblem
  | InsufficientStockProblem
  | IdempotencyMismatchProblem

/** What `orders.extendBundle` takes. */
export interface OrdersExtendBundleInput {
  readonly orderId: string
  readonly bundleId: string
  readonly ttl?: undefined | number
}

/** Why `orders.extendBundle` is refused. */
export type OrdersExtendBundleRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | BundleNotFoundProblem
  | ReservationExpiredProblem
  | ReservationConflictProblem
  | IdempotencyMismatchProblem

/** What `orders.place` takes. */
export interface OrdersPlaceInput {
  readonly orderId: string
  readonly lines: ReadonlyArray<{ readonly skuId?: string; readonly optionId?: string; readonly quantity: number; readonly locationId?: string; readonly lineId?: string }>
  readonly ttl?: undefined | number
  readonly ownerId?: undefined | string
  readonly customer?: undefined | Readonly<Record<string, unknown>>
}

/** Why `orders.place` is refused. */
export type OrdersPlaceRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | OptionNotForSaleProblem
  | SkuArchivedProblem
  | LocationUnavailableProblem
  | OrderTooLargeProblem
  | OrderAlreadyConfirmedProblem
  | IdempotencyMismatchProblem
  | KeyRingMissingProblem

/** What `orders.state` takes. */
export interface OrdersStateInput {
  readonly orderId: string
}

/** Why `orders.state` is refused. */
export type OrdersStateRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | OrderNotPlacedProblem

/** What `orders.pay` takes. */
export interface OrdersPayInput {
  readonly orderId: string
}

/** Why `orders.pay` is refused. */
export type OrdersPayRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | OrderNotPlacedProblem
  | OrderTooLargeProblem
  | OrderConflictProblem
  | ReservationConflictProblem
  | IdempotencyMismatchProblem

/** What `orders.cancel` takes. */
export interface OrdersCancelInput {
  readonly orderId: string
}

/** Why `orders.cancel` is refused. */
export type OrdersCancelRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | OrderNotPlacedProblem
  | OrderTooLargeProblem
  | OrderConflictProblem
  | IdempotencyMismatchProblem

/** What `orders.complete` takes. */
export interface OrdersCompleteInput {
  readonly orderId: string
  readonly reference?: undefined | string | null
  readonly actor?: undefined | string | null
}

/** Why `orders.complete` is refused. */
export type OrdersCompleteRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | OrderNotPlacedProblem
  | OrderTooLargeProblem
  | OrderConflictProblem
  | OrderNotConfirmedProblem
  | ReservationExpiredProblem
  | InsufficientOnHandProblem
  | IdempotencyMismatchProblem

/** What `orders.customer` takes. */
export interface OrdersCustomerInput {
  readonly orderId: string
}

/** Why `orders.customer` is refused. */
export type OrdersCustomerRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | CustomersNotHereProblem
  | CustomerNotFoundProblem
  | CustomerUnreadableProblem
  | KeyRingMissingProblem

/** What `orders.eraseCustomer` takes. */
export interface OrdersEraseCustomerInput {
  readonly orderId: string
}

/** Why `orders.eraseCustomer` is refused. */
export type OrdersEraseCustomerRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | CustomersNotHereProblem

/** Why `carts.create` is refused. */
export type CartsCreateRefusal = InvalidInputProblem | NoGuestsProblem

/** What `carts.claim` takes. */
export interface CartsClaimInput {
  readonly orderId: string
  readonly ownerId?: undefined | string
}

/** Why `carts.claim` is refused. */
export type CartsClaimRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | OrderNotFoundProblem
  | IdempotencyMismatchProblem

/** What `locations.register` takes. */
export interface LocationsRegisterInput {
  readonly locationId: string
  readonly name: string
  readonly priority?: undefined | number
  readonly isDefault?: undefined | boolean
  readonly sellable?: undefined | boolean
  readonly active?: undefined | boolean
}

/** Why `locations.register` is refused. */
export type LocationsRegisterRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | IdTakenProblem
  | DefaultLocationRequiredProblem
  | IdempotencyMismatchProblem

/** Why `locations.list` is refused. */
export type LocationsListRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem

/** What `locations.get` takes. */
export interface LocationsGetInput {
  readonly locationId: string
}

/** Why `locations.get` is refused. */
export type LocationsGetRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | LocationNotFoundProblem

/** What `locations.update` takes. */
export interface LocationsUpdateInput {
  readonly locationId: string
  readonly name?: undefined | string
  readonly priority?: undefined | number
  readonly isDefault?: undefined | boolean
  readonly sellable?: undefined | boolean
  readonly active?: undefined | boolean
}

/** Why `locations.update` is refused. */
export type LocationsUpdateRefusal =
  | InvalidInputProblem
  | UnauthenticatedProblem
  | ForbiddenProblem
  | LocationNotFoundProblem
  | DefaultLocationRequiredProblem
  | IdempotencyMismatchProblem

/** The methods. */
export interface InventoryMethods {
  readonly skus: {
    /** Register a SKU, with its opening stock. */
    register(input: SkusRegisterInput, options?: CallOptions): Promise<Result<Sku, SkusRegisterRefusal>>
    /** List SKUs in the order of their ids, or find the one in use that has a code. */
    list(input?: SkusListInput, options?: CallOptions): Promise<Result<{ readonly items: ReadonlyArray<Sku>; readonly next: string | null }, SkusListRefusal>>
    /** Read a SKU. */
    get(input: SkusGetInput, options?: CallOptions): Promise<Result<Sku, SkusGetRefusal>>
    /** Change a SKU or its policy; what is left out stays. */
    update(input: SkusUpdateInput, options?: CallOptions): Promise<Result<Sku, SkusUpdateRefusal>>
    /** Take a SKU out of use; not while stock or open holds exist. */
    archive(input: SkusArchiveInput, options?: CallOptions): Promise<Result<Sku, SkusArchiveRefusal>>
    /** Take an archived SKU into use again; not while another SKU in use has its code. */
    unarchive(input: SkusUnarchiveInput, options?: CallOptions): Promise<Result<Sku, SkusUnarchiveRefusal>>
  }
  readonly stock: {
    /** How much of up to 100 SKUs can be had. */
    statuses(input: StockStatusesInput, options?: CallOptions): Promise<Result<OfferedStocks, StockStatusesRefusal>>
    /** How much of up to 1,000 SKUs can be had, and how much of that is in stock. */
    manyStatuses(input: StockManyStatusesInput, options?: CallOptions): Promise<Result<OfferedStocks, StockManyStatusesRefusal>>
    /** Stock of up to 1,000 SKUs. */
    many(input: StockManyInput, options?: CallOptions): Promise<Result<StockStatuses, StockManyRefusal>>
    /** Which of up to 1,000 options have holds that count now. */
    heldOptions(input: StockHeldOptionsInput, options?: CallOptions): Promise<Result<{ readonly optionIds: ReadonlyArray<string> }, StockHeldOptionsRefusal>>
    /** Ask whether lines could be reserved now, and which are short. */
    checkAvailability(input: StockCheckAvailabilityInput, options?: CallOptions): Promise<Result<Availability, StockCheckAvailabilityRefusal>>
    /** Stock of one SKU, now or as of an instant. */
    get(input: StockGetInput, options?: CallOptions): Promise<Result<StockView | StockAsOfView, StockGetRefusal>>
    /** What was booked under a reference, by SKU and in the order of booking. */
    movementsOfReference(input: StockMovementsOfReferenceInput, options?: CallOptions): Promise<Result<{ readonly items: ReadonlyArray<StockMovement>; readonly next: string | null }, StockMovementsOfReferenceRefusal>>
    /** The ledger of one SKU, newest first; all of it, or what has a reference. */
    movements(input: StockMovementsInput, options?: CallOptions): Promise<Result<{ readonly items: ReadonlyArray<StockMovement>; readonly next: string | null }, StockMovementsRefusal>>
    /** The open holds of one SKU, oldest first: which orders have it. */
    reservations(input: StockReservationsInput, options?: CallOptions): Promise<Result<{ readonly items: ReadonlyArray<Reservation>; readonly next: string | null }, StockReservationsRefusal>>
    /** Goods came in. */
    receive(input: StockReceiveInput, options?: CallOptions): Promise<Result<StockChanged, StockReceiveRefusal>>
    /** Goods came back. */
    returnStock(input: StockReturnStockInput, options?: CallOptions): Promise<Result<StockChanged, StockReturnStockRefusal>>
    /** Goods left without a reservation; never units that are promised. */
    ship(input: StockShipInput, options?: CallOptions): Promise<Result<StockChanged, StockShipRefusal>>
    /** Correct the total by a signed quantity, with a reason. */
    adjust(input: StockAdjustInput, options?: CallOptions): Promise<Result<StockChanged, StockAdjustRefusal>>
    /** Set the total to what was counted. */
    count(input: StockCountInput, options?: CallOptions): Promise<Result<StockChanged, StockCountRefusal>>
    /** Move units between two locations. */
    transfer(input: StockTransferInput, options?: CallOptions): Promise<Result<StockChanged, StockTransferRefusal>>
    /** Count, receive and adjust up to 1,000 lines; an answer for each, or all or nothing. */
    changeStock(input: StockChangeStockInput, options?: CallOptions): Promise<Result<StockLinesChanged, StockChangeStockRefusal>>
  }
  readonly reservations: {
    /** Hold units of one SKU, or of an option, for an order. */
    reserve(input: ReservationsReserveInput, options?: CallOptions): Promise<Result<MadeReservation, ReservationsReserveRefusal>>
    /** Read a reservation. */
    get(input: ReservationsGetInput, options?: CallOptions): Promise<Result<Reservation, ReservationsGetRefusal>>
    /** Payment is in: the hold no longer expires. */
    confirm(input: ReservationsConfirmInput, options?: CallOptions): Promise<Result<Reservation, ReservationsConfirmRefusal>>
    /** Give back what the hold still keeps; a confirmed one only when confirmed is true. */
    release(input: ReservationsReleaseInput, options?: CallOptions): Promise<Result<Reservation, ReservationsReleaseRefusal>>
    /** Goods leave for a confirmed hold, all or a part of it. */
    fulfil(input: ReservationsFulfilInput, options?: CallOptions): Promise<Result<Reservation, ReservationsFulfilRefusal>>
    /** Change the quantity of an open hold. */
    resize(input: ReservationsResizeInput, options?: CallOptions): Promise<Result<Reservation, ReservationsResizeRefusal>>
    /** Give a pending hold more time, from now. */
    extend(input: ReservationsExtendInput, options?: CallOptions): Promise<Result<Reservation, ReservationsExtendRefusal>>
  }
  readonly orders: {
    /** Hold these lines and nothing else for the order, all of them or none. */
    replace(input: OrdersReplaceInput, options?: CallOptions): Promise<Result<OrderReservations, OrdersReplaceRefusal>>
    /** Hold more lines for the order, all of them or none. */
    add(input: OrdersAddInput, options?: CallOptions): Promise<Result<OrderReservations, OrdersAddRefusal>>
    /** The reservations of the order, oldest first, a page of them. */
    get(input: OrdersGetInput, options?: CallOptions): Promise<Result<OrderReservationsPage, OrdersGetRefusal>>
    /** Release every line of the order; when one is confirmed, only with confirmed=true. */
    release(input: OrdersReleaseInput, options?: CallOptions): Promise<Result<OrderReservations, OrdersReleaseRefusal>>
    /** Confirm every line of the order, or none. */
    confirm(input: OrdersConfirmInput, options?: CallOptions): Promise<Result<OrderReservations, OrdersConfirmRefusal>>
    /** Ship everything that the order's confirmed holds keep, or nothing. */
    fulfil(input: OrdersFulfilInput, options?: CallOptions): Promise<Result<OrderReservations, OrdersFulfilRefusal>>
    /** Give back what the bundle still keeps; when a part is confirmed, only with confirmed. */
    releaseBundle(input: OrdersReleaseBundleInput, options?: CallOptions): Promise<Result<OrderReservations, OrdersReleaseBundleRefusal>>
    /** Change how many units of its option an open bundle holds. */
    resizeBundle(input: OrdersResizeBundleInput, options?: CallOptions): Promise<Result<OrderReservations, OrdersResizeBundleRefusal>>
    /** Give a pending bundle more time, from now. */
    extendBundle(input: OrdersExtendBundleInput, options?: CallOptions): Promise<Result<OrderReservations, OrdersExtendBundleRefusal>>
    /** Hold every line of a new order, or reject it; answered the same again. */
    place(input: OrdersPlaceInput, options?: CallOptions): Promise<Result<OrderState, OrdersPlaceRefusal>>
    /** Read a placed order: its state, and its holds that are open, lost or fulfilled. */
    state(input: OrdersStateInput, options?: CallOptions): Promise<Result<PlacedOrder, OrdersStateRefusal>>
    /** A placed order is paid: confirm its lines, or say that the payment came too late. */
    pay(input: OrdersPayInput, options?: CallOptions): Promise<Result<OrderState, OrdersPayRefusal>>
    /** A placed order is off, paid or not: release its lines. */
    cancel(input: OrdersCancelInput, options?: CallOptions): Promise<Result<OrderState, OrdersCancelRefusal>>
    /** The goods of a confirmed, placed order leave, all of them or none. */
    complete(input: OrdersCompleteInput, options?: CallOptions): Promise<Result<OrderState, OrdersCompleteRefusal>>
    /** Read what is kept about the customer of an order. */
    customer(input: OrdersCustomerInput, options?: CallOptions): Promise<Result<OrderCustomer, OrdersCustomerRefusal>>
    /** Erase what is kept about the customer of an order; the ledger stays whole. */
    eraseCustomer(input: OrdersEraseCustomerInput, options?: CallOptions): Promise<Result<CustomerErased, OrdersEraseCustomerRefusal>>
  }
  readonly carts: {
    /** Make a cart for a visitor of whom nobody knows who they are. */
    create(input?: Readonly<Record<string, never>>, options?: CallOptions): Promise<Result<NewCart, CartsCreateRefusal>>
    /** Make the order of a cart one's own, with its holds; answered the same again. */
    claim(input: CartsClaimInput, options?: CallOptions): Promise<Result<OrderReservations, CartsClaimRefusal>>
  }
  readonly locations: {
    /** Register a location. */
    register(input: LocationsRegisterInput, options?: CallOptions): Promise<Result<Location, LocationsRegisterRefusal>>
    /** All locations, in the order in which stock is promised. */
    list(input?: Readonly<Record<string, never>>, options?: CallOptions): Promise<Result<{ readonly items: ReadonlyArray<Location> }, LocationsListRefusal>>
    /** Read a location. */
    get(input: LocationsGetInput, options?: CallOptions): Promise<Result<Location, LocationsGetRefusal>>
    /** Change a location; what is left out stays. */
    update(input: LocationsUpdateInput, options?: CallOptions): Promise<Result<Location, LocationsUpdateRefusal>>
  }
}
