/** What a story has met of carts and of the persons who claim their orders. */
import type { SkuCommandOf } from "../../inventory/messages/SkuCommand.ts"
import type { PlacedOrder } from "../../inventory/state/PlacedOrder.ts"
import type { Reservation } from "../../inventory/state/Reservation.ts"
import type { StoryRequest } from "./telling.ts"

interface Before {
  readonly holds: ReadonlyMap<string, Reservation>
  readonly orders: ReadonlyMap<string, PlacedOrder>
}

/** Whether a new hold is a person's though a cart was named. */
export const cartsNamed = ({ events, request }: StoryRequest): ReadonlyArray<string> => {
  const named = "ownerId" in request.command ? request.command.ownerId : undefined
  const isAPersons = events.some(
    ({ eventType, payload }) =>
      eventType === "inventory.stock.reserved" &&
      payload.ownerId !== undefined &&
      payload.ownerId !== named
  )
  return isAPersons ? ["a cart was named whose order is a person's"] : []
}

/** What came of a claim. */
export const claimsMade = (
  { cartId, orderId, ownerId }: SkuCommandOf<"ClaimOrder">,
  { events, outcome }: StoryRequest,
  { holds, orders }: Before
): ReadonlyArray<string> => {
  if (events.length > 0) return ["an order of a cart was claimed"]
  if (outcome._tag === "Answered") return ["a claim was repeated"]
  const owner =
    [...holds.values()].find((hold) => hold.orderId === orderId && hold.ownerId !== undefined)
      ?.ownerId ?? orders.get(orderId)?.ownerId
  if (owner == null || owner === ownerId || owner === cartId) return []
  return [
    owner.startsWith("cart:")
      ? "another cart's order was claimed"
      : "a claimed order was claimed by another person"
  ]
}
