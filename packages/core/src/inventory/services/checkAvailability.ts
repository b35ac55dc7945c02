/**
 * SERVICE. Asks whether an order could be reserved now, and what is short, line by line. It is the
 * decision of `reserve`, taken over reads and dropped: nothing is locked, held or written, so the
 * answer is true at its instant and promises nothing.
 */
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { CommandId, OrderId } from "../../kernel/Identifier.ts"
import type { StoreError } from "../../kernel/StoreError.ts"
import { rehearse } from "../decide/decide.ts"
import { fromLoaded } from "../decide/OpenBook.ts"
import type { RefusalOf } from "../messages/InventoryError.ts"
import type { Availability, AvailabilityQuery } from "../messages/InventoryQuery.ts"
import { nameOptions } from "../messages/linesBound.ts"
import type { RefusalsOf } from "../messages/operations.ts"
import type { SkuLine } from "../messages/SkuCommand.ts"
import { joinedOptions, type OptionMappings } from "../ports/OptionMappings.ts"
import { StockReads } from "../ports/StockReads.ts"
import { expandOptions } from "./expandOptions.ts"

const origin = {
  commandId: CommandId.make("00000000-0000-7000-8000-000000000000"),
  correlationId: null,
  traceparent: null,
  actor: null
}

/** The order of a question that names none. */
const anyOrder = OrderId.make("availability")

/** A question whose lines name SKUs. */
interface SkuQuery extends Pick<AvailabilityQuery, "orderId"> {
  readonly lines: ReadonlyArray<SkuLine>
}

/** What the planner is to read: lapsed holds are taken off the levels, so none is left to expire. */
const bookOf = Effect.fnUntraced(function* (query: SkuQuery) {
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
    placedOrders: [],
    lapsedMore: [],
    receipts: [],
    codes: [],
    booked: [],
    returns: [],
    owners: []
  })
})

/** Refusals are those of `reserve` without the shortage, which is the answer here. */
type Refused = RefusalOf<RefusalsOf<"checkAvailability">>

/** Checks the lines; those that name options are checked SKU by SKU. */
export const checkAvailability = (
  query: AvailabilityQuery
): Effect.Effect<Availability, Refused | StoreError, StockReads> =>
  Effect.flatMap(joinedOptions, (catalog) => checkOver(catalog, query))

/** Checks the lines, with the catalog that knows the options. */
export const checkOver = (
  catalog: OptionMappings["Service"],
  query: AvailabilityQuery
): Effect.Effect<Availability, Refused | StoreError, StockReads> =>
  nameOptions(query.lines)
    ? Effect.flatMap(expandOptions(catalog, query.lines), (lines) => checkSkus({ ...query, lines }))
    : checkSkus(query as SkuQuery)

const checkSkus = (
  query: SkuQuery
): Effect.Effect<Availability, Refused | StoreError, StockReads> =>
  Effect.flatMap(bookOf(query), (book): Effect.Effect<Availability, Refused> => {
    // The parts of the book were read one after another and may disagree: no bound is asserted.
    const decision = rehearse(
      book,
      {
        _tag: "ReserveStock",
        orderId: query.orderId ?? anyOrder,
        lines: query.lines,
        ...(query.orderId === undefined ? {} : { replace: true })
      },
      origin
    )
    if (Result.isSuccess(decision)) return Effect.succeed({ isAvailable: true, shortLines: [] })
    const refusal = decision.failure
    return refusal._tag === "InsufficientStock"
      ? Effect.succeed({ isAvailable: false, shortLines: refusal.lines })
      : Effect.fail(refusal as Refused)
  })
