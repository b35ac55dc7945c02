/**
 * What may be asked of the inventory. A command carries ids and no time: `now` is the store's.
 * Everything optional has the default that its docstring names; ids that are left out are derived
 * from the command's own id.
 */
import * as Schema from "effect/Schema"
import { Actor } from "../../kernel/Actor.ts"
import { LineId, LocationId, OrderId, ReservationId, SkuId } from "../../kernel/Identifier.ts"
import { CountedQuantity, Measure, Quantity, TtlSeconds } from "../../kernel/Quantity.ts"
import { LocationName, Priority } from "../state/Location.ts"
import { CustomerData, OwnerId } from "../state/PlacedOrder.ts"
import { SkuCode, SkuDescription, SkuName } from "../state/Sku.ts"
import { Reference } from "../state/StockMovement.ts"
import { linesUpTo, named, namesOne, orderLinesMax } from "./linesBound.ts"
import {
  AdjustStock,
  ChangeStock,
  CountStock,
  ReceiveStock,
  ReturnStock,
  ShipStock,
  TransferStock
} from "./MovementCommands.ts"
import {
  BreakBundle,
  CancelOrder,
  ClaimOrder,
  CompleteOrder,
  ExtendBundle,
  PayOrder,
  PlaceOrder,
  ReleaseBundle,
  ResizeBundle
} from "./OrderCommands.ts"

export { orderLinesMax, stockLinesMax } from "./linesBound.ts"

/**
 * The most lines of one order that a decision about the whole order accepts. It is twice
 * `orderLinesMax`, because callers who add at one instant do not see each other, and an order that grew
 * so must still be confirmed and released.
 */
export const wholeOrderMax = 2 * orderLinesMax

const optional = Schema.optionalKey
const optionalOrNull = <S extends Schema.Constraint>(schema: S) =>
  Schema.optionalKey(Schema.NullOr(schema))

const policy = {
  backorderLimit: optional(CountedQuantity),
  safetyStock: optional(CountedQuantity),
  lowStockThreshold: optionalOrNull(CountedQuantity)
}

/**
 * Make a SKU known, with `initialStock` units at `locationId` (the default location). That location
 * must exist and be active, even when there are no units.
 * `skuId` defaults to the command's own id. Policy defaults: no backorders, no safety stock.
 */
export const RegisterSku = Schema.TaggedStruct("RegisterSku", {
  skuId: optional(SkuId),
  code: SkuCode,
  name: SkuName,
  description: optionalOrNull(SkuDescription),
  weight: optionalOrNull(Measure),
  volume: optionalOrNull(Measure),
  ...policy,
  initialStock: optional(CountedQuantity),
  locationId: optional(LocationId)
})

/** Change the description of a SKU, or its policy. A field that is left out stays. */
export const UpdateSku = Schema.TaggedStruct("UpdateSku", {
  skuId: SkuId,
  code: optional(SkuCode),
  name: optional(SkuName),
  description: optionalOrNull(SkuDescription),
  weight: optionalOrNull(Measure),
  volume: optionalOrNull(Measure),
  ...policy
})

/** Take a SKU out of use; refused while stock or open holds exist. */
export const ArchiveSku = Schema.TaggedStruct("ArchiveSku", { skuId: SkuId })

/** Take an archived SKU into use again; refused while another SKU in use has its code. */
export const UnarchiveSku = Schema.TaggedStruct("UnarchiveSku", { skuId: SkuId })

/** Make a location known. Priority 100, sellable and active by default. */
export const RegisterLocation = Schema.TaggedStruct("RegisterLocation", {
  locationId: LocationId,
  name: LocationName,
  priority: optional(Priority),
  isDefault: optional(Schema.Boolean),
  sellable: optional(Schema.Boolean),
  active: optional(Schema.Boolean)
})

/** Change a location. What is left out stays; making it the default unmakes the other. */
export const UpdateLocation = Schema.TaggedStruct("UpdateLocation", {
  locationId: LocationId,
  name: optional(LocationName),
  priority: optional(Priority),
  isDefault: optional(Schema.Boolean),
  sellable: optional(Schema.Boolean),
  active: optional(Schema.Boolean)
})

/**
 * One line of an order: units of one SKU, at one location or wherever the whole line fits; or units
 * of an option, of whose SKUs each is held so.
 */
export const ReserveLine = Schema.Struct({
  ...named,
  quantity: Quantity,
  locationId: optional(LocationId),
  lineId: optional(LineId),
  reservationId: optional(ReservationId)
}).check(namesOne)
export interface ReserveLine extends Schema.Schema.Type<typeof ReserveLine> {}

