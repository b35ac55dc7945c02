/** Contract: which orders have a SKU, and what happened to a SKU or an order, or by type. */
import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { EventsFilter } from "../../../inventory/messages/InventoryQuery.ts"
import { type HoldsQuery, StockReads } from "../../../inventory/ports/StockReads.ts"
import { expireLapsed } from "../../../inventory/services/ExpirySweeper.ts"
import { Inventory } from "../../../inventory/services/Inventory.ts"
import type { Reservation } from "../../../inventory/state/Reservation.ts"
import { SkuId } from "../../../kernel/Identifier.ts"
import { type ContractIt, freshSku, Stage, upTo } from "../Stage.ts"
import { endOfLog, eventsAfter } from "./looking.ts"

/** The open holds of a SKU, page by page; `between` happens after each page. */
const heldOf = (
  about: Pick<HoldsQuery, "skuId" | "status">,
  limit: number,
  between: (page: ReadonlyArray<Reservation>) => Effect.Effect<unknown, unknown> = () => Effect.void
) =>
  Effect.gen(function* () {
    const reads = yield* StockReads
    const holds: Array<Reservation> = []
    while (true) {
      const last = holds.at(-1)
      const after = last === undefined ? null : { createdAt: last.createdAt, id: last.id }
      const page = yield* reads.reservationsOfSku({ ...about, after, limit })
      holds.push(...page)
      if (page.length < limit) return holds
      yield* Effect.orDie(between(page))
    }
  })

/** The events of a filter after a position, page by page. */
const eventsOf = (filter: EventsFilter, start: number, limit: number) =>
  Effect.gen(function* () {
    const reads = yield* StockReads
    const found: Array<unknown> = []
    let after = start
    while (true) {
      const page = yield* reads.events(after, limit, filter)
      for (const { event, position } of page) {
        expect(position).toBeGreaterThan(after)
        after = position
        found.push(event)
      }
      if (page.length < limit) return found
    }
  })

