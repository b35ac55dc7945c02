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
  return {
    ...reads,
    reservation: (reservationId) =>
      Effect.flatMap(reads.reservation(reservationId), (hold) =>
        hold === undefined
          ? Effect.succeed(undefined)
          : ifOwn(hold.orderId, Effect.succeed(hold), undefined)
      ),
    reservationsOfOrder: (orderId, page) =>
      ifOwn(orderId, reads.reservationsOfOrder(orderId, page), []),
    linesOfOrder: (orderId) => ifOwn(orderId, reads.linesOfOrder(orderId), []),
    placedOrder: (orderId) => ifOwn(orderId, reads.placedOrder(orderId), undefined)
  }
}