/**
 * Hold every line for one order, or none. `ttl` is in seconds (900). With `replace` the order's
 * pending holds give way to these lines in one step. `ownerId` is whose order it is, if the order has
 * no holds yet; who is known to be a person owns what they reserve. `customer` is kept encrypted with
 * the order, in the place of what was kept before; it needs a key ring.
 */
export const ReserveStock = Schema.TaggedStruct("ReserveStock", {
  orderId: OrderId,
  lines: Schema.Array(ReserveLine).check(...linesUpTo(orderLinesMax)),
  ttl: optional(TtlSeconds),
  replace: optional(Schema.Boolean),
  ownerId: optional(OwnerId),
  customer: optional(CustomerData)
})

/** Payment is in: the hold no longer expires. `reacquire` tries again for one that did. */
export const ConfirmReservation = Schema.TaggedStruct("ConfirmReservation", {
  reservationId: ReservationId,
  reacquire: optional(Schema.Boolean)
})

/** Give back what a hold still keeps. A confirmed hold needs `confirmed: true`. */
export const ReleaseReservation = Schema.TaggedStruct("ReleaseReservation", {
  reservationId: ReservationId,
  confirmed: optional(Schema.Boolean)
})

/** Goods leave for a confirmed hold: all that it keeps, or `quantity` of it. */
export const FulfilReservation = Schema.TaggedStruct("FulfilReservation", {
  reservationId: ReservationId,
  quantity: optional(Quantity),
  reference: optionalOrNull(Reference),
  actor: optionalOrNull(Actor)
})

/** Change the quantity of an open hold. */
export const ResizeReservation = Schema.TaggedStruct("ResizeReservation", {
  reservationId: ReservationId,
  quantity: Quantity
})

/** Give a pending hold `ttl` seconds (900) from now. */
export const ExtendReservation = Schema.TaggedStruct("ExtendReservation", {
  reservationId: ReservationId,
  ttl: optional(TtlSeconds)
})

/**
 * Confirm every line of an order, or none. `reacquire` takes the lost lines again: those that
 * lapsed, and those that a correction took.
 */
export const ConfirmOrder = Schema.TaggedStruct("ConfirmOrder", {
  orderId: OrderId,
  reacquire: optional(Schema.Boolean)
})

/**
 * Release every line of an order. When any line is confirmed, this needs `confirmed: true`. Lapsed
 * lines are released too, so that a late payment does not take them again.
 */
export const ReleaseOrder = Schema.TaggedStruct("ReleaseOrder", {
  orderId: OrderId,
  confirmed: optional(Schema.Boolean)
})

/** Ship everything that the confirmed holds of an order keep, or nothing. */
export const FulfilOrder = Schema.TaggedStruct("FulfilOrder", {
  orderId: OrderId,
  reference: optionalOrNull(Reference),
  actor: optionalOrNull(Actor)
})

/** Write down that these holds have lapsed: what the sweeper sends. Others are left alone. */
export const ExpireReservations = Schema.TaggedStruct("ExpireReservations", {
  reservationIds: Schema.Array(ReservationId).check(Schema.isBetweenLength(1, 1_000))
})

/** Any command; its `_tag` says which. */
export const InventoryCommand = Schema.Union([
  RegisterSku,
  UpdateSku,
  ArchiveSku,
  UnarchiveSku,
  RegisterLocation,
  UpdateLocation,
  ReceiveStock,
  ShipStock,
  ReturnStock,
  AdjustStock,
  CountStock,
  TransferStock,
  ChangeStock,
  ReserveStock,
  ConfirmReservation,
  ReleaseReservation,
  FulfilReservation,
  ResizeReservation,
  ExtendReservation,
  ConfirmOrder,
  ReleaseOrder,
  FulfilOrder,
  ReleaseBundle,
  ResizeBundle,
  ExtendBundle,
  PlaceOrder,
  PayOrder,
  CancelOrder,
  CompleteOrder,
  ClaimOrder,
  BreakBundle,
  ExpireReservations
])
export type InventoryCommand = typeof InventoryCommand.Type

/** The name of a command. */
export type CommandTag = InventoryCommand["_tag"]

/** The command of one name. */
export type CommandOf<Tag extends CommandTag> = Extract<InventoryCommand, { readonly _tag: Tag }>

/** A command that a schema or a reader gave. An object made by hand does not compile as one. */
export const ValidCommand = InventoryCommand.pipe(Schema.brand("ValidCommand"))
export type ValidCommand = typeof ValidCommand.Type

/** The valid command of one name. */
export type ValidCommandOf<Tag extends CommandTag> = Extract<ValidCommand, { readonly _tag: Tag }>
