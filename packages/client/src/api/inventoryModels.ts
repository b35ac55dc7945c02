/** Models of the inventory. Made by `pnpm contract` from the OpenAPI document; do not change it by hand. */
import type {
  MovementType,
  OrderStatus
} from "./otherModels.ts"

/** `Sku` of the API. */
export interface Sku {
  readonly id: string
  readonly code: string
  readonly name: string
  readonly description: string | null
  readonly weight: number | null
  readonly volume: number | null
  readonly backorderLimit: number
  readonly safetyStock: number
  readonly lowStockThreshold: number | null
  readonly createdAt: string
  readonly archivedAt: string | null
}

/** `OfferedStock` of the API. */
export interface OfferedStock {
  readonly skuId: string
  readonly availableQuantity: number
  readonly inStockQuantity: number
  readonly largestSingleQuantity: number
  readonly version: number
  readonly lastUpdated: string
}

/** `OfferedStocks` of the API. */
export interface OfferedStocks {
  readonly items: ReadonlyArray<OfferedStock>
  readonly unknownSkuIds: ReadonlyArray<string>
}

/** `StockStatus` of the API. */
export interface StockStatus {
  readonly skuId: string
  readonly totalQuantity: number
  readonly reservedQuantity: number
  readonly availableQuantity: number
  readonly inStockQuantity: number
  readonly shortfallQuantity: number
  readonly largestSingleQuantity: number
  readonly version: number
  readonly lastUpdated: string
}

/** `StockStatuses` of the API. */
export interface StockStatuses {
  readonly items: ReadonlyArray<StockStatus>
  readonly unknownSkuIds: ReadonlyArray<string>
}

/** `AvailabilityQuery` of the API. */
export interface AvailabilityQuery {
  readonly lines: ReadonlyArray<{ readonly skuId?: string; readonly optionId?: string; readonly quantity: number; readonly locationId?: string; readonly lineId?: string }>
  readonly orderId?: string
}

/** `Availability` of the API. */
export interface Availability {
  readonly isAvailable: boolean
  readonly shortLines: ReadonlyArray<{ readonly line: number; readonly lineId: string | null; readonly skuId: string; readonly locationId: string | null; readonly requested: number; readonly available: number; readonly optionId?: string }>
}

/** `StockView` of the API. */
export interface StockView {
  readonly skuId: string
  readonly totalQuantity: number
  readonly reservedQuantity: number
  readonly availableQuantity: number
  readonly inStockQuantity: number
  readonly shortfallQuantity: number
  readonly largestSingleQuantity: number
  readonly version: number
  readonly lastUpdated: string
  readonly locations?: ReadonlyArray<LevelStatus>
}

/** `StockAsOfView` of the API. */
export interface StockAsOfView {
  readonly skuId: string
  readonly at: string
  readonly totalQuantity: number
  readonly locations?: ReadonlyArray<{ readonly locationId: string; readonly totalQuantity: number }>
}

/** `StockChanged` of the API. */
export interface StockChanged {
  readonly movements: ReadonlyArray<StockMovement>
  readonly levels: ReadonlyArray<LevelStatus>
  readonly released: ReadonlyArray<Reservation>
}

/** `CountLine` of the API. */
export interface CountLine {
  readonly type: "COUNT"
  readonly skuId?: string
  readonly code?: string
  readonly locationId?: string
  readonly countedQuantity: number
  readonly expectedQuantity?: number
  readonly reference?: string | null
  readonly reason?: string | null
  readonly actor?: string | null
  readonly occurredAt?: string | null
  readonly onceOnly?: boolean
  readonly onShortfall?: "REFUSE" | "RELEASE_NEWEST" | "ACCEPT"
  readonly includeConfirmed?: boolean
}

/** `ReceiptLine` of the API. */
export interface ReceiptLine {
  readonly type: "RECEIPT"
  readonly skuId?: string
  readonly code?: string
  readonly locationId?: string
  readonly quantity: number
  readonly reference?: string | null
  readonly reason?: string | null
  readonly actor?: string | null
  readonly occurredAt?: string | null
  readonly onceOnly?: boolean
}

/** `AdjustmentLine` of the API. */
export interface AdjustmentLine {
  readonly type: "ADJUSTMENT"
  readonly skuId?: string
  readonly code?: string
  readonly locationId?: string
  readonly quantity: number
  readonly reference?: string | null
  readonly reason?: string | null
  readonly actor?: string | null
  readonly occurredAt?: string | null
  readonly onceOnly?: boolean
  readonly onShortfall?: "REFUSE" | "RELEASE_NEWEST" | "ACCEPT"
  readonly includeConfirmed?: boolean
}

