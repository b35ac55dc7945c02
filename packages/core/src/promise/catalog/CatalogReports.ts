/** The reports about products, as the Promise door gives them. Days are in UTC. */
import type { QuestionOptions } from "../engine/RequestOptions.ts"

/** What a report about products covers. */
export interface ProductReportOptions extends QuestionOptions {
  /** Days, today among them, 1 to 92: 7. */
  readonly days?: number | undefined
  /** Products that it lists at most, 1 to 1,000: 10. */
  readonly size?: number | undefined
}

/** A product by how often it was read alone; its name is null once it is deleted. */
export interface ViewedProduct {
  readonly productId: string
  readonly name: string | null
  readonly views: number
}

/** The products that were read most from one day to another, such as `2026-03-01`; most first. */
export interface MostViewed {
  readonly from: string
  readonly to: string
  readonly items: ReadonlyArray<ViewedProduct>
}

/** The reports about products. */
export interface CatalogReports {
  /** The products that were read most in the last days. The views of the last seconds may be missing. */
  readonly mostViewed: (options?: ProductReportOptions) => Promise<MostViewed>
}
