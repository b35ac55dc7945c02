/** Figures about stock, of a store in memory. */
import type * as Clock from "effect/Clock"
import type * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type { KeptChecks, MissedSku } from "../../inventory/messages/ReportQuery.ts"
import type { StockFigures } from "../../inventory/ports/StockFigures.ts"
import type { StockReads } from "../../inventory/ports/StockReads.ts"
import type { StockMovement } from "../../inventory/state/StockMovement.ts"
import type { SkuId } from "../../kernel/Identifier.ts"
import { dayNumber, type RankingQuery } from "../../kernel/ReportDays.ts"
import type { DailyCounts } from "../engine/DailyCounts.ts"

/** What is kept of the checks of stock, and who has the check until when. */
export interface MemoryChecks {
  kept: KeptChecks
  owner: string | null
  untilMillis: number
}

/** Checks of which none was made. */
export const noChecks = (): MemoryChecks => ({
  kept: { last: null, underWay: null },
  owner: null,
  untilMillis: 0
})

/** The figures of a store in memory. */
export const memoryFigures = (
  missed: DailyCounts,
  checks: MemoryChecks,
  clock: Clock.Clock
): StockFigures => {
  const isOfOther = (owner: string): boolean =>
    checks.owner !== owner && checks.untilMillis > clock.currentTimeMillisUnsafe()
  const take = (owner: string, leaseMillis: number) => {
    checks.owner = owner
    checks.untilMillis = clock.currentTimeMillisUnsafe() + leaseMillis
  }
  return {
    missed: (skuId, units) => missed.add(dayNumber(clock.currentTimeMillisUnsafe()), skuId, units),
    takeCheck: (owner, leaseMillis) =>
      Effect.sync(() => {
        if (isOfOther(owner)) return null
        take(owner, leaseMillis)
        return checks.kept
      }),
    saveCheck: (owner, kept, leaseMillis) =>
      Effect.sync(() => {
        if (checks.owner !== owner || isOfOther(owner)) return false
        take(owner, leaseMillis)
        checks.kept = kept
        return true
      })
  }
}

const mostMissedOf = (missed: DailyCounts, query: RankingQuery): ReadonlyArray<MissedSku> =>
  missed
    .most(query)
    .map(({ count, id, units }) => ({ skuId: id as SkuId, shortages: count, units }))

const dayMillis = 86_400_000

/** The units of SKUs that left in the last days. */
const shippedOf = (
  movements: ReadonlyArray<StockMovement>,
  skuIds: ReadonlyArray<SkuId>,
  nowMillis: number,
  days: number
): ReadonlyArray<{ readonly skuId: SkuId; readonly units: number }> => {
  const units = new Map<SkuId, number>()
  for (const { createdAt, quantity, skuId, type } of movements) {
    const isOld = createdAt.epochMilliseconds < nowMillis - days * dayMillis
    if (type !== "SHIPMENT" || isOld || !skuIds.includes(skuId)) continue
    units.set(skuId, (units.get(skuId) ?? 0) - quantity)
  }
  return [...units].map(([skuId, shipped]) => ({ skuId, units: shipped }))
}

/** What is read of figures. */
export const figureReads = (
  tables: {
    readonly missed: DailyCounts
    readonly movements: ReadonlyArray<StockMovement>
    readonly checks: MemoryChecks
  },
  now: () => DateTime.Utc
): Pick<StockReads["Service"], "mostMissed" | "shipped" | "checks"> => ({
  mostMissed: (query) => Effect.sync(() => mostMissedOf(tables.missed, query)),
  shipped: (skuIds, days) =>
    Effect.sync(() => shippedOf(tables.movements, skuIds, now().epochMilliseconds, days)),
  checks: Effect.sync(() => tables.checks.kept)
})
