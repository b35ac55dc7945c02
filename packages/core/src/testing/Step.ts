/**
 * The steps of a story, as plain data. A step names a hold by the state that it should be in and a
 * number that picks one of those, so that every command meets every state, and a step still means
 * something when others before it are left out while a failure shrinks.
 */
import type { CommandOf, InventoryCommand } from "../inventory/InventoryCommand.ts"
import type { HoldState } from "./holdState.ts"

/** One of the holds in a state; one of all when none is. */
export interface HoldPick {
  readonly state: HoldState
  readonly n: number
}

type OfHold =
  | "ConfirmReservation"
  | "ReleaseReservation"
  | "FulfilReservation"
  | "ResizeReservation"
  | "ExtendReservation"
type OfOrder = "ConfirmOrder" | "ReleaseOrder" | "FulfilOrder"
type Plain = Exclude<
  InventoryCommand["_tag"],
  OfHold | OfOrder | "ReserveStock" | "ExpireReservations"
>
type Stepped<Tag extends InventoryCommand["_tag"], Named extends string, Instead> = {
  readonly [T in Tag]: Omit<CommandOf<T>, Named> & Instead
}[Tag]

/** A command as a story gives it: holds and orders are picked when it is told. */
export type CommandStep =
  | CommandOf<Plain>
  | Stepped<OfHold, "reservationId", { readonly hold: HoldPick }>
  | Stepped<OfOrder, "orderId", { readonly order: HoldPick }>
  | (Omit<CommandOf<"ReserveStock">, "orderId"> & {
      /** A name, or the order of a hold. */
      readonly order: string | HoldPick
      /** A hold whose id the first line asks for. */
      readonly taken?: HoldPick
    })
  | { readonly _tag: "ExpireReservations"; readonly holds: ReadonlyArray<HoldPick> }
  | (Omit<CommandOf<"CountStock">, "skuId" | "countedQuantity"> & {
      /** A count where a hold is, of so many units less than are reserved there. */
      readonly under: HoldPick
      readonly missing: number
    })
  | (Omit<CommandOf<"AdjustStock">, "skuId"> & {
      /** A correction where a hold is, or where more is promised than lies there. */
      readonly under: HoldPick | "shortfall"
    })

/** One step of a story: time passes, an earlier request is repeated, or a command is given. */
export type Step =
  | { readonly _tag: "Wait"; readonly seconds: number }
  | { readonly _tag: "Repeat"; readonly n: number }
  | { readonly _tag: "Command"; readonly command: CommandStep; readonly key?: string }
