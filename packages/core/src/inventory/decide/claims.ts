/** The decision to make the order of a cart that of a person. */
import * as Result from "effect/Result"
import { wholeOrderMax } from "../messages/InventoryCommand.ts"
import type { ClaimOfCart } from "../messages/SkuCommand.ts"
import * as Reservation from "../state/Reservation.ts"
import type { Draft } from "./Draft.ts"
import type { Decided } from "./lookups.ts"

/**
 * Claims an order for a person: that of the cart, or one that is theirs already. Any other is not
 * there for them, also when somebody else claimed it with the same token.
 */
export const claimOrder = (
  draft: Draft,
  { cartId, orderId, ownerId }: ClaimOfCart
): Decided<ReadonlyArray<Reservation.Reservation>> => {
  const lines = () =>
    draft.reservationsOfOrder(orderId).filter(Reservation.isLine).slice(0, wholeOrderMax)
  const owner = draft.ownerOf(orderId)?.ownerId
  if (owner === ownerId) return Result.succeed(lines())
  if (owner !== cartId) return Result.fail({ _tag: "OrderNotFound", orderId })
  // An order is claimed once: afterwards it is a person's, and no cart's any more.
  draft.emit("ordering.claim.made", orderId, 1, { orderId, ownerId, cartId })
  return Result.succeed(lines())
}