/** `StockMovement` of the API. */
export interface StockMovement {
  readonly id: string
  readonly skuId: string
  readonly locationId: string
  readonly sequence: number
  readonly type: MovementType
  readonly quantity: number
  readonly balanceAfter: number
  readonly reference: string | null
  readonly reason: string | null
  readonly actor: string | null
  readonly transferId: string | null
  readonly occurredAt: string | null
  readonly createdAt: string
  readonly orderId?: string
}

/** `LevelStatus` of the API. */
export interface LevelStatus {
  readonly skuId: string
  readonly locationId: string
  readonly totalQuantity: number
  readonly reservedQuantity: number
  readonly availableQuantity: number
  readonly inStockQuantity: number
  readonly shortfallQuantity: number
  readonly lastUpdated: string
}

/** `StockLinesChanged` of the API. */
export interface StockLinesChanged {
  readonly changed: number
  readonly refused: number
  readonly lines: ReadonlyArray<{ readonly _tag: "Changed"; readonly line: number; readonly skuId: string; readonly movements: ReadonlyArray<StockMovement>; readonly levels: ReadonlyArray<LevelStatus>; readonly released: ReadonlyArray<Reservation> } | { readonly _tag: "Refused"; readonly line: number; readonly path: string; readonly message: string; readonly refusal: { readonly _tag: "InvalidInput"; readonly issues: ReadonlyArray<{ readonly path: string; readonly message: string }> } | { readonly _tag: "ReferenceTaken"; readonly skuId: string; readonly reference: string; readonly movementType: MovementType; readonly movementId: string; readonly locationId: string; readonly quantity: number; readonly bookedAt: string } | { readonly _tag: "SkuNotFound"; readonly skuIds: ReadonlyArray<string> } | { readonly _tag: "SkuCodeNotFound"; readonly codes: ReadonlyArray<string> } | { readonly _tag: "LocationNotFound"; readonly locationIds: ReadonlyArray<string> } | { readonly _tag: "SkuArchived"; readonly skuIds: ReadonlyArray<string> } | { readonly _tag: "LocationUnavailable"; readonly locationId: string; readonly reason: "INACTIVE" | "NOT_SELLABLE" } | { readonly _tag: "StaleExpectation"; readonly field: string; readonly expected: number; readonly actual: number } | { readonly _tag: "InsufficientOnHand"; readonly skuId: string; readonly locationId: string; readonly requested: number; readonly removable: number } | { readonly _tag: "PromisesInTheWay"; readonly skuId: string; readonly locationId: string; readonly shortfallQuantity: number; readonly holds: ReadonlyArray<{ readonly reservationId: string; readonly orderId: string; readonly status: string; readonly quantity: number }>; readonly unlistedQuantity: number } | { readonly _tag: "BalanceOutOfRange"; readonly skuId: string; readonly locationId: string } }>
}

/** `MadeReservation` of the API. */
export interface MadeReservation {
  readonly id: string
  readonly orderId: string
  readonly lineId: string | null
  readonly skuId: string
  readonly locationId: string
  readonly quantity: number
  readonly fulfilledQuantity: number
  readonly status: "PENDING"
  readonly expiresAt: string
  readonly createdAt: string
  readonly resolvedAt: null
  readonly releaseReason: null
  readonly replaces: string | null
  readonly bundle?: Bundle
  readonly ownerId?: string
  readonly siblings?: ReadonlyArray<PendingReservation>
}

/** `OrderReservationsPage` of the API. */
export interface OrderReservationsPage {
  readonly orderId: string
  readonly reservations: ReadonlyArray<Reservation>
  readonly next: string | null
}

/** `PlacedOrder` of the API. */
export interface PlacedOrder {
  readonly orderId: string
  readonly version: number
  readonly status: OrderStatus
  readonly ownerId: string | null
  readonly placedAt: string
  readonly changedAt: string
  readonly short: ReadonlyArray<{ readonly line: number; readonly lineId: string | null; readonly skuId: string; readonly locationId: string | null; readonly requested: number; readonly available: number; readonly optionId?: string }>
  readonly reservations: ReadonlyArray<Reservation>
}

