/** The words of the questions about the inventory, and of their answers. */
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import type * as EventLog from "../../events/EventLog.ts"
import type { LoggedPage } from "../../events/EventView.ts"
import { AggregateId, LocationId, OrderId, SkuId, unchecked } from "../../kernel/Identifier.ts"
import { Timestamp } from "../../kernel/Instant.ts"
import { Day } from "../../kernel/Page.ts"
import { OrderStatus } from "../state/PlacedOrder.ts"
import { Reservation } from "../state/Reservation.ts"
import { LevelStatus, OfferedStock, StockStatus } from "../state/StockStatus.ts"
import { orderLinesMax, ReserveLine } from "./InventoryCommand.ts"
import { ShortLine } from "./InventoryError.ts"
import { EventType, type InventoryEvent } from "./InventoryEvent.ts"
import { linesUpTo } from "./linesBound.ts"

export { EventsView, EventView, eventView } from "../../events/EventView.ts"

const optional = Schema.optionalKey

/** Which holds of a SKU: all that count (`open`), or only the pending or the confirmed ones. */
export const HoldsOfSku = Schema.Literals(["open", "pending", "confirmed"])

const listOf = <S extends Schema.Top>(item: S, items: string, maximum: number) =>
  Schema.Array(item).check(
    Schema.isBetweenLength(1, maximum, { message: `must have 1 to ${maximum} ${items}` })
  )

/**
 * Which events: of any of these types, of any of these SKUs and locations, of an order. When several
 * parts are given, all must hold. An id that a SKU and a location share stands for both; an order is
 * asked for by `orderId` alone.
 */
export const EventsFilter = Schema.Struct({
  types: optional(listOf(EventType, "event types", 16)),
  aggregateIds: optional(listOf(AggregateId, "ids", 100)),
  orderId: optional(OrderId)
})
export interface EventsFilter extends Schema.Schema.Type<typeof EventsFilter> {}

/** A line to check. The check makes no hold, so the line has no reservation id. */
export const AvailabilityLine = ReserveLine.mapFields(Struct.omit(["reservationId"]), {
  unsafePreserveChecks: true
})

/**
 * The question: the lines of an order. With `orderId`, the pending holds of that order count as
 * free, as they do when `reserve` replaces them: a buyer's own cart is never in the way.
 */
export const AvailabilityQuery = Schema.Struct({
  lines: Schema.Array(AvailabilityLine).check(...linesUpTo(orderLinesMax)),
  orderId: optional(OrderId)
}).annotate({ identifier: "AvailabilityQuery" })
export interface AvailabilityQuery extends Schema.Schema.Type<typeof AvailabilityQuery> {}

/** The answer: whether every line fits, and each line that does not. */
export const Availability = Schema.Struct({
  isAvailable: Schema.Boolean,
  shortLines: Schema.Array(ShortLine)
}).annotate({ identifier: "Availability" })
export interface Availability extends Schema.Schema.Type<typeof Availability> {}

/** A SKU's stock, in units: over its sellable locations, and on request at each location. */
export const StockView = Schema.Struct({
  ...StockStatus.fields,
  locations: optional(Schema.Array(LevelStatus))
}).annotate({ identifier: "StockView" })
export interface StockView extends Schema.Schema.Type<typeof StockView> {}

/** A SKU's totals as they were at an instant, from the ledger; without locations on request. */
export const StockAsOfView = Schema.Struct({
  skuId: SkuId,
  at: Timestamp,
  totalQuantity: Schema.Int,
  locations: optional(
    Schema.Array(Schema.Struct({ locationId: LocationId, totalQuantity: Schema.Int }))
  )
}).annotate({ identifier: "StockAsOfView" })
export interface StockAsOfView extends Schema.Schema.Type<typeof StockAsOfView> {}

/** The stock of many SKUs, in the order asked; those that nobody knows are named. */
export const StockStatuses = Schema.Struct({
  items: Schema.Array(StockStatus),
  unknownSkuIds: Schema.Array(unchecked.skuId)
}).annotate({ identifier: "StockStatuses" })

/** What can be had of many SKUs, in the order asked; those that nobody knows are named. */
export const OfferedStocks = Schema.Struct({
  items: Schema.Array(OfferedStock),
  unknownSkuIds: Schema.Array(unchecked.skuId)
}).annotate({ identifier: "OfferedStocks" })

/** One level beside what the ledger and the open holds say it should be, in units. */
export const ReconciledLevel = Schema.Struct({
  skuId: SkuId,
  locationId: LocationId,
  totalQuantity: Schema.Int,
  ledgerQuantity: Schema.Int,
  reservedQuantity: Schema.Int,
  heldQuantity: Schema.Int
})
export interface ReconciledLevel extends Schema.Schema.Type<typeof ReconciledLevel> {}

/** A level that disagrees, by how many units, and what it should say. Drift is row less evidence. */
export const DriftedLevel = Schema.Struct({
  ...ReconciledLevel.fields,
  totalDrift: Schema.Int,
  reservedDrift: Schema.Int,
  repair: Schema.Struct({ totalQuantity: Schema.Int, reservedQuantity: Schema.Int })
}).annotate({ identifier: "DriftedLevel" })
export interface DriftedLevel extends Schema.Schema.Type<typeof DriftedLevel> {}

