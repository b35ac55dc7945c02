/**
 * SERVICE. Asks whether an order could be reserved now, and what is short, line by line. It is the
 * decision of `reserve`, taken over reads and dropped: nothing is locked, held or written, so the
 * answer is true at its instant and promises nothing.
 */
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import { OrderId } from "../../kernel/Identifier.ts"
import * as InvalidInput from "../../kernel/InvalidInput.ts"
import type { StoreError } from "../../kernel/StoreError.ts"
import { rehearse } from "../decide/decide.ts"
import { fromLoaded } from "../decide/OpenBook.ts"
import { orderLinesMax, ReserveLine } from "../messages/InventoryCommand.ts"
import { type InventoryRefusal, ShortLine } from "../messages/InventoryError.ts"
import { StockReads } from "../ports/StockReads.ts"

/** A line to check. The check makes no hold, so the line has no reservation id. */
export const AvailabilityLine = ReserveLine.mapFields(Struct.omit(["reservationId"]))

/**
 * The question: the lines of an order. With `orderId`, the pending holds of that order count as
 * free, as they do when `reserve` replaces them: a buyer's own cart is never in the way.
 */
export const AvailabilityQuery = Schema.Struct({
  lines: Schema.Array(AvailabilityLine).check(Schema.isBetweenLength(1, orderLinesMax)),
  orderId: Schema.optionalKey(OrderId)
}).annotate({ identifier: "AvailabilityQuery" })
/** The lines of an order. */
export interface AvailabilityQuery extends Schema.Schema.Type<typeof AvailabilityQuery> {}

/** The answer: whether every line fits, and each line that does not. */
export const Availability = Schema.Struct({
  isAvailable: Schema.Boolean,
  shortLines: Schema.Array(ShortLine)
}).annotate({ identifier: "Availability" })
/** Whether every line fits, and each line that does not. */
export interface Availability extends Schema.Schema.Type<typeof Availability> {}

/** Validates a question of untrusted parts. */
export const readAvailabilityQuery = InvalidInput.reader(AvailabilityQuery)

const origin = {
  commandId: "00000000-0000-7000-8000-000000000000",
  correlationId: null,
  traceparent: null,
  actor: null
}

/** What the planner is to read: lapsed holds are taken off the levels, so none is left to expire. */
const bookOf = Effect.fnUntraced(function* (query: AvailabilityQuery) {
  const reads = yield* StockReads
  const reservations = query.orderId === undefined ? [] : yield* reads.linesOfOrder(query.orderId)
  const skuIds = [...query.lines, ...reservations].map((line) => line.skuId)
  const [stock, locations] = yield* Effect.all(
    [reads.stock([...new Set(skuIds)]), reads.locations],
    { concurrency: 2 }
  )
  const clock = yield* Clock.Clock
  return fromLoaded({
    now: DateTime.makeUnsafe(clock.currentTimeMillisUnsafe()),
    skus: stock.map(({ sku }) => sku),
    levels: stock.flatMap(({ levels }) =>
      levels.map(({ lapsedQuantity, level }) => ({
        ...level,
        reservedQuantity: level.reservedQuantity - lapsedQuantity
      }))
    ),
    locations,
    reservations,
    orderLines: [],
    lapsed: [],
    lapsedMore: [],
    receipts: [],
    codes: []
  })
})

/**
 * Checks the lines. Refusals are those of `reserve` without the shortage, which is the answer here:
 * `SkuNotFound`, `LocationNotFound`, `SkuArchived`, `LocationUnavailable`, and with `orderId` also
 * `OrderTooLarge` and `OrderAlreadyConfirmed`.
 */
export const checkAvailability = (
  query: AvailabilityQuery
): Effect.Effect<Availability, InventoryRefusal | StoreError, StockReads> =>
  Effect.flatMap(bookOf(query), (book): Effect.Effect<Availability, InventoryRefusal> => {
    // The parts of the book were read one after another and may disagree: no bound is asserted.
    const decision = rehearse(
      book,
      {
        _tag: "ReserveStock",
        orderId: query.orderId ?? "availability",
        lines: query.lines,
        ...(query.orderId === undefined ? {} : { replace: true })
      },
      origin
    )
    if (Result.isSuccess(decision)) return Effect.succeed({ isAvailable: true, shortLines: [] })
    const refusal = decision.failure
    return refusal._tag === "InsufficientStock"
      ? Effect.succeed({ isAvailable: false, shortLines: refusal.lines })
      : Effect.fail(refusal)
  })
