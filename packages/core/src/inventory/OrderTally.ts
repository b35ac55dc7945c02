/**
 * Which orders have grown so far that their lines are counted before more are added. Most orders
 * never do, and a reservation for one of these asks nothing of the store: an engine remembers how
 * many lines it has added to each order lately, and only beyond a few dozen asks how many there are.
 */

/** Lines that one engine may add to an order before it asks how many the order has. */
export const uncountedMax = 64

/** Orders that are remembered at least; each costs its id and a number. */
const rememberedMin = 10_000

/** Remembers lines that are about to be added, and says whether to count those there are first. */
export type OrderTally = (orderId: string, lines: number) => boolean

/** A tally that knows of no order yet. */
export const makeOrderTally = (): OrderTally => {
  let recent = new Map<string, number>()
  let older = new Map<string, number>()
  return (orderId, lines) => {
    const added = (recent.get(orderId) ?? older.get(orderId) ?? 0) + lines
    if (recent.size >= rememberedMin) {
      older = recent
      recent = new Map()
    }
    recent.set(orderId, added)
    return added > uncountedMax
  }
}
