/**
 * PORT. Copies of what the catalog reads, for answers to people. They may be a little older than the store.
 * Nothing is decided by them. Where nobody provides them, people are answered from the store too.
 */
import * as Context from "effect/Context"
import type { CatalogReads } from "./CatalogReads.ts"
import type { StockStatus } from "./StockStatus.ts"

/** The reads of the catalog that copies answer, and the stock beside products. */
export class CatalogCopies extends Context.Service<
  CatalogCopies,
  Pick<CatalogReads["Service"], "products" | "categories" | "allCategories"> &
    Pick<StockStatus["Service"], "stockOf">
>()("@holdfast/core/catalog/CatalogCopies") {}
