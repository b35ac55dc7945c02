/**
 * PORT. What is kept of figures about stock, beside it: which SKUs were missed, and how far the check of
 * stock against its ledger has come. No decision reads it.
 */
import * as Effect from "effect/Effect"
import type { SkuId } from "../../kernel/Identifier.ts"
import type { StoreError } from "../../kernel/StoreError.ts"
import type { KeptChecks } from "../messages/ReportQuery.ts"

/** What is kept of figures about stock. */
export interface StockFigures {
  /**
   * Counts that a line was short of a SKU by so many units, as of now. It takes no time: a store may count
   * in memory and write many at once.
   */
  readonly missed: (skuId: SkuId, units: number) => void
  /**
   * Takes the check of stock for `leaseMillis`, or goes on with it; what is kept of it, or null while
   * another owner has it.
   */
  readonly takeCheck: (
    owner: string,
    leaseMillis: number
  ) => Effect.Effect<KeptChecks | null, StoreError>
  /**
   * Keeps how far the check has come, and lengthens the lease, or ends it with 0 milliseconds; false,
   * and nothing is kept, when another owner has taken it.
   */
  readonly saveCheck: (
    owner: string,
    checks: KeptChecks,
    leaseMillis: number
  ) => Effect.Effect<boolean, StoreError>
}

/** Figures that nobody keeps, such as those of a transaction that may be rolled back. */
export const noFigures: StockFigures = {
  missed: () => undefined,
  takeCheck: () => Effect.succeed(null),
  saveCheck: () => Effect.succeed(false)
}
