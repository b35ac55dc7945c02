/**
 * The steps of a story, as plain data. A step names a hold by its wanted state and by a number that
 * picks one of those in that state. So every command meets every state, and a step keeps its
 * meaning when earlier steps are left out while a failure shrinks.
 */
import type { SkuCommand, SkuCommandOf } from "../../inventory/messages/SkuCommand.ts"
import type { OrderStatus } from "../../inventory/state/PlacedOrder.ts"
import type { OrderId } from "../../kernel/Identifier.ts"
import type { HoldState } from "../invariants/holdState.ts"

/** One of the holds in a state, or one of all holds when none is in that state. */
export interface HoldPick {
  readonly state: HoldState
  readonly n: number
}

/** One of the placed orders in a state, or one of all when none is in that state. */
export interface OrderPick {
  readonly status: OrderStatus
  readonly n: number
}

type OfHold =
  | "ConfirmReservation"
  | "ReleaseReservation"
  | "FulfilReservation"
  | "ResizeReservation"
  | "ExtendReservation"
type OfBundle = "ReleaseBundle" | "ResizeBundle" | "ExtendBundle" | "BreakBundle"
type OfPlaced = "PayOrder" | "CancelOrder" | "CompleteOrder"
type OfOrder = "ConfirmOrder" | "ReleaseOrder" | "FulfilOrder"
type Plain = Exclude<
  SkuCommand["_tag"],
  | OfHold
  | OfOrder
  | OfPlaced
  | OfBundle
  | "ReserveStock"
  | "ExpireReservations"
  | "PlaceOrder"
  | "ClaimOrder"
>
type Stepped<Tag extends SkuCommand["_tag"], Named extends string, Instead> = {
  readonly [T in Tag]: Omit<SkuCommandOf<T>, Named> & Instead
}[Tag]

/** A command in a story. Its holds and orders are picked when the step runs. */
export type CommandStep =
  | SkuCommandOf<Plain>
  | Stepped<OfHold, "reservationId", { readonly hold: HoldPick }>
  | Stepped<OfBundle, "orderId" | "bundleId", { readonly bundle: HoldPick }>
  | Stepped<OfOrder, "orderId", { readonly order: HoldPick }>
  | (Omit<SkuCommandOf<"ReserveStock">, "orderId"> & {
      /** An order id, or the order of a hold. */
      readonly order: OrderId | HoldPick
      /** A hold whose id the first line asks for. */
      readonly taken?: HoldPick
    })
  | (Omit<SkuCommandOf<"PlaceOrder">, "orderId"> & {
      /** An order id, or a placed order in a state. */
      readonly order: OrderId | OrderPick
    })
  | Stepped<OfPlaced, "orderId", { readonly order: OrderPick }>
  | Stepped<"ClaimOrder", "orderId", { readonly order: HoldPick | OrderPick }>
  | { readonly _tag: "ExpireReservations"; readonly holds: ReadonlyArray<HoldPick> }
  | (Omit<SkuCommandOf<"CountStock">, "skuId" | "countedQuantity"> & {
      /** A count at a hold's place, so many units below what is reserved there. */
      readonly under: HoldPick
      readonly missing: number
    })
  | (Omit<SkuCommandOf<"ReturnStock">, "skuId"> & {
      /** Goods of the order of a hold come back. */
      readonly of: HoldPick
    })
  | (Omit<SkuCommandOf<"AdjustStock">, "skuId"> & {
      /** A correction at a hold's place, or at a place where more is promised than it has. */
      readonly under: HoldPick | "shortfall"
    })

/** One step of a story: time passes, an earlier request is repeated, or a command is sent. */
export type Step =
  | { readonly _tag: "Wait"; readonly seconds: number }
  | { readonly _tag: "Repeat"; readonly n: number }
  | { readonly _tag: "Command"; readonly command: CommandStep; readonly key?: string }
