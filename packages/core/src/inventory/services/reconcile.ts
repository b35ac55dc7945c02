/**
 * SERVICE. Reconciliation: every level beside what the ledger and the open holds say it should be.
 * It goes by keyset pages of one short statement each, reports how far the levels agree, and
 * proposes a repair for each level that does not. It changes nothing.
 */
import * as Effect from "effect/Effect"
import type { LocationId, SkuId } from "../../kernel/Identifier.ts"
import type { StoreError } from "../../kernel/StoreError.ts"
import type { DriftedLevel, ReconciledLevel, Reconciliation } from "../messages/InventoryQuery.ts"
import { StockReads } from "../ports/StockReads.ts"

/** Levels in one statement, and levels after which a part of a reconciliation ends. */
const levelsPerStatement = 1_000
const levelsPerPart = 20_000

/** The key of a level. */
export interface LevelKey {
  readonly skuId: SkuId
  readonly locationId: LocationId
}

/** How much is to be compared. */
export interface ReconcileOptions {
  /** Disagreeing levels that are listed at most. */
  readonly listMax: number
  /** The level after which to begin; null for the first one. */
  readonly after?: LevelKey | null
  /** Whether to end once the list is full or 20,000 levels were compared: false. */
  readonly isPart?: boolean
}

/** What was found, and the last level that was compared; null when it was the last of all. */
export interface Reconciled extends Reconciliation {
  readonly last: LevelKey | null
}

/** How far one level is from its evidence, or undefined when it agrees. */
export const driftOf = (level: ReconciledLevel): DriftedLevel | undefined => {
  const totalDrift = level.totalQuantity - level.ledgerQuantity
  const reservedDrift = level.reservedQuantity - level.heldQuantity
  if (totalDrift === 0 && reservedDrift === 0) return undefined
  return {
    ...level,
    totalDrift,
    reservedDrift,
    repair: { totalQuantity: level.ledgerQuantity, reservedQuantity: level.heldQuantity }
  }
}

/** Compares levels, in the order of their keys. */
export const compareLevels = Effect.fnUntraced(function* (
  reads: StockReads["Service"],
  { after = null, isPart = false, listMax }: ReconcileOptions
): Effect.fn.Return<Reconciled, StoreError> {
  const drifted: Array<DriftedLevel> = []
  let last: LevelKey | null = after
  let levels = 0
  let disagreeing = 0
  let totalDrift = 0
  let reservedDrift = 0
  const found = (isEnd: boolean): Reconciled => {
    const agreeing = levels - disagreeing
    const accuracy = levels === 0 ? 1 : agreeing / levels
    const sums = { levels, agreeing, accuracy, totalDrift, reservedDrift }
    return { ...sums, drifted, last: isEnd ? null : last }
  }
  while (true) {
    const page: ReadonlyArray<ReconciledLevel> = yield* reads.reconciled(last, levelsPerStatement)
    for (const level of page) {
      levels += 1
      last = { skuId: level.skuId, locationId: level.locationId }
      const drift = driftOf(level)
      if (drift === undefined) continue
      disagreeing += 1
      totalDrift += Math.abs(drift.totalDrift)
      reservedDrift += Math.abs(drift.reservedDrift)
      if (drifted.length < listMax) drifted.push(drift)
      if (isPart && drifted.length === listMax) return found(false)
    }
    if (page.length < levelsPerStatement) return found(true)
    if (isPart && levels >= levelsPerPart) return found(false)
  }
})

/** Compares every level, and lists the first `listMax` (1,000) that disagree. */
export const reconcile = (listMax = 1_000): Effect.Effect<Reconciliation, StoreError, StockReads> =>
  Effect.flatMap(StockReads, (reads) =>
    Effect.map(compareLevels(reads, { listMax }), ({ last: _, ...found }) => found)
  )
