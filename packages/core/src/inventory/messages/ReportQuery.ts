/** The words of the reports about stock: what was missed, and whether stock agrees with its ledger. */
import * as Schema from "effect/Schema"
import { SkuId } from "../../kernel/Identifier.ts"
import { Timestamp } from "../../kernel/Instant.ts"
import { Day } from "../../kernel/ReportDays.ts"
import { DriftedLevel } from "./InventoryQuery.ts"

/**
 * A SKU that callers were refused: how many lines of requests were short of it, and by how many units.
 * A caller who asks again is counted again.
 */
export const MissedSku = Schema.Struct({
  skuId: SkuId,
  shortages: Schema.Int,
  units: Schema.Int
}).annotate({ identifier: "MissedSku" })
export interface MissedSku extends Schema.Schema.Type<typeof MissedSku> {}

/** The SKUs that were missed most from one day to another, both included, in UTC; most units first. */
export const MostMissed = Schema.Struct({
  from: Day,
  to: Day,
  items: Schema.Array(MissedSku)
}).annotate({ identifier: "MostMissed" })
export interface MostMissed extends Schema.Schema.Type<typeof MostMissed> {}

/** The bounds of the days of cover, in days; null is everything above them. */
export const coverDays = [1, 3, 7, 14, 30, null] as const

/** Levels that disagree which a check lists at most. */
export const checkedDriftsMax = 20

/** What a check counts while it goes from level to level. */
const counted = {
  startedAt: Timestamp,
  levels: Schema.Int,
  agreeing: Schema.Int,
  totalDrift: Schema.Int.annotate({ description: "The sum of absolute units" }),
  reservedDrift: Schema.Int.annotate({ description: "The sum of absolute units" }),
  drifted: Schema.Array(DriftedLevel).annotate({
    description: `The first ${checkedDriftsMax} levels that disagree`
  }),
  skus: Schema.Int.annotate({ description: "SKUs in use" }),
  soldOutSkus: Schema.Int.annotate({ description: "Those of which nothing is available" }),
  lowStockSkus: Schema.Int.annotate({
    description: "Those of which as much is available as their low-stock threshold says, or less"
  }),
  cover: Schema.Array(
    Schema.Struct({
      daysUpTo: Schema.NullOr(Schema.Int).annotate({ description: "Null is more than that" }),
      skus: Schema.Int
    })
  ).annotate({
    description:
      "For how many days the available units of SKUs in low stock last, by what left of each in the last 28 days"
  })
}

/** What a whole check of stock found. `accuracy` is the share of levels that agree, 1 of none. */
export const StockCheck = Schema.Struct({
  finishedAt: Timestamp,
  accuracy: Schema.Finite,
  ...counted
}).annotate({ identifier: "StockCheck" })
export interface StockCheck extends Schema.Schema.Type<typeof StockCheck> {}

/** How far a check has come: the last level that it compared, and what it has found so far. */
export const CheckProgress = Schema.Struct({
  after: Schema.NullOr(Schema.Struct({ skuId: SkuId, locationId: DriftedLevel.fields.locationId })),
  ...counted
})
export interface CheckProgress extends Schema.Schema.Type<typeof CheckProgress> {}

/** The last whole check, null before the first, and how far the one is that goes on now. */
export const AccuracyReport = Schema.Struct({
  lastCheck: Schema.NullOr(StockCheck),
  underWay: Schema.NullOr(
    Schema.Struct({ startedAt: Timestamp, levels: Schema.Int, agreeing: Schema.Int }).annotate({
      identifier: "CheckUnderWay"
    })
  )
}).annotate({ identifier: "AccuracyReport" })
export interface AccuracyReport extends Schema.Schema.Type<typeof AccuracyReport> {}

/** What is kept of the checks of stock. */
export interface KeptChecks {
  readonly last: StockCheck | null
  readonly underWay: CheckProgress | null
}
