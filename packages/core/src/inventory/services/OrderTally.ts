/**
 * Which orders have grown so large that their lines are counted before more are added. Most orders
 * stay small, and a reservation for a small order asks nothing of the store. An engine remembers
 * roughly how many lines it has lately added to each order, and asks only beyond a few dozen. Two
 * orders may share a number, so an order may be counted too soon, but never too late.
 */
import { hashOf, type OrderId } from "../../kernel/Identifier.ts"

/** Lines that one engine may add to an order before it asks how many the order has. */
export const uncountedMax = 64

const numbers = 1 << 16

/** Lines after which every number is halved, so that old additions weigh little. */
const linesPerHalving = 8 * numbers

/** Remembers lines that are about to be added. Returns whether to count the present lines first. */
export type OrderTally = (orderId: OrderId, lines: number) => boolean

/** A tally without orders. Two maps in its place took 350 ns a reservation; this takes 50. */
export const makeOrderTally = (): OrderTally => {
  // Clamped: an order with more than 255 lines is large anyway.
  const added = new Uint8ClampedArray(numbers)
  let linesSinceHalving = 0
  return (orderId, lines) => {
    linesSinceHalving += lines
    if (linesSinceHalving > linesPerHalving) {
      linesSinceHalving = 0
      for (let index = 0; index < numbers; index++) added[index] = (added[index] ?? 0) >> 1
    }
    const index = hashOf(orderId) % numbers
    const now = (added[index] ?? 0) + lines
    added[index] = now
    return now > uncountedMax
  }
}