/** Holds of a SKU, and events of a filter. */
export const history = (it: ContractIt): void => {
  it.effect("S10 lists the open holds of a SKU by pages, oldest first, and no others", () =>
    Effect.gen(function* () {
      const { advance, fresh } = yield* Stage
      const inventory = yield* Inventory
      const reads = yield* StockReads
      const [skuId, other] = [yield* freshSku(100), yield* freshSku(100)]
      const hold = (sku: string, ttl = 900) =>
        Effect.map(
          inventory.reserve({
            orderId: fresh("order"),
            ttl,
            lines: [
              { skuId: sku, quantity: 1 },
              { skuId: sku, quantity: 2 }
            ]
          }),
          (holds) => holds.map(({ id }) => id)
        )
      const made: Array<string> = []
      for (const _ of upTo(3)) {
        made.push(...(yield* hold(skuId)), ...(yield* hold(skuId)))
        yield* advance("1 second")
      }
      yield* hold(other)
      const lapsing = yield* hold(skuId, 10)
      const [released = "", confirmed = "", fulfilled = "", ...pending] = made
      yield* inventory.release({ reservationId: released })
      yield* inventory.confirm({ reservationId: confirmed })
      yield* inventory.confirm({ reservationId: fulfilled })
      yield* inventory.fulfil({ reservationId: fulfilled })
      const idsOf = (status: HoldsQuery["status"], limit: number) =>
        Effect.map(heldOf({ skuId, status }, limit), (holds) => holds.map(({ id }) => id))
      expect(new Set(yield* idsOf("open", 100))).toEqual(
        new Set([confirmed, ...pending, ...lapsing])
      )
      yield* advance("10 seconds")
      const open = yield* heldOf({ skuId, status: "open" }, 100)
      expect(open).toEqual(yield* Effect.forEach(open, ({ id }) => reads.reservation(id)))
      const instants = open.map(({ createdAt }) => createdAt.epochMilliseconds)
      expect(instants).toEqual([...instants].sort((a, b) => a - b))
      for (const limit of [1, 2, 3, 100]) {
        expect(yield* idsOf("open", limit)).toEqual(open.map(({ id }) => id))
        expect(new Set(yield* idsOf("pending", limit))).toEqual(new Set(pending))
        expect(yield* idsOf("confirmed", limit)).toEqual([confirmed])
      }
      expect(yield* heldOf({ skuId: SkuId.make("nothing"), status: "open" }, 10)).toEqual([])
    })
  )

  it.effect("S10 shows a hold that stays open on one page, whatever happens to it", () =>
    Effect.gen(function* () {
      const { advance, fresh } = yield* Stage
      const inventory = yield* Inventory
      const skuId = yield* freshSku(100)
      const made: Array<string> = []
      for (const n of upTo(9)) {
        const lines = [{ skuId, quantity: 1 }]
        const [hold] = yield* inventory.reserve({ orderId: fresh("order"), lines, ttl: 900 - n })
        made.push(hold?.id ?? "")
        if (n % 3 === 2) yield* advance("1 second")
      }
      const changes = [
        (reservationId: string) => inventory.extend({ reservationId, ttl: 60 }),
        (reservationId: string) => inventory.extend({ reservationId, ttl: 86_400 }),
        (reservationId: string) => inventory.resize({ reservationId, quantity: 3 }),
        (reservationId: string) => inventory.confirm({ reservationId })
      ]
      let page = 0
      const seen = yield* heldOf({ skuId, status: "open" }, 2, () =>
        Effect.forEach(made, (id) => changes[page]?.(id) ?? Effect.void).pipe(
          Effect.tap(() => Effect.sync(() => page++))
        )
      )
      expect(seen.map(({ id }) => id).sort()).toEqual([...made].sort())
    })
  )

  it.effect("S10 finds events by SKU, by order and by type, page by page and in their order", () =>
    Effect.gen(function* () {
      const { advance, fresh } = yield* Stage
      const inventory = yield* Inventory
      const start = yield* endOfLog
      const skus = [yield* freshSku(50), yield* freshSku(50, { lowStockThreshold: 49 })]
      // A location may have the id of a SKU. Its events are not events of the SKU.
      yield* inventory.registerLocation({ locationId: skus[0] ?? "", name: "a namesake" })
      const orders = [fresh("order"), fresh("order")]
      for (const n of upTo(6)) {
        const orderId = orders[n % 2] ?? ""
        const lines = skus.map((skuId) => ({ skuId, quantity: 1 }))
        const [first, second] = yield* inventory.reserve({ orderId, lines })
        if (n % 3 === 0) yield* advance("1 second")
        yield* inventory.confirm({ reservationId: first?.id ?? "" })
        yield* inventory.extend({ reservationId: second?.id ?? "" })
        if (n === 2) yield* inventory.resize({ reservationId: second?.id ?? "", quantity: 2 })
        yield* inventory.receive({ skuId: skus[1] ?? "", quantity: 1 })
        if (n === 4) yield* inventory.fulfil({ reservationId: first?.id ?? "" })
        if (n === 5) yield* inventory.releaseOrder({ orderId, confirmed: true })
      }
      yield* advance("1 hour")
      yield* expireLapsed
      const all = yield* eventsAfter(start)
      const [skuId = "", other] = skus
      const [orderId = "", another] = orders
      const filters: ReadonlyArray<typeof EventsFilter.Encoded> = [
        { skuId },
        { skuId: other ?? "" },
        { orderId },
        { orderId: another ?? "" },
        { type: "inventory.stock.reserved" },
        { type: "inventory.stock.low" },
        { type: "inventory.sku.created" },
        { skuId, type: "inventory.stock.confirmed" },
        { skuId, orderId },
        { orderId, type: "inventory.stock.reserved" },
        { orderId, type: "inventory.stock.released" },
        { skuId, orderId, type: "inventory.stock.reserved" },
        { skuId: "nothing" },
        { orderId: "nothing" }
      ]
      for (const filter of filters.map((fields) => Schema.decodeSync(EventsFilter)(fields))) {
        const { orderId, skuId, type } = filter
        const wanted = all.filter(
          ({ aggregateId, eventType, payload }) =>
            (type === undefined || eventType === type) &&
            (skuId === undefined || (aggregateId === skuId && !("location" in payload))) &&
            (orderId === undefined || ("orderId" in payload && payload.orderId === orderId))
        )
        const isNobody = skuId === "nothing" || orderId === "nothing"
        expect(wanted.length, JSON.stringify(filter)).toBeGreaterThan(isNobody ? -1 : 0)
        for (const limit of [1, 3, 1_000]) {
          expect(yield* eventsOf(filter, start, limit), JSON.stringify(filter)).toEqual(wanted)
        }
        expect(yield* eventsOf(filter, yield* endOfLog, 10)).toEqual([])
      }
    })
  )
}
