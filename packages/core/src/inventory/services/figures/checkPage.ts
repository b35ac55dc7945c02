/** One page of a check of stock: what it finds is added to what the pages before it found. */
import type * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type { SkuId } from "../../../kernel/Identifier.ts"
import type { StoreError } from "../../../kernel/StoreError.ts"
import type { DriftedLevel } from "../../messages/InventoryQuery.ts"
import {
  type CheckProgress,
  checkedDriftsMax,
  coverDays,
  type StockCheck
} from "../../messages/ReportQuery.ts"
import type { StockReads } from "../../ports/StockReads.ts"
import { stockStatus } from "../../state/StockStatus.ts"
import { driftOf } from "../reconcile.ts"

/** Levels on one page of a check. */
export const checkedLevelsMax = 500

/** The days before now that say how fast a SKU leaves. */
const paceDays = 28

/** A check that has compared nothing yet. */
export const beginCheck = (startedAt: DateTime.Utc): CheckProgress => ({
  after: null,
  startedAt,
  levels: 0,
  agreeing: 0,
  totalDrift: 0,
  reservedDrift: 0,
  drifted: [],
  skus: 0,
  soldOutSkus: 0,
  lowStockSkus: 0,
  cover: coverDays.map((daysUpTo) => ({ daysUpTo, skus: 0 }))
})

/** What the check of every level has found. */
export const endCheck = (
  { after: _, ...found }: CheckProgress,
  finishedAt: DateTime.Utc
): StockCheck => ({
  finishedAt,
  accuracy: found.levels === 0 ? 1 : found.agreeing / found.levels,
  ...found
})

/** What is available of the SKUs in low stock, by SKU. */
interface SkusFound {
  readonly skus: number
  readonly soldOut: number
  readonly low: ReadonlyMap<SkuId, number>
}

const skusOf = Effect.fnUntraced(function* (
  reads: StockReads["Service"],
  skuIds: ReadonlyArray<SkuId>
): Effect.fn.Return<SkusFound, StoreError> {
  const low = new Map<SkuId, number>()
  let skus = 0
  let soldOut = 0
  for (const { levels, sku } of yield* reads.stock(skuIds)) {
    if (sku.archivedAt !== null) continue
    skus += 1
    const { availableQuantity } = stockStatus(sku, levels)
    if (availableQuantity <= 0) soldOut += 1
    else if (sku.lowStockThreshold !== null && availableQuantity <= sku.lowStockThreshold) {
      low.set(sku.id, availableQuantity)
    }
  }
  return { skus, soldOut, low }
})

/** How many SKUs in low stock last for how many days. */
const coverOf = Effect.fnUntraced(function* (
  reads: StockReads["Service"],
  low: SkusFound["low"],
  before: CheckProgress["cover"]
): Effect.fn.Return<CheckProgress["cover"], StoreError> {
  if (low.size === 0) return before
  const shipped = yield* reads.shipped([...low.keys()], paceDays)
  const unitsOf = new Map(shipped.map(({ skuId, units }) => [skuId, units]))
  const counts = new Map<number | null, number>()
  for (const [skuId, available] of low) {
    const days = (available * paceDays) / (unitsOf.get(skuId) ?? 0)
    const upTo = coverDays.find((bound) => bound === null || days <= bound) ?? null
    counts.set(upTo, (counts.get(upTo) ?? 0) + 1)
  }
  return before.map(({ daysUpTo, skus }) => ({
    daysUpTo,
    skus: skus + (counts.get(daysUpTo) ?? 0)
  }))
})

/** Compares one page of levels with their evidence; the check so far, and whether it is at its end. */
export const checkPage = Effect.fnUntraced(function* (
  reads: StockReads["Service"],
  before: CheckProgress
): Effect.fn.Return<{ readonly progress: CheckProgress; readonly isEnd: boolean }, StoreError> {
  const page = yield* reads.reconciled(before.after, checkedLevelsMax)
  const drifts = page.flatMap((level): ReadonlyArray<DriftedLevel> => {
    const drift = driftOf(level)
    return drift === undefined ? [] : [drift]
  })
  const ids = new Set(page.map(({ skuId }) => skuId))
  // The levels of one SKU may be on two pages; it is counted with the first.
  if (before.after !== null) ids.delete(before.after.skuId)
  const found = yield* skusOf(reads, [...ids])
  const last = page.at(-1)
  return {
    isEnd: page.length < checkedLevelsMax,
    progress: {
      ...before,
      after: last === undefined ? before.after : { skuId: last.skuId, locationId: last.locationId },
      levels: before.levels + page.length,
      agreeing: before.agreeing + page.length - drifts.length,
      totalDrift: drifts.reduce((sum, it) => sum + Math.abs(it.totalDrift), before.totalDrift),
      reservedDrift: drifts.reduce(
        (sum, it) => sum + Math.abs(it.reservedDrift),
        before.reservedDrift
      ),
      drifted: [...before.drifted, ...drifts].slice(0, checkedDriftsMax),
      skus: before.skus + found.skus,
      soldOutSkus: before.soldOutSkus + found.soldOut,
      lowStockSkus: before.lowStockSkus + found.low.size,
      cover: yield* coverOf(reads, found.low, before.cover)
    }
  }
})