/** `OrderState` of the API. */
export type OrderState =
  | { readonly _tag: "Reserved"; readonly orderId: string; readonly version: number; readonly reservations: ReadonlyArray<Reservation> }
  | { readonly _tag: "Rejected"; readonly orderId: string; readonly version: number; readonly short: ReadonlyArray<{ readonly line: number; readonly lineId: string
  | null; readonly skuId: string; readonly locationId: string
  | null; readonly requested: number; readonly available: number; readonly optionId?: string }> }
  | { readonly _tag: "Confirmed"; readonly orderId: string; readonly version: number; readonly reservations: ReadonlyArray<Reservation> }
  | { readonly _tag: "PaidLate"; readonly orderId: string; readonly version: number; readonly short: ReadonlyArray<{ readonly line: number; readonly lineId: string
  | null; readonly skuId: string; readonly locationId: string
  | null; readonly requested: number; readonly available: number; readonly optionId?: string }> }
  | { readonly _tag: "Cancelled"; readonly orderId: string; readonly version: number }
  | { readonly _tag: "Fulfilled"; readonly orderId: string; readonly version: number }

/** `OrderCustomer` of the API. */
export interface OrderCustomer {
  readonly orderId: string
  readonly customer: Readonly<Record<string, unknown>>
  readonly changedAt: string
}

/** `CustomerErased` of the API. */
export interface CustomerErased {
  readonly orderId: string
  readonly isErased: boolean
}

/** `NewCart` of the API. */
export interface NewCart {
  readonly cartToken: string
}

/** `PendingReservation` of the API. */
export interface PendingReservation {
  readonly id: string
  readonly orderId: string
  readonly lineId: string | null
  readonly skuId: string
  readonly locationId: string
  readonly quantity: number
  readonly fulfilledQuantity: number
  readonly status: "PENDING"
  readonly expiresAt: string
  readonly createdAt: string
  readonly resolvedAt: null
  readonly releaseReason: null
  readonly replaces: string | null
  readonly bundle?: Bundle
  readonly ownerId?: string
}

/** `ConfirmedReservation` of the API. */
export interface ConfirmedReservation {
  readonly id: string
  readonly orderId: string
  readonly lineId: string | null
  readonly skuId: string
  readonly locationId: string
  readonly quantity: number
  readonly fulfilledQuantity: number
  readonly status: "CONFIRMED"
  readonly expiresAt: null
  readonly createdAt: string
  readonly resolvedAt: null
  readonly releaseReason: null
  readonly replaces: string | null
  readonly bundle?: Bundle
  readonly ownerId?: string
}

/** `FulfilledReservation` of the API. */
export interface FulfilledReservation {
  readonly id: string
  readonly orderId: string
  readonly lineId: string | null
  readonly skuId: string
  readonly locationId: string
  readonly quantity: number
  readonly fulfilledQuantity: number
  readonly status: "FULFILLED"
  readonly expiresAt: null
  readonly createdAt: string
  readonly resolvedAt: string
  readonly releaseReason: null
  readonly replaces: string | null
  readonly bundle?: Bundle
  readonly ownerId?: string
}

/** `ReservationEnd` of the API. */
export type ReservationEnd =
  | "RELEASED"
  | "REPLACED"
  | "SHORTFALL"
  | "REACQUIRED"

/** `ReleasedReservation` of the API. */
export interface ReleasedReservation {
  readonly id: string
  readonly orderId: string
  readonly lineId: string | null
  readonly skuId: string
  readonly locationId: string
  readonly quantity: number
  readonly fulfilledQuantity: number
  readonly status: "RELEASED"
  readonly expiresAt: string | null
  readonly createdAt: string
  readonly resolvedAt: string
  readonly releaseReason: ReservationEnd
  readonly replaces: string | null
  readonly bundle?: Bundle
  readonly ownerId?: string
}

/** `Bundle` of the API. */
export interface Bundle {
  readonly bundleId: string
  readonly optionId: string
  readonly perBundle: number
}

/** `ExpiredReservation` of the API. */
export interface ExpiredReservation {
  readonly id: string
  readonly orderId: string
  readonly lineId: string | null
  readonly skuId: string
  readonly locationId: string
  readonly quantity: number
  readonly fulfilledQuantity: number
  readonly status: "EXPIRED"
  readonly expiresAt: string
  readonly createdAt: string
  readonly resolvedAt: string
  readonly releaseReason: "REACQUIRED" | null
  readonly replaces: string | null
  readonly bundle?: Bundle
  readonly ownerId?: string
}

/** `Reservation` of the API. */
export type Reservation =
  | PendingReservation
  | ConfirmedReservation
  | FulfilledReservation
  | ReleasedReservation
  | ExpiredReservation

/** `OrderReservations` of the API. */
export interface OrderReservations {
  readonly orderId: string
  readonly reservations: ReadonlyArray<Reservation>
}

/** `Location` of the API. */
export interface Location {
  readonly id: string
  readonly name: string
  readonly priority: number
  readonly isDefault: boolean
  readonly sellable: boolean
  readonly active: boolean
  readonly version: number
}
