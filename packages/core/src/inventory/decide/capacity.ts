/**
 * Room at a level. Lapsed holds no longer count, so a decision that needs their units first
 * expires them, oldest first, as many as the demand needs and not one more.
 */
import * as Reservation from "../Reservation.ts"
import type { Sku } from "../Sku.ts"
import type * as StockBook from "../StockBook.ts"
import * as StockLevel from "../StockLevel.ts"
import type { Draft } from "./Draft.ts"

/** Units that lapsed holds of a level still keep on paper. */
export const lapsedQuantity = (
  book: StockBook.StockBook,
  level: Pick<StockLevel.StockLevel, "skuId" | "locationId">
): number => {
  let quantity = 0
  for (const hold of book.lapsedAt(level.skuId, level.locationId)) {
    quantity += Reservation.heldQuantity(hold)
  }
  return quantity
}

/** Units that a line could take at this level, lapsed holds aside; below zero when none. */
export const capacity = (
  book: StockBook.StockBook,
  level: StockLevel.StockLevel,
  sku: Sku
): number => StockLevel.headroom(level, sku) + lapsedQuantity(book, level)

/** Expires lapsed holds of a level until `quantity` units came free, or none is left. */
export const expireLapsed = (
  draft: Draft,
  level: Pick<StockLevel.StockLevel, "skuId" | "locationId">,
  quantity: number
): void => {
  let freed = 0
  for (const hold of draft.lapsedAt(level.skuId, level.locationId)) {
    if (freed >= quantity) return
    freed += Reservation.heldQuantity(hold)
    draft.free(hold, "EXPIRED")
  }
}
