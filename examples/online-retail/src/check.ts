/**
 * Holds the inventory to the file: the level of every SKU beside its recomputation, and the counts
 * of the replay beside the recomputed ones. Finds nothing by itself; it only compares.
 */
import type { HoldfastInventory } from "@holdfast/core"
import type { Recomputed } from "./recompute.ts"
import type { Tally } from "./replay.ts"

/** A value that is not what the file says. `expected` is the file's, null when it has no such SKU. */
export interface Difference {
  readonly of: string
  readonly expected: number | null
  readonly actual: number | null
}

/** What a check found. */
export interface Checked {
  readonly skus: number
  readonly differences: ReadonlyArray<Difference>
  /** Levels that agree with the inventory's own ledger and open holds, of all levels. */
  readonly reconciled: { readonly levels: number; readonly agreeing: number }
}

/** The methods of an inventory that a check uses. */
export type CheckedOn = Pick<HoldfastInventory, "skus" | "stocks" | "reconcile">

const skuIdsOf = async (inventory: CheckedOn): Promise<ReadonlyArray<string>> => {
  const ids: Array<string> = []
  let cursor: string | null = null
  do {
    const page: Awaited<ReturnType<CheckedOn["skus"]>> = await inventory.skus({
      cursor,
      size: 1_000
    })
    ids.push(...page.items.map(({ id }) => id))
    cursor = page.next
  } while (cursor !== null)
  return ids
}

/**
 * Compares the level of every SKU, of the inventory and of the file, in units, and has the
 * inventory compare its levels with its own ledger.
 */
export const checkLevels = async (
  inventory: CheckedOn,
  expected: ReadonlyMap<string, number>
): Promise<Checked> => {
  const differences: Array<Difference> = []
  const differ = (of: string, wanted: number | null, actual: number | null) => {
    if (wanted !== actual) differences.push({ of, expected: wanted, actual })
  }
  const known = await skuIdsOf(inventory)
  const unseen = new Set(expected.keys())
  for (let start = 0; start < known.length; start += 1_000) {
    const asked = known.slice(start, start + 1_000)
    for (const stock of await inventory.stocks(asked)) {
      const wanted = expected.get(stock.skuId) ?? null
      unseen.delete(stock.skuId)
      differ(stock.skuId, wanted, stock.totalQuantity)
      differ(`${stock.skuId} reserved`, 0, stock.reservedQuantity)
      differ(`${stock.skuId} available`, wanted, stock.availableQuantity)
    }
  }
  for (const skuId of unseen) differ(skuId, expected.get(skuId) ?? null, null)
  const { agreeing, levels } = await inventory.reconcile()
  differ("levels that agree with the ledger", levels, agreeing)
  return { skus: known.length, differences, reconciled: { levels, agreeing } }
}

/** Compares what the replay counted with what the file says. */
export const checkCounts = (tally: Tally, expected: Recomputed): ReadonlyArray<Difference> =>
  [
    { of: "orders filled", expected: expected.ordersFilled, actual: tally.orders.filled },
    { of: "orders refused", expected: expected.ordersRefused, actual: tally.orders.refused },
    { of: "units shipped", expected: expected.unitsShipped, actual: tally.orders.units },
    {
      of: "adjustments refused",
      expected: expected.adjustmentsRefused,
      actual: tally.adjustments.refused
    }
  ].filter((count) => count.expected !== count.actual)
