/**
 * The operations that change nothing, one row each: what it takes, what it answers, one sentence of
 * what it tells, and its refusals in the order of precedence, beside input that cannot be read. A
 * list is asked for by pages: `cursor` is the `next` of the page before, `size` is how many items.
 */
import * as Schema from "effect/Schema"
import {
  ofEvents,
  ofHolds,
  ofStock,
  openToAnyone,
  type Permission
} from "../../access/Permission.ts"
import { placeFields } from "../../events/EventView.ts"
import { LocationId, OptionId, OrderId, ReservationId, SkuId } from "../../kernel/Identifier.ts"
import { Instant } from "../../kernel/Instant.ts"
import { pageFields, pageOf, reportFields } from "../../kernel/Page.ts"
import { Location } from "../state/Location.ts"
import { Reservation } from "../state/Reservation.ts"
import { Sku, SkuCode } from "../state/Sku.ts"
import { Reference, StockMovement } from "../state/StockMovement.ts"
import { LevelStatus } from "../state/StockStatus.ts"
import type { RefusalTag } from "./InventoryError.ts"
import {
  AccuracyReport,
  Availability,
  AvailabilityQuery,
  EventsFilter,
  EventsView,
  HoldsOfSku,
  type LoggedEvents,
  MostMissed,
  OfferedStocks,
  PlacedOrderView,
  ReconciledLevel,
  Reconciliation,
  ReconciliationPart,
  StockAsOfView,
  StockStatuses,
  StockView
} from "./InventoryQuery.ts"

const optional = Schema.optionalKey
const ofSku = { skuId: SkuId }

