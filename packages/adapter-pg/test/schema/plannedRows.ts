/** The arguments of the planned statements: scopes and rows of the tables that `plans.ts` fills. */
import {
  BundleId,
  CommandId,
  EventId,
  emptyScope,
  type InventoryEvent,
  LocationId,
  MovementId,
  OptionId,
  OrderId,
  ReservationId,
  SkuId,
  type StockScope
} from "@holdfast/core/inventory"
import * as DateTime from "effect/DateTime"

/** The instant of these rows. */
export const now = DateTime.makeUnsafe("2026-06-01T00:00:00Z")

/** One of the SKUs in the tables. */
export const skuId = (n: number): SkuId => SkuId.make(`sku-${n}`)
/** The location that every store has. */
export const frontId = LocationId.make("default")

/** A scope of only these parts. */
export const scope = (parts: Partial<StockScope>): StockScope => ({
  batchId: "00000000-0000-7000-8000-000000000000",
  ...emptyScope,
  ...parts
})

/** A SKU with 10,000 open holds. */
export const hot = scope({ skuIds: [skuId(1)] })
/** An order of one open hold. */
export const byOrder = scope({ orderIds: [OrderId.make("open-7")] })
/** One order id for a whole till: 10,000 resolved holds, and 10 open ones. */
export const byTill = scope({ orderIds: [OrderId.make("till")] })
/** `md5('o7')` as a UUID: an existing hold. */
export const holdId = ReservationId.make("5e749466-2ea0-4ad8-e731-cc25c6140eb6")
/** An option with 10,000 resolved holds and one open one, `md5('option')` as a UUID. */
export const optionId = OptionId.make("ef3e30e0-70f7-0244-fd65-78d88a6b77ac")
/** A bundle of ten open holds of that option, `md5('u1')` as a UUID. */
export const byBundle = scope({
  bundleIds: [BundleId.make("e4774cdd-a079-3f86-414e-8b9140bb6db4")]
})
/** One hold. */
export const byHold = scope({ reservationIds: [holdId] })

/** A written level. */
export const level = {
  skuId: skuId(1),
  locationId: frontId,
  totalQuantity: 100_000,
  reservedQuantity: 10_000,
  promiseLimit: 0,
  movementSequence: 1,
  version: 2,
  lastUpdated: now
}

/** A changed hold. */
export const hold = {
  id: holdId,
  orderId: OrderId.make("open-7"),
  lineId: null,
  skuId: skuId(8),
  locationId: frontId,
  quantity: 1,
  fulfilledQuantity: 0,
  status: "RELEASED",
  expiresAt: null,
  createdAt: now,
  resolvedAt: now,
  releaseReason: "RELEASED",
  replaces: null
} as const

/** A new hold. */
export const fresh = {
  ...hold,
  id: ReservationId.make("019ab0a2-7d5e-7000-8000-000000008000"),
  status: "PENDING"
} as const

/** A changed SKU. */
export const sku = {
  id: skuId(9),
  code: "CODE-9",
  name: "SKU 9",
  description: null,
  weight: null,
  volume: null,
  backorderLimit: 0,
  safetyStock: 0,
  lowStockThreshold: null,
  createdAt: now,
  archivedAt: null
}

/** A written location. */
export const place = {
  id: LocationId.make("north"),
  name: "North",
  priority: 100,
  isDefault: false,
  sellable: true,
  active: true,
  version: 1
}

/** A written movement. */
export const movement = {
  id: MovementId.make(holdId),
  skuId: skuId(1),
  locationId: frontId,
  sequence: 2,
  type: "RECEIPT",
  quantity: 1,
  balanceAfter: 1,
  reference: null,
  reason: null,
  actor: null,
  transferId: null,
  occurredAt: null,
  createdAt: now
} as const

/** A written event. */
export const event = {
  eventId: EventId.make(holdId),
  eventType: "inventory.stock.confirmed",
  aggregateId: skuId(1),
  version: 99_999,
  timestamp: now,
  commandId: CommandId.make(holdId),
  correlationId: null,
  traceparent: null,
  payload: { orderId: "open-7" }
} as InventoryEvent

/** A written receipt. */
export const receipt = {
  caller: "caller",
  key: "new",
  fingerprint: "f",
  answer: "[]",
  answerVersion: 1
}

/** A page of the ledger of the SKU that has 20,000 movements at `east`. */
export const ledger = { skuId: skuId(2), before: null, limit: 20 }
