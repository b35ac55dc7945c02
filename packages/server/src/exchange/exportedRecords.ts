/** What is kept of each kind, from the context that keeps it. */
import {
  type ExportedRecords,
  exportedCategories,
  exportedProducts,
  exportedSkus,
  exportedStock,
  type RecordKind
} from "@holdfast/core/exchange"
import type { ExchangeContexts } from "./ExchangeContexts.ts"

/** The records of one kind, page by page. */
export const exportedRecords = (
  contexts: ExchangeContexts["Service"],
  kind: RecordKind
): ExportedRecords => {
  switch (kind) {
    case "categories":
      return exportedCategories(contexts.catalog.reads)
    case "products":
      return exportedProducts(contexts.catalog.reads)
    case "skus":
      return exportedSkus(contexts.inventory.reads)
    case "stock":
      return exportedStock(contexts.inventory.reads)
  }
}
