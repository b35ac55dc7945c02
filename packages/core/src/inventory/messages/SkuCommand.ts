/**
 * Commands as they are decided: every line names a SKU. A line that named an option has become a line
 * for each of its SKUs, before the command entered the engine; a command whose lines named SKUs is
 * decided as it was asked. The token of a cart has become its hash, and data of a customer was encrypted
 * before: neither is in it any more.
 */
import type {
  LineId,
  LocationId,
  OptionId,
  OrderId,
  ReservationId,
  SkuId
} from "../../kernel/Identifier.ts"
import type { CommandTag, InventoryCommand } from "./InventoryCommand.ts"

/** The option that a line was made of, and units of the line's SKU for one unit of it. */
export interface LineOption {
  readonly optionId: OptionId
  readonly perBundle: number
}

/** Units of one SKU, at one location or where the whole line fits. */
export interface SkuLine {
  readonly skuId: SkuId
  readonly quantity: number
  readonly locationId?: LocationId
  readonly lineId?: LineId
  readonly reservationId?: ReservationId
  /** Which line of the request it was made of, from 0, when the request named options. */
  readonly line?: number
  readonly option?: LineOption
}

/** The order of a cart, and whose it becomes. The token of the cart is hashed by then. */
export interface ClaimOfCart {
  readonly _tag: "ClaimOrder"
  readonly orderId: OrderId
  readonly cartId: string
  readonly ownerId: string
}

type Decidable<Command> = Command extends { readonly _tag: "ReserveStock" | "PlaceOrder" }
  ? Omit<Command, "lines" | "customer"> & {
      readonly lines: ReadonlyArray<SkuLine>
      /** Whether it came with a customer, so that its fingerprint says so too. */
      readonly hasCustomer?: true
    }
  : Command extends { readonly _tag: "ClaimOrder" }
    ? ClaimOfCart
    : Command

/** A command as it is decided. */
export type SkuCommand = Decidable<InventoryCommand>

/** The command of one name, as it is decided. */
export type SkuCommandOf<Tag extends CommandTag> = Extract<SkuCommand, { readonly _tag: Tag }>
