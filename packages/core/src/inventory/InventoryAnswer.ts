/**
 * What each command answers when it took effect. Answers are plain values with a codec, because a
 * receipt keeps the first answer to a key and gives it back byte for byte.
 */
import * as Schema from "effect/Schema"
import { LocationId, SkuId } from "../kernel/Identifier.ts"
import { Timestamp } from "../kernel/Instant.ts"
import { Location } from "./Location.ts"
import { Reservation } from "./Reservation.ts"
import { Sku } from "./Sku.ts"
import { StockMovement } from "./StockMovement.ts"

const balances = {
  totalQuantity: Schema.Int,
  reservedQuantity: Schema.Int,
  availableQuantity: Schema.Int,
  inStockQuantity: Schema.Int,
  shortfallQuantity: Schema.Int
}

/** One level as a reader sees it, in units: lapsed holds no longer count as reserved. */
export const LevelStatus = Schema.Struct({
  skuId: SkuId,
  locationId: LocationId,
  ...balances,
  lastUpdated: Timestamp
}).annotate({ identifier: "LevelStatus" })
/** One level as a reader sees it. */
export interface LevelStatus extends Schema.Schema.Type<typeof LevelStatus> {}

/**
 * One SKU as a reader sees it, summed over its sellable locations. `largestSingleQuantity` is the
 * most that one line at one location can take.
 */
export const StockStatus = Schema.Struct({
  skuId: SkuId,
  ...balances,
  largestSingleQuantity: Schema.Int,
  lastUpdated: Timestamp
}).annotate({ identifier: "StockStatus" })
/** One SKU as a reader sees it. */
export interface StockStatus extends Schema.Schema.Type<typeof StockStatus> {}

/** What a physical change did: its movements, the levels after it, the holds it took back. */
export const StockChanged = Schema.Struct({
  movements: Schema.Array(StockMovement),
  levels: Schema.Array(LevelStatus),
  released: Schema.Array(Reservation)
}).annotate({ identifier: "StockChanged" })
/** What a physical change did. */
export interface StockChanged extends Schema.Schema.Type<typeof StockChanged> {}

/** The holds of one command, in the order of its lines. */
export const Reservations = Schema.Array(Reservation)

/** How many holds were written down as expired. */
export const Expired = Schema.Struct({ expired: Schema.Int })

/**
 * The version of the form of the answers below. Each receipt keeps it. It rises when these schemas
 * can no longer read an answer that was kept earlier; a caller who repeats such a request gets
 * `AnswerUnreadable`.
 */
export const answerVersion = 1

/** The codec of each command's answer. */
export const answerOf = {
  RegisterSku: Sku,
  UpdateSku: Sku,
  ArchiveSku: Sku,
  UnarchiveSku: Sku,
  MakeLocation: Location,
  ChangeLocation: Location,
  ReceiveStock: StockChanged,
  ShipStock: StockChanged,
  ReturnStock: StockChanged,
  AdjustStock: StockChanged,
  CountStock: StockChanged,
  TransferStock: StockChanged,
  ReserveStock: Reservations,
  ConfirmReservation: Reservation,
  ReleaseReservation: Reservation,
  FulfilReservation: Reservation,
  ResizeReservation: Reservation,
  ExtendReservation: Reservation,
  ConfirmOrder: Reservations,
  ReleaseOrder: Reservations,
  FulfilOrder: Reservations,
  ExpireReservations: Expired
} as const

/** The answer to the command of one name. */
export type AnswerOf<Tag extends keyof typeof answerOf> = (typeof answerOf)[Tag]["Type"]

/** Any answer. */
export type InventoryAnswer = AnswerOf<keyof typeof answerOf>
