/** The reports about stock, as the Promise door gives them. Instants are `Date`, days are in UTC. */
import type { QuestionOptions } from "../engine/RequestOptions.ts"
import type { DriftedLevel } from "./InventoryAnswers.ts"

/** What a report covers. */
export interface ReportOptions extends QuestionOptions {
  /** Days, today among them, 1 to 92: 7. */
  readonly days?: number | undefined
  /** Things that it lists at most, 1 to 1,000: 10. */
  readonly size?: number | undefined
}

/** A SKU that callers were refused: how many lines were short of it, and by how many units. */
export interface MissedSku {
  readonly skuId: string
  readonly shortages: number
  readonly units: number
}

/** The SKUs that were missed most from one day to another, such as `2026-03-01`; most units first. */
export interface MostMissed {
  readonly from: string
  readonly to: string
  readonly items: ReadonlyArray<MissedSku>
}

/** What a whole check of stock found; quantities and drifts are in units, drifts without sign. */
export interface StockCheck {
  readonly startedAt: Date
  readonly finishedAt: Date
  readonly levels: number
  readonly agreeing: number
  /** The share of levels that agree, 0 to 1; 1 when there is none. */
  readonly accuracy: number
  readonly totalDrift: number
  readonly reservedDrift: number
  /** The first 20 levels that disagree. */
  readonly drifted: ReadonlyArray<DriftedLevel>
  /** SKUs in use; those of which nothing is available; those at their low-stock threshold or below. */
  readonly skus: number
  readonly soldOutSkus: number
  readonly lowStockSkus: number
  /** How many SKUs in low stock last up to so many days, null is more, by the last 28 days. */
  readonly cover: ReadonlyArray<{ readonly daysUpTo: number | null; readonly skus: number }>
}

/** The last whole check, null before the first, and how far the one is that goes on now. */
export interface AccuracyReport {
  readonly lastCheck: StockCheck | null
  readonly underWay: {
    readonly startedAt: Date
    readonly levels: number
    readonly agreeing: number
  } | null
}

/** The reports about stock. */
export interface InventoryReports {
  /** The SKUs that callers were refused most in the last days, most units first. */
  readonly mostMissed: (options?: ReportOptions) => Promise<MostMissed>
  /** How much of the stock agreed with its ledger when it was last checked, in the background. */
  readonly accuracy: (options?: QuestionOptions) => Promise<AccuracyReport>
}
