/**
 * The reads of a USER: of orders, those that are their own. Another's order reads as one that does
 * not exist, and so do its holds, whatever is asked about them.
 */
import * as Effect from "effect/Effect"
import type { Principal } from "../../access/Principal.ts"
import type { OrderId } from "../../kernel/Identifier.ts"
import type { StoreError } from "../../kernel/StoreError.ts"
import type { StockReads } from "../ports/StockReads.ts"

type Reads = StockReads["Service"]

/** The reads of a store, as far as they are a principal's own. */
export const ownReads = (reads: Reads, { id }: Principal): Reads => {
  /** What was read of an order, if it is the principal's own; otherwise nothing. */
  const ifOwn = <A>(
    orderId: OrderId,
    read: Effect.Effect<A, StoreError>,
    nothing: A
  ): Effect.Effect<A, StoreError> =>
    Effect.flatMap(reads.ownersOf([orderId]), ([owner]) =>
      owner?.ownerId === id ? read : Effect.succeed(nothing)
    )
  /** What was found, as far as it is of orders of the principal. */
  const owned = <A extends { readonly orderId: OrderId }>(
    found: ReadonlyArray<A>
  ): Effect.Effect<ReadonlyArray<A>, StoreError> => {
    if (found.length === 0) return Effect.succeed(found)
    const orderIds = [...new Set(found.map(({ orderId }) => orderId))]
    return Effect.map(reads.ownersOf(orderIds), (owners) => {
      const own = new Set(
        owners.filter(({ ownerId }) => ownerId === id).map(({ orderId }) => orderId)
      )
      return found.filter(({ orderId }) => own.has(orderId))
    })
  }
  return {
    ...reads,
    reservations: (reservationIds) => Effect.flatMap(reads.reservations(reservationIds), owned),
    reservationsOfOrder: (orderId, page) =>
      ifOwn(orderId, reads.reservationsOfOrder(orderId, page), []),
    linesOfOrder: (orderId) => ifOwn(orderId, reads.linesOfOrder(orderId), []),
    orderPages: (queries) =>
      Effect.flatMap(reads.orderPages(queries), (pages) =>
        Effect.forEach(pages, owned, { concurrency: "unbounded" })
      ),
    placedOrders: (orderIds) => Effect.flatMap(reads.placedOrders(orderIds), owned)
  }
}