/** The questions. */
export const queryOperations = {
  sku: {
    permission: ofStock.read,
    summary: "Read a SKU",
    input: Schema.Struct(ofSku),
    answer: Sku,
    refusals: ["SkuNotFound"]
  },
  skus: {
    permission: ofStock.read,
    summary: "List SKUs in the order of their ids, or find the one in use that has a code",
    input: Schema.Struct({ ...pageFields, code: optional(SkuCode) }),
    answer: pageOf(Sku),
    refusals: []
  },
  stock: {
    permission: ofStock.read,
    summary: "Stock of one SKU, over the places that sell, and on request at each place",
    input: Schema.Struct({ ...ofSku, locations: optional(Schema.Boolean) }),
    answer: StockView,
    refusals: ["SkuNotFound"]
  },
  stockStatus: {
    permission: ofStock.status,
    summary: "How much of up to 1,000 SKUs can be had, and how much of that is in stock",
    input: Schema.Struct({ skuIds: Schema.Array(SkuId).check(Schema.isBetweenLength(0, 1_000)) }),
    answer: OfferedStocks,
    refusals: []
  },
  stocks: {
    permission: ofStock.read,
    summary: "Stock of up to 1,000 SKUs",
    input: Schema.Struct({ skuIds: Schema.Array(SkuId).check(Schema.isBetweenLength(0, 1_000)) }),
    answer: StockStatuses,
    refusals: []
  },
  heldOptions: {
    permission: ofHolds.read,
    summary: "Which of up to 1,000 options have holds that count now",
    input: Schema.Struct({
      optionIds: Schema.Array(OptionId).check(Schema.isBetweenLength(0, 1_000))
    }),
    answer: Schema.Struct({ optionIds: Schema.Array(OptionId) }),
    refusals: []
  },
  levels: {
    permission: ofStock.read,
    summary: "Stock of one SKU at each place",
    input: Schema.Struct(ofSku),
    answer: Schema.Array(LevelStatus),
    refusals: ["SkuNotFound"]
  },
  location: {
    permission: ofStock.read,
    summary: "Read a location",
    input: Schema.Struct({ locationId: LocationId }),
    answer: Location,
    refusals: ["LocationNotFound"]
  },
  locations: {
    permission: ofStock.read,
    summary: "All locations, in the order in which stock is promised",
    input: Schema.Struct({}),
    answer: Schema.Array(Location),
    refusals: []
  },
  reservation: {
    permission: ofHolds.readOwn,
    summary: "Read a reservation",
    input: Schema.Struct({ reservationId: ReservationId }),
    answer: Reservation,
    refusals: ["ReservationNotFound"]
  },
  reservationsOfOrder: {
    permission: ofHolds.readOwn,
    summary: "The reservations of the order, oldest first, a page of them",
    input: Schema.Struct({ orderId: OrderId, ...pageFields }),
    answer: pageOf(Reservation),
    refusals: ["OrderNotFound"]
  },
  reservationsOfSku: {
    permission: ofHolds.read,
    summary: "The open holds of one SKU, oldest first: which orders have it",
    input: Schema.Struct({ ...ofSku, status: optional(HoldsOfSku), ...pageFields }),
    answer: pageOf(Reservation),
    refusals: ["SkuNotFound"]
  },
  order: {
    permission: ofHolds.readOwn,
    summary: "Read a placed order: its state, and its holds that are open, lost or fulfilled",
    input: Schema.Struct({ orderId: OrderId }),
    answer: PlacedOrderView,
    refusals: ["OrderNotPlaced"]
  },
  checkAvailability: {
    permission: ofHolds.check,
    summary: "Ask whether lines could be reserved now, and which are short",
    input: AvailabilityQuery,
    answer: Availability,
    refusals: [
      "UnknownOption",
      "OptionNotForSale",
      "SkuNotFound",
      "LocationNotFound",
      "SkuArchived",
      "LocationUnavailable",
      "OrderTooLarge",
      "OrderAlreadyConfirmed"
    ]
  },
  movements: {
    permission: ofStock.read,
    summary: "The ledger of one SKU, newest first; all of it, or what has a reference",
    input: Schema.Struct({
      ...ofSku,
      locationId: optional(LocationId),
      reference: optional(Reference),
      ...pageFields
    }),
    answer: pageOf(StockMovement),
    refusals: ["SkuNotFound"]
  },
  movementsOfReference: {
    permission: ofStock.read,
    summary: "What was booked under a reference, by SKU and in the order of booking",
    input: Schema.Struct({ reference: Reference, ...pageFields }),
    answer: pageOf(StockMovement),
    refusals: []
  },
  stockAsOf: {
    permission: ofStock.read,
    summary: "Totals of one SKU as of an instant, from the ledger",
    input: Schema.Struct({ ...ofSku, at: Instant, locations: optional(Schema.Boolean) }),
    answer: StockAsOfView,
    refusals: ["SkuNotFound", "BeforeLedger"]
  },
  /** The answer is described as it is sent: see `eventView`. */
  events: {
    permission: ofEvents.read,
    summary:
      "The event log after a position, in order, without gaps; of types, SKUs, locations, an order",
    input: Schema.Struct({
      ...EventsFilter.fields,
      ...placeFields,
      size: pageFields.size
    }),
    answer: EventsView,
    refusals: ["PositionGone", "LogRestored"]
  },
  reconcile: {
    permission: ofStock.read,
    summary: "All levels beside the ledger and the open holds, with proposed repairs",
    input: Schema.Struct({
      listMax: optional(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 1_000_000 })))
    }),
    answer: Reconciliation,
    refusals: []
  },
  reconcilePart: {
    permission: ofStock.read,
    summary: "Levels beside the ledger and the open holds, with proposed repairs; changes nothing",
    input: Schema.Struct(pageFields),
    answer: ReconciliationPart,
    refusals: []
  },
  reconciledLevels: {
    permission: ofStock.read,
    summary: "Every level beside its evidence, by SKU and location",
    input: Schema.Struct(pageFields),
    answer: pageOf(ReconciledLevel),
    refusals: []
  },
  mostMissed: {
    permission: ofStock.read,
    summary: "The SKUs that callers were refused most in up to 92 days, most units first",
    input: Schema.Struct(reportFields),
    answer: MostMissed,
    refusals: []
  },
  accuracy: {
    permission: ofStock.read,
    summary: "How much of the stock agreed with its ledger when it was last checked",
    input: Schema.Struct({}),
    answer: AccuracyReport,
    refusals: []
  },
  ping: {
    permission: openToAnyone,
    summary: "The store answers",
    input: Schema.Struct({}),
    answer: Schema.Void,
    refusals: []
  }
} as const satisfies {
  readonly [name: string]: {
    readonly permission: Permission
    readonly summary: string
    readonly input: Schema.Top
    readonly answer: Schema.Top
    readonly refusals: ReadonlyArray<RefusalTag>
  }
}

type Rows = typeof queryOperations

/** The name of a question. */
export type QueryName = keyof Rows

/** A question that was validated. */
export type QueryOf<Name extends QueryName> = Rows[Name]["input"]["Type"]

/** A question of untrusted parts, instants as ISO 8601 text. */
export type QueryInputOf<Name extends QueryName> = Rows[Name]["input"]["Encoded"]

/** The answer to a question. */
export type QueryAnswerOf<Name extends QueryName> = Name extends "events"
  ? LoggedEvents
  : Rows[Name]["answer"]["Type"]
