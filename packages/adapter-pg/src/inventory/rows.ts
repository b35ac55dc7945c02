/** Rows into the domain's values. The statements give text, float8 and boolean columns only. */
import type {
  Bundle,
  BundleId,
  LineId,
  Location,
  LocationId,
  MovementId,
  OptionId,
  OrderId,
  OrderOwner,
  OrderStatus,
  PlacedOrder,
  Reservation,
  ReservationId,
  ShortLine,
  Sku,
  SkuId,
  StockLevel,
  StockMovement,
  TransferId
} from "@holdfast/core/inventory"
import * as DateTime from "effect/DateTime"
import type { Row } from "../connection/Query.ts"

const instant = (value: unknown): DateTime.Utc => DateTime.makeUnsafe(value as number)

const instantOrNull = (value: unknown): DateTime.Utc | null =>
  value === null ? null : DateTime.makeUnsafe(value as number)

/** A row of the columns of a SKU. */
export const toSku = (row: Row): Sku.Sku => ({
  id: row["sku_id"] as SkuId,
  code: row["code"] as string,
  name: row["name"] as string,
  description: row["description"] as string | null,
  weight: row["weight"] as number | null,
  volume: row["volume"] as number | null,
  backorderLimit: row["backorder_limit"] as number,
  safetyStock: row["safety_stock"] as number,
  lowStockThreshold: row["low_stock_threshold"] as number | null,
  createdAt: instant(row["sku_created_at"]),
  archivedAt: instantOrNull(row["archived_at"])
})

/** A row of the columns of a level and its SKU's id. */
export const toLevel = (row: Row): StockLevel.StockLevel => ({
  skuId: row["sku_id"] as SkuId,
  locationId: row["location_id"] as LocationId,
  totalQuantity: row["total_quantity"] as number,
  reservedQuantity: row["reserved_quantity"] as number,
  promiseLimit: row["promise_limit"] as number,
  movementSequence: row["movement_sequence"] as number,
  version: row["version"] as number,
  lastUpdated: instant(row["last_updated"])
})

/** A row of the columns of a location. */
export const toLocation = (row: Row): Location.Location => ({
  id: row["location_id"] as LocationId,
  name: row["location_name"] as string,
  priority: row["priority"] as number,
  isDefault: row["is_default"] as boolean,
  sellable: row["sellable"] as boolean,
  active: row["active"] as boolean,
  version: row["location_version"] as number
})

/** The bundle of a row, if it has one, as the field of a hold. */
const bundleOf = (row: Row): { readonly bundle?: Bundle } => {
  const parts = row["bundle"]
  if (typeof parts !== "string") return none
  const [bundleId, optionId, perBundle] = parts.split(" ")
  return {
    bundle: {
      bundleId: bundleId as BundleId,
      optionId: optionId as OptionId,
      perBundle: Number(perBundle)
    }
  }
}

const none = {}

/** The owner of a row, if it has one, as the field of a hold. */
const heldFor = (row: Row): { readonly ownerId?: string } => {
  const ownerId = row["held_for"]
  return typeof ownerId === "string" ? { ownerId } : none
}

/** The columns of a row that a reservation has in every state. */
const holdOf = (row: Row) => ({
  id: row["id"] as ReservationId,
  orderId: row["order_id"] as OrderId,
  lineId: row["line_id"] as LineId | null,
  skuId: row["sku_id"] as SkuId,
  locationId: row["location_id"] as LocationId,
  quantity: row["quantity"] as number,
  fulfilledQuantity: row["fulfilled_quantity"] as number,
  createdAt: instant(row["created_at"]),
  replaces: row["replaces"] as ReservationId | null,
  ...bundleOf(row),
  ...heldFor(row)
})

/** A row of the columns of a pending reservation. */
export const toPending = (row: Row): Reservation.Pending => ({
  ...holdOf(row),
  status: "PENDING",
  expiresAt: instant(row["expires_at"]),
  resolvedAt: null,
  releaseReason: null
})

/** A row of the columns of a reservation. A check of the table holds them to its status. */
export const toReservation = (row: Row): Reservation.Reservation => {
  const status = row["status"] as Reservation.ReservationStatus
  if (status === "PENDING") return toPending(row)
  const hold = holdOf(row)
  if (status === "CONFIRMED") {
    return { ...hold, status, expiresAt: null, resolvedAt: null, releaseReason: null }
  }
  const resolvedAt = instant(row["resolved_at"])
  if (status === "FULFILLED") {
    return { ...hold, status, expiresAt: null, resolvedAt, releaseReason: null }
  }
  const releaseReason = row["release_reason"] as Reservation.ReservationEnd | null
  if (status === "EXPIRED") {
    const expiresAt = instant(row["expires_at"])
    return {
      ...hold,
      status,
      expiresAt,
      resolvedAt,
      releaseReason: releaseReason === null ? null : "REACQUIRED"
    }
  }
  // A row of the first version may lack the reason: then the hold was given back.
  const expiresAt = instantOrNull(row["expires_at"])
  return { ...hold, status, expiresAt, resolvedAt, releaseReason: releaseReason ?? "RELEASED" }
}

/** A row of the columns of a placed order. */
export const toPlacedOrder = (row: Row): PlacedOrder => ({
  orderId: row["placed_id"] as OrderId,
  version: row["placed_version"] as number,
  status: row["placed_status"] as OrderStatus,
  ownerId: row["owner_id"] as string | null,
  short: JSON.parse(row["short"] as string) as ReadonlyArray<ShortLine>,
  placedAt: instant(row["placed_at"]),
  changedAt: instant(row["changed_at"])
})

/** A row that says whose an order is. */
export const toOwner = (row: Row): OrderOwner => ({
  orderId: row["order_id"] as OrderId,
  ownerId: row["owner_id"] as string | null,
  isKnown: row["is_known"] as boolean
})

/** A row of the columns of a movement. */
export const toMovement = (row: Row): StockMovement.StockMovement => ({
  id: row["id"] as MovementId,
  skuId: row["sku_id"] as SkuId,
  locationId: row["location_id"] as LocationId,
  sequence: row["sequence"] as number,
  type: row["type"] as StockMovement.MovementType,
  quantity: row["quantity"] as number,
  balanceAfter: row["balance_after"] as number,
  reference: row["reference"] as string | null,
  reason: row["reason"] as string | null,
  actor: row["actor"] as string | null,
  transferId: row["transfer_id"] as TransferId | null,
  occurredAt: instantOrNull(row["occurred_at"]),
  createdAt: instant(row["created_at"]),
  ...(row["order_id"] === null ? none : { orderId: row["order_id"] as OrderId })
})
