/**
 * What each command answers when it took effect. Answers are plain values with a codec, because a
 * receipt keeps the first answer to a key and gives it back byte for byte.
 */
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"
import { unchecked } from "../../kernel/Identifier.ts"
import { Location } from "../state/Location.ts"
import * as Reservation from "../state/Reservation.ts"
import { ShortLine } from "../state/ShortLine.ts"
import { Sku } from "../state/Sku.ts"
import { StockMovement } from "../state/StockMovement.ts"
import { LevelStatus } from "../state/StockStatus.ts"
import { RefusedLine } from "./InventoryError.ts"

/** What a physical change did: its movements, the levels after it, the holds it took back. */
export const StockChanged = Schema.Struct({
  movements: Schema.Array(StockMovement),
  levels: Schema.Array(LevelStatus),
  released: Schema.Array(Reservation.Reservation)
}).annotate({ identifier: "StockChanged" })
export interface StockChanged extends Schema.Schema.Type<typeof StockChanged> {}

/**
 * What each line of a bulk request did, in their order, and how many did what. A changed line has
 * the level as it was after that line.
 */
export const StockLinesChanged = Schema.Struct({
  changed: Schema.Int,
  refused: Schema.Int,
  lines: Schema.Array(
    Schema.Union([
      Schema.TaggedStruct("Changed", {
        line: Schema.Int,
        skuId: unchecked.skuId,
        ...StockChanged.fields
      }),
      Schema.TaggedStruct("Refused", RefusedLine.fields)
    ])
  )
}).annotate({ identifier: "StockLinesChanged" })
export interface StockLinesChanged extends Schema.Schema.Type<typeof StockLinesChanged> {}

/** A field that receipts of form 1 lack; it is then read as `value`. */
const missingAs = <A extends string | null>(schema: Schema.Codec<A>, value: A) =>
  Schema.optionalKey(schema).pipe(
    Schema.decodeTo(
      schema,
      SchemaTransformation.transformOptional<A, A>({
        decode: Option.orElseSome(() => value),
        encode: (kept) => kept
      })
    )
  )

/**
 * A reservation as it is kept. In form 1 it has no `releaseReason`: a released hold is then read as
 * released for the given reason.
 */
const keptReservation = (reason: Reservation.ReservationEnd) =>
  Schema.Union([
    Schema.Struct({ ...Reservation.Pending.fields, releaseReason: missingAs(Schema.Null, null) }),
    Schema.Struct({ ...Reservation.Confirmed.fields, releaseReason: missingAs(Schema.Null, null) }),
    Schema.Struct({ ...Reservation.Fulfilled.fields, releaseReason: missingAs(Schema.Null, null) }),
    Schema.Struct({
      ...Reservation.Released.fields,
      releaseReason: missingAs(Reservation.ReservationEnd, reason)
    }),
    Schema.Struct({
      ...Reservation.Expired.fields,
      releaseReason: missingAs(Reservation.Expired.fields.releaseReason, null)
    })
  ])

const KeptReservation = keptReservation("RELEASED")

/** The holds of one command, in the order of its lines. */
const KeptReservations = Schema.Array(KeptReservation)

/** What a physical change did, as it is kept. Only a shortfall takes holds back. */
const KeptStockChanged = Schema.Struct({
  ...StockChanged.fields,
  released: Schema.Array(keptReservation("SHORTFALL"))
})

const ofOrder = { orderId: unchecked.orderId, version: Schema.Int }

/** The answers about a placed order, with its holds as they are `kept` or sent. */
const orderAnswers = <S extends Schema.Constraint>(holds: S) =>
  Schema.Union([
    Schema.TaggedStruct("Reserved", { ...ofOrder, reservations: holds }),
    Schema.TaggedStruct("Rejected", { ...ofOrder, short: Schema.Array(ShortLine) }),
    Schema.TaggedStruct("Confirmed", { ...ofOrder, reservations: holds }),
    Schema.TaggedStruct("PaidLate", { ...ofOrder, short: Schema.Array(ShortLine) }),
    Schema.TaggedStruct("Cancelled", ofOrder),
    Schema.TaggedStruct("Fulfilled", ofOrder)
  ])

/**
 * The state of a placed order: held, or rejected with every short line; paid; paid too late, with
 * the lines that could not be had again; cancelled; fulfilled. `reservations` are its open and its
 * lost holds.
 */
export const OrderState = orderAnswers(Schema.Array(Reservation.Reservation)).annotate({
  identifier: "OrderState"
})
export type OrderState = typeof OrderState.Type

const KeptOrderState = orderAnswers(KeptReservations)

/** How many holds were written down as expired. */
export const Expired = Schema.Struct({ expired: Schema.Int })

/**
 * The version of the form of the answers below. Each receipt keeps it. It rises when the form
 * changes. The codecs read earlier forms too; a caller who repeats a request whose answer they
 * cannot read gets
 * `AnswerUnreadable`.
 */
export const answerVersion = 2

/** The codec of each command's answer, as it is kept. */
export const answerOf = {
  RegisterSku: Sku,
  UpdateSku: Sku,
  ArchiveSku: Sku,
  UnarchiveSku: Sku,
  RegisterLocation: Location,
  UpdateLocation: Location,
  ReceiveStock: KeptStockChanged,
  ShipStock: KeptStockChanged,
  ReturnStock: KeptStockChanged,
  AdjustStock: KeptStockChanged,
  CountStock: KeptStockChanged,
  TransferStock: KeptStockChanged,
  ChangeStock: StockLinesChanged,
  ReserveStock: KeptReservations,
  ConfirmReservation: KeptReservation,
  ReleaseReservation: KeptReservation,
  FulfilReservation: KeptReservation,
  ResizeReservation: KeptReservation,
  ExtendReservation: KeptReservation,
  ConfirmOrder: KeptReservations,
  ReleaseOrder: KeptReservations,
  FulfilOrder: KeptReservations,
  ReleaseBundle: KeptReservations,
  ResizeBundle: KeptReservations,
  ExtendBundle: KeptReservations,
  BreakBundle: KeptReservations,
  PlaceOrder: KeptOrderState,
  PayOrder: KeptOrderState,
  CancelOrder: KeptOrderState,
  CompleteOrder: KeptOrderState,
  ClaimOrder: KeptReservations,
  ExpireReservations: Expired
} as const

/** The answer to the command of one name. */
export type AnswerOf<Tag extends keyof typeof answerOf> = (typeof answerOf)[Tag]["Type"]

/** Any answer. */
export type InventoryAnswer = AnswerOf<keyof typeof answerOf>