/**
 * What a reconciliation found. `accuracy` is the share of levels that agree, 0 to 1, and 1 when
 * there is none; drifts are sums of absolute units; `drifted` lists at most as many as were asked.
 */
export const Reconciliation = Schema.Struct({
  levels: Schema.Int,
  agreeing: Schema.Int,
  accuracy: Schema.Finite,
  totalDrift: Schema.Int,
  reservedDrift: Schema.Int,
  drifted: Schema.Array(DriftedLevel)
})
export interface Reconciliation extends Schema.Schema.Type<typeof Reconciliation> {}

/** What a part of a reconciliation found; `next` is where to go on, null after the last part. */
export const ReconciliationPart = Schema.Struct({
  ...Reconciliation.fields,
  next: Schema.NullOr(Schema.String)
}).annotate({ identifier: "Reconciliation" })
export interface ReconciliationPart extends Schema.Schema.Type<typeof ReconciliationPart> {}

/**
 * A placed order as it stands. `reservations` are its holds that are open, lost or fulfilled, oldest
 * first, at most 4,000; `short` are the lines that were short when it was rejected, or when it was paid too late.
 */
export const PlacedOrderView = Schema.Struct({
  orderId: unchecked.orderId,
  version: Schema.Int,
  status: OrderStatus,
  ownerId: Schema.NullOr(Schema.String),
  placedAt: Timestamp,
  changedAt: Timestamp,
  short: Schema.Array(ShortLine),
  reservations: Schema.Array(Reservation)
}).annotate({ identifier: "PlacedOrder" })
export interface PlacedOrderView extends Schema.Schema.Type<typeof PlacedOrderView> {}

/** An event of the inventory and its place in the log. */
export type LoggedEvent = EventLog.LoggedEvent<InventoryEvent>

/** Events after a position; `next` is where to go on, whether or not there was one. */
export type LoggedEvents = LoggedPage<InventoryEvent>

/**
 * A SKU that callers were refused: how many lines of requests were short of it, and by how many units.
 * A caller who asks again is counted again.
 */
export const MissedSku = Schema.Struct({
  skuId: SkuId,
  shortages: Schema.Int,
  units: Schema.Int
}).annotate({ identifier: "MissedSku" })
export interface MissedSku extends Schema.Schema.Type<typeof MissedSku> {}

/** The SKUs that were missed most from one day to another, both included, in UTC; most units first. */
export const MostMissed = Schema.Struct({
  from: Day,
  to: Day,
  items: Schema.Array(MissedSku)
}).annotate({ identifier: "MostMissed" })
export interface MostMissed extends Schema.Schema.Type<typeof MostMissed> {}

/** The bounds of the days of cover, in days; null is everything above them. */
export const coverDays = [1, 3, 7, 14, 30, null] as const

/** Levels that disagree which a check lists at most. */
export const checkedDriftsMax = 20

/** What a check counts while it goes from level to level. */
const counted = {
  startedAt: Timestamp,
  levels: Schema.Int,
  agreeing: Schema.Int,
  totalDrift: Schema.Int.annotate({ description: "The sum of absolute units" }),
  reservedDrift: Schema.Int.annotate({ description: "The sum of absolute units" }),
  drifted: Schema.Array(DriftedLevel).annotate({
    description: `The first ${checkedDriftsMax} levels that disagree`
  }),
  skus: Schema.Int.annotate({ description: "SKUs in use" }),
  soldOutSkus: Schema.Int.annotate({ description: "Those of which nothing is available" }),
  lowStockSkus: Schema.Int.annotate({
    description: "Those of which as much is available as their low-stock threshold says, or less"
  }),
  cover: Schema.Array(
    Schema.Struct({
      daysUpTo: Schema.NullOr(Schema.Int).annotate({ description: "Null is more than that" }),
      skus: Schema.Int
    })
  ).annotate({
    description:
      "For how many days the available units of SKUs in low stock last, by what left of each in the last 28 days"
  })
}

/** What a whole check of stock found. `accuracy` is the share of levels that agree, 1 of none. */
export const StockCheck = Schema.Struct({
  finishedAt: Timestamp,
  accuracy: Schema.Finite,
  ...counted
}).annotate({ identifier: "StockCheck" })
export interface StockCheck extends Schema.Schema.Type<typeof StockCheck> {}

/** How far a check has come: the last level that it compared, and what it has found so far. */
export const CheckProgress = Schema.Struct({
  after: Schema.NullOr(Schema.Struct({ skuId: SkuId, locationId: DriftedLevel.fields.locationId })),
  ...counted
})
export interface CheckProgress extends Schema.Schema.Type<typeof CheckProgress> {}

/** The last whole check, null before the first, and how far the one is that goes on now. */
export const AccuracyReport = Schema.Struct({
  lastCheck: Schema.NullOr(StockCheck),
  underWay: Schema.NullOr(
    Schema.Struct({ startedAt: Timestamp, levels: Schema.Int, agreeing: Schema.Int }).annotate({
      identifier: "CheckUnderWay"
    })
  )
}).annotate({ identifier: "AccuracyReport" })
export interface AccuracyReport extends Schema.Schema.Type<typeof AccuracyReport> {}

/** What is kept of the checks of stock. */
export interface KeptChecks {
  readonly last: StockCheck | null
  readonly underWay: CheckProgress | null
}
