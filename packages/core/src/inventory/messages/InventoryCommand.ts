/**
 * What may be asked of the inventory. A command carries ids and no time: `now` is the store's.
 * Everything optional has the default that its docstring names; ids that are left out are derived
 * from the command's own id.
 */
import * as Schema from "effect/Schema"
import { Actor } from "../../kernel/Actor.ts"
import {
  LineId,
  LocationId,
  OrderId,
  ReservationId,
  SkuId,
  TransferId
} from "../../kernel/Identifier.ts"
import { Instant } from "../../kernel/Instant.ts"
import {
  CountedQuantity,
  Measure,
  Quantity,
  SignedQuantity,
  TtlSeconds
} from "../../kernel/Quantity.ts"
import { LocationName, Priority } from "../state/Location.ts"
import { SkuCode, SkuDescription, SkuName } from "../state/Sku.ts"
import { Reason, Reference } from "../state/StockMovement.ts"
import { BreakBundle, ExtendBundle, ReleaseBundle, ResizeBundle } from "./BundleCommands.ts"
import { linesUpTo, named, namesOne, orderLinesMax } from "./linesBound.ts"
import { CancelOrder, CompleteOrder, PayOrder, PlaceOrder } from "./PlacedOrderCommands.ts"

export { orderLinesMax } from "./linesBound.ts"

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
 * What a movement carries into the ledger. `occurredAt` is when it happened, if that was before it
 * is recorded; more than 5 minutes in the future is bad input. As-of reads use the time at which a
 * movement was recorded.
 */
const notes = {
  reference: optionalOrNull(Reference),
  reason: optionalOrNull(Reason),
  actor: optionalOrNull(Actor),
  occurredAt: optionalOrNull(Instant)
}

const atLevel = { skuId: SkuId, locationId: optional(LocationId) }

/** Goods came in: total + quantity, at the default location when none is named. */
export const ReceiveStock = Schema.TaggedStruct("ReceiveStock", {
  ...atLevel,
  quantity: Quantity,
  ...notes
})

/** Goods left without a reservation: total − quantity, never units that are promised. */
export const ShipStock = Schema.TaggedStruct("ShipStock", {
  ...atLevel,
  quantity: Quantity,
  ...notes
})

/** Goods came back: total + quantity. */
export const ReturnStock = Schema.TaggedStruct("ReturnStock", {
  ...atLevel,
  quantity: Quantity,
  ...notes
})

/**
 * What to do when a lower total would break promises: refuse and list the holds, release the
 * newest pending holds (confirmed ones too when `includeConfirmed`), or accept the shortfall.
 */
export const OnShortfall = Schema.Literals(["REFUSE", "RELEASE_NEWEST", "ACCEPT"])

const shortfall = {
  onShortfall: optional(OnShortfall),
  includeConfirmed: optional(Schema.Boolean)
}

/** Refuses options of a shortfall that can have no effect. */
const releasesConfirmed = Schema.makeFilter(
  (fields: {
    readonly onShortfall?: typeof OnShortfall.Type
    readonly includeConfirmed?: boolean
  }) =>
    fields.includeConfirmed !== true ||
    fields.onShortfall === "RELEASE_NEWEST" || {
      path: ["includeConfirmed"],
      issue: "is for onShortfall RELEASE_NEWEST; without it, no hold is released"
    },
  {
    toJsonSchema: () => ({
      anyOf: [
        { properties: { includeConfirmed: { const: false } } },
        { required: ["onShortfall"], properties: { onShortfall: { const: "RELEASE_NEWEST" } } }
      ]
    })
  }
)

const canFallShort = Schema.makeFilter(
  (fields: { readonly quantity: number; readonly onShortfall?: typeof OnShortfall.Type }) =>
    fields.quantity < 0 ||
    fields.onShortfall === undefined ||
    fields.onShortfall === "REFUSE" || {
      path: ["onShortfall"],
      issue: "is for a quantity below zero; more units break no promise"
    },
  {
    toJsonSchema: () => ({
      anyOf: [
        { properties: { quantity: { maximum: -1 } } },
        { properties: { onShortfall: { const: "REFUSE" } } }
      ]
    })
  }
)

/** Correct the total by a signed quantity, with a reason. `onShortfall` defaults to REFUSE. */
export const AdjustStock = Schema.TaggedStruct("AdjustStock", {
  ...atLevel,
  quantity: SignedQuantity,
  ...notes,
  reason: Reason,
  ...shortfall
}).check(releasesConfirmed, canFallShort)

/**
 * A stock-take: set the total to what was counted. With `expectedQuantity` it is a compare-and-set:
 * a total that is no longer the expected one is a refusal. A count that finds the total unchanged
 * makes no movement, or one of 0 units when it carries notes.
 */
export const CountStock = Schema.TaggedStruct("CountStock", {
  ...atLevel,
  countedQuantity: CountedQuantity,
  expectedQuantity: optional(CountedQuantity),
  ...notes,
  ...shortfall
}).check(releasesConfirmed)

/** Move units between two locations of one SKU; never units that are promised. */
export const TransferStock = Schema.TaggedStruct("TransferStock", {
  skuId: SkuId,
  fromLocationId: LocationId,
  toLocationId: LocationId,
  quantity: Quantity,
  transferId: optional(TransferId),
  ...notes
}).check(
  Schema.makeFilter(
    (transfer: { readonly fromLocationId: string; readonly toLocationId: string }) =>
      transfer.fromLocationId !== transfer.toLocationId || {
        path: ["toLocationId"],
        issue: "must be another location than fromLocationId"
      }
  )
)

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
 * pending holds give way to these lines in one step.
 */
export const ReserveStock = Schema.TaggedStruct("ReserveStock", {
  orderId: OrderId,
  lines: Schema.Array(ReserveLine).check(...linesUpTo(orderLinesMax)),
  ttl: optional(TtlSeconds),
  replace: optional(Schema.Boolean)
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
