/** What left for an order, and what came back of it. */
import type { OrderId, SkuId } from "../../kernel/Identifier.ts"
import type { Reservation } from "./Reservation.ts"
import type { StockMovement } from "./StockMovement.ts"

/** Units of one SKU that left for an order, and that came back of it. */
export interface OrderReturns {
  readonly orderId: OrderId
  readonly skuId: SkuId
  readonly fulfilledQuantity: number
  readonly returnedQuantity: number
}

/** What left and came back, by all holds and the whole ledger. */
export const returnsOf = (
  holds: ReadonlyArray<Reservation>,
  movements: ReadonlyArray<StockMovement>,
  { orderId, skuId }: Pick<OrderReturns, "orderId" | "skuId">
): OrderReturns => {
  const isOfIt = (of: { readonly orderId?: OrderId; readonly skuId: SkuId }) =>
    of.orderId === orderId && of.skuId === skuId
  return {
    orderId,
    skuId,
    fulfilledQuantity: holds
      .filter(isOfIt)
      .reduce((units, { fulfilledQuantity }) => units + fulfilledQuantity, 0),
    returnedQuantity: movements.filter(isOfIt).reduce((units, { quantity }) => units + quantity, 0)
  }
}
