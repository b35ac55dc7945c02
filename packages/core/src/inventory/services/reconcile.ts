/**
 * SERVICE. Reconciliation: every level beside what the ledger and the open holds say it should be.
 * It goes by keyset pages of one short statement each, reports how far the levels agree, and
 * proposes what each one that does not should say. It changes nothing.
 */
import * as Effect from "effect/Effect"
import type { StoreError } from "../../kernel/StoreError.ts"
import { type ReconciledLevel, StockReads } from "../ports/StockReads.ts"

/** Levels in one page. */
const pageSize = 1_000

/** A level that disagrees, by how many units, and what it should say. Drift is row less evidence. */
export interface DriftedLevel extends ReconciledLevel {
  readonly totalDrift: number
  readonly reservedDrift: number
  readonly repair: { readonly totalQuantity: number; readonly reservedQuantity: number }
}

/**
 * What a reconciliation found. `accuracy` is the share of levels that agree, 0 to 1, and 1 when
 * there is none; drifts are sums of absolute units; `drifted` lists at most as many as were asked.
 */
export interface Reconciliation {
  readonly levels: number
  readonly agreeing: number
  readonly accuracy: number
  readonly totalDrift: number
  readonly reservedDrift: number
  readonly drifted: ReadonlyArray<DriftedLevel>
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

/** Compares every level, and lists the first `listMax` (1,000) that disagree. */
export const reconcile = Effect.fnUntraced(function* (
  listMax = 1_000
): Effect.fn.Return<Reconciliation, StoreError, StockReads> {
  const reads = yield* StockReads
  const drifted: Array<DriftedLevel> = []
  let levels = 0
  let disagreeing = 0
  let totalDrift = 0
  let reservedDrift = 0
  let after: ReconciledLevel | null = null
  while (true) {
    const page: ReadonlyArray<ReconciledLevel> = yield* reads.reconciled(after, pageSize)
    for (const level of page) {
      const drift = driftOf(level)
      if (drift === undefined) continue
      disagreeing += 1
      totalDrift += Math.abs(drift.totalDrift)
      reservedDrift += Math.abs(drift.reservedDrift)
      if (drifted.length < listMax) drifted.push(drift)
    }
    levels += page.length
    after = page.at(-1) ?? null
    if (page.length < pageSize || after === null) break
  }
  const agreeing = levels - disagreeing
  const accuracy = levels === 0 ? 1 : agreeing / levels
  return { levels, agreeing, accuracy, totalDrift, reservedDrift, drifted }
})
