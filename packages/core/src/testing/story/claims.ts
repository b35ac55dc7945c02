/**
 * Orders of carts in a story: the carts that a host names when it reserves, and the persons who claim
 * their orders, some of them again, some with the cart of another.
 */
import { constant, either, oneOf, type Random, record } from "../random.ts"
import type { CommandStep, HoldPick, OrderPick } from "./Step.ts"

const carts = ["1", "2"].map((digit) => `cart:${digit.repeat(64)}`)

/** One of the carts of the story. */
export const cartId: Random<string> = oneOf(...carts.map((cart) => [1, cart] as const))

/** Somebody claims the order of a hold, or one that was placed. */
export const claims = (hold: Random<HoldPick>, order: Random<OrderPick>): Random<CommandStep> =>
  record({
    _tag: constant("ClaimOrder"),
    order: either<HoldPick | OrderPick>([2, hold], [3, order]),
    cartId,
    ownerId: oneOf([3, "ann"], [1, "bob"])
  })
