/**
 * PORT. Copies of the stock of SKUs, for answers to people. They may be a little older than the store.
 * Nothing is decided by them, not even whether an order could be reserved. Where nobody provides them, people are answered from the store too.
 */
import * as Context from "effect/Context"
import type { StockReads } from "./StockReads.ts"

/** The reads of the inventory that copies answer. */
export class StockCopies extends Context.Service<
  StockCopies,
  Pick<StockReads["Service"], "stock">
>()("@holdfast/core/inventory/StockCopies") {}
