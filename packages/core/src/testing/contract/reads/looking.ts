/** How contract tests look at a store: through its reads alone, as any caller would. */
import * as Effect from "effect/Effect"
import type { InventoryEvent } from "../../../inventory/messages/InventoryEvent.ts"
import { StockReads } from "../../../inventory/ports/StockReads.ts"
import type { Reservation } from "../../../inventory/state/Reservation.ts"
import type { StockMovement } from "../../../inventory/state/StockMovement.ts"
import { levelStatuses, stockStatus } from "../../../inventory/state/StockStatus.ts"
import { OrderId, SkuId } from "../../../kernel/Identifier.ts"
import type { StoreError } from "../../../kernel/StoreError.ts"
import { Stage } from "../Stage.ts"

type Looked<A, R = never> = Effect.Effect<A, StoreError, StockReads | R>

/** A SKU as a reader sees it. */
export const statusOf = (skuId: string) =>
  Effect.gen(function* () {
    const reads = yield* StockReads
    const [stock] = yield* reads.stock([SkuId.make(skuId)])
    if (stock === undefined) return yield* Effect.die(new Error(`no SKU ${skuId}`))
    return stockStatus(stock.sku, stock.levels)
  })

/** Total, reserved and available of a SKU, in units. */
export const unitsOf = (skuId: string) =>
  Effect.map(statusOf(skuId), ({ availableQuantity, reservedQuantity, totalQuantity }) => ({
    total: totalQuantity,
    reserved: reservedQuantity,
    available: availableQuantity
  }))

/** The levels of a SKU as a reader sees them, by location. */
export const levelsOf = (skuId: string) =>
  Effect.gen(function* () {
    const reads = yield* StockReads
    const [stock] = yield* reads.stock([SkuId.make(skuId)])
    const levels = stock === undefined ? [] : levelStatuses(stock.sku, stock.levels)
    return new Map(levels.map((level) => [level.locationId as string, level]))
  })

/** Every event after a position, and positions rise from each to the next. */
export const eventsAfter = (position: number): Looked<ReadonlyArray<InventoryEvent>, Stage> =>
  Effect.gen(function* () {
    const reads = yield* StockReads
    const { log } = yield* Stage
    const events: Array<InventoryEvent> = []
    let after = position
    while (true) {
      const page = yield* Effect.catchTag(reads.events(after, 1_000), "PositionGone", Effect.die)
      for (const { event, position } of page) {
        if (position <= after) return yield* Effect.die(new Error("positions do not rise"))
        after = position
        events.push(event)
      }
      if (page.length < 1_000) {
        log.readTo = Math.max(log.readTo, after)
        return events
      }
    }
  })

/** Where the event log ends. */
export const endOfLog: Looked<number, Stage> = Effect.gen(function* () {
  const { log } = yield* Stage
  yield* eventsAfter(log.readTo)
  return log.readTo
})

/** The events of one SKU of this suite, from the first. */
export const eventsOfSku = (skuId: string): Looked<ReadonlyArray<InventoryEvent>, Stage> =>
  Effect.gen(function* () {
    const { log } = yield* Stage
    const events = yield* eventsAfter(log.madeAfter.get(skuId) ?? 0)
    return events.filter((event) => event.aggregateId === skuId)
  })

/** The whole ledger of one SKU, newest first, page by page. */
export const ledgerOf = (skuId: string, pageSize = 1_000): Looked<ReadonlyArray<StockMovement>> =>
  Effect.gen(function* () {
    const reads = yield* StockReads
    const rows: Array<StockMovement> = []
    while (true) {
      const last = rows.at(-1)
      const before = last === undefined ? null : { createdAt: last.createdAt, id: last.id }
      const page = yield* reads.movements({
        skuId: SkuId.make(skuId),
        before,
        limit: pageSize
      })
      rows.push(...page)
      if (page.length < pageSize) return rows
    }
  })

/** The reservations of an order, in the order of their ids. */
export const holdsOf = (orderId: string): Looked<ReadonlyArray<Reservation>> =>
  Effect.gen(function* () {
    const reads = yield* StockReads
    const holds: Array<Reservation> = []
    while (true) {
      const after = holds.at(-1) ?? null
      const page = yield* reads.reservationsOfOrder(OrderId.make(orderId), { after, limit: 1_000 })
      holds.push(...page)
      if (page.length < 1_000) return holds.sort((a, b) => (a.id < b.id ? -1 : 1))
    }
  })

/** Everything that a caller can see of one SKU, as text, to compare before with after. */
export const everythingOf = (skuId: string): Looked<string, Stage> =>
  Effect.gen(function* () {
    const reads = yield* StockReads
    const stock = yield* reads.stock([SkuId.make(skuId)])
    const movements = yield* ledgerOf(skuId)
    const events = yield* eventsOfSku(skuId)
    return JSON.stringify({ stock, movements, events })
  })
