/** Contract: which orders have a SKU, and which events there are of types, SKUs, locations, an order. */
import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { EventsFilter } from "../../../inventory/messages/InventoryQuery.ts"
import { type HoldsQuery, StockReads } from "../../../inventory/ports/StockReads.ts"
import { expireLapsed } from "../../../inventory/services/ExpirySweeper.ts"
import { Inventory } from "../../../inventory/services/Inventory.ts"
import type { Reservation } from "../../../inventory/state/Reservation.ts"
import { OrderId, SkuId } from "../../../kernel/Identifier.ts"
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

/** Pages that are read together are those that are read alone. */
const pagesTogether = (it: ContractIt): void => {
  it.effect("S10 reads pages of the ledgers and of the holds of many SKUs as it reads each", () =>
    Effect.gen(function* () {
      const { advance, fresh } = yield* Stage
      const inventory = yield* Inventory
      const reads = yield* StockReads
      const skuIds = [yield* freshSku(100), yield* freshSku(100), yield* freshSku(0)] as const
      for (const skuId of skuIds) {
        for (const quantity of upTo(4)) {
          yield* inventory.receive({ skuId, quantity: quantity + 1 })
          yield* inventory.reserve({ orderId: fresh("order"), lines: [{ skuId, quantity: 1 }] })
          yield* advance("1 second")
        }
      }
      const [, second] = yield* reads.movements({ skuId: skuIds[0], before: null, limit: 9 })
      const unknown = SkuId.make(fresh("unknown"))
      const ledgers = [
        { skuId: skuIds[1], before: null, limit: 2 },
        { skuId: unknown, before: null, limit: 2 },
        { skuId: skuIds[0], before: second ?? null, limit: 3 },
        { skuId: skuIds[1], before: null, limit: 9 }
      ]
      const together = yield* reads.movementPages(ledgers)
      expect(together).toEqual(yield* Effect.forEach(ledgers, reads.movements))
      expect(together.map(({ length }) => length)).toEqual([2, 0, 3, 5])

      const [first] = yield* reads.reservationsOfSku({
        ...{ skuId: skuIds[2], status: "open", after: null, limit: 9 }
      })
      const holds: ReadonlyArray<HoldsQuery> = [
        { skuId: skuIds[2], status: "pending", after: first ?? null, limit: 9 },
        { skuId: skuIds[0], status: "confirmed", after: null, limit: 9 },
        { skuId: skuIds[0], status: "open", after: null, limit: 2 }
      ]
      const heldTogether = yield* reads.holdPages(holds)
      expect(heldTogether).toEqual(yield* Effect.forEach(holds, reads.reservationsOfSku))
      expect(heldTogether.map(({ length }) => length)).toEqual([3, 0, 2])
    })
  )
}

/** Holds of a SKU, and events of a filter. */
export const history = (it: ContractIt): void => {
  pagesTogether(it)
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
      const found = yield* reads.reservations(open.map(({ id }) => id))
      expect(new Set(found)).toEqual(new Set(open))
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

  it.effect(
    "S10 finds events by types, SKUs, locations and order, page by page in their order",
    () =>
      Effect.gen(function* () {
        const { advance, fresh } = yield* Stage
        const inventory = yield* Inventory
        const start = yield* endOfLog
        const skus = [yield* freshSku(50), yield* freshSku(50, { lowStockThreshold: 49 })]
        const [skuId = "", other = ""] = skus
        // A location may have the id of a SKU. Then the id stands for both.
        yield* inventory.registerLocation({ locationId: skuId, name: "a namesake" })
        const { id: place } = yield* inventory.registerLocation({
          locationId: fresh("place"),
          name: "a place"
        })
        const orders = [fresh("order"), fresh("order")]
        for (const n of upTo(4)) {
          const orderId = orders[n % 2] ?? ""
          const lines = skus.map((skuId) => ({ skuId, quantity: 1 }))
          const [first, second] = yield* inventory.reserve({ orderId, lines })
          if (n % 3 === 0) yield* advance("1 second")
          yield* inventory.confirm({ reservationId: first?.id ?? "" })
          yield* inventory.extend({ reservationId: second?.id ?? "" })
          yield* Effect.forEach(
            [skuId, place, place],
            (locationId, m) => inventory.updateLocation({ locationId, name: `name ${n} ${m}` }),
            { concurrency: "unbounded" }
          )
          if (n === 1) yield* inventory.resize({ reservationId: second?.id ?? "", quantity: 2 })
          yield* inventory.receive({ skuId: other, quantity: 1 })
          if (n === 2) yield* inventory.fulfil({ reservationId: first?.id ?? "" })
          if (n === 3) yield* inventory.releaseOrder({ orderId, confirmed: true })
        }
        yield* advance("1 hour")
        yield* expireLapsed
        const all = yield* eventsAfter(start)
        const listsOfTypes: ReadonlyArray<EventsFilter["types"]> = [
          undefined,
          ["inventory.stock.reserved"],
          ["inventory.stock.low"],
          ["inventory.stock.confirmed", "inventory.stock.reserved", "inventory.stock.reserved"],
          ["inventory.location.updated", "inventory.stock.released", "inventory.sku.created"]
        ]
        const listsOfIds: ReadonlyArray<EventsFilter["aggregateIds"]> = [
          undefined,
          [skuId],
          [other],
          [place],
          [other, skuId, other],
          [place, other, "nobody"],
          ["nobody"]
        ]
        const most = [...upTo(97).map((n) => `nobody-${n}`), skuId, other, place]
        const filters = [
          ...listsOfTypes.flatMap((types) =>
            listsOfIds.flatMap((aggregateIds) =>
              [undefined, orders[0]].map((orderId) => ({ types, aggregateIds, orderId }))
            )
          ),
          { types: undefined, aggregateIds: undefined, orderId: "nobody's" },
          { types: undefined, aggregateIds: most, orderId: undefined },
          { types: listsOfTypes[4], aggregateIds: most, orderId: undefined }
        ]
        const found = new Set<unknown>()
        for (const [turn, { aggregateIds, orderId, types }] of filters.entries()) {
          const filter: EventsFilter = {
            ...(types && { types }),
            ...(aggregateIds && { aggregateIds }),
            ...(orderId && { orderId: OrderId.make(orderId) })
          }
          const wanted = all.filter(
            ({ aggregateId, eventType, payload }) =>
              (types?.includes(eventType) ?? true) &&
              (aggregateIds?.includes(aggregateId) ?? true) &&
              (orderId === undefined || ("orderId" in payload && payload.orderId === orderId))
          )
          for (const event of wanted) found.add(event)
          // Short pages of a list of 100 would be nothing but round trips.
          const short = aggregateIds === most ? 20 : 1 + (turn % 3)
          for (const limit of [short, 1_000]) {
            expect(yield* eventsOf(filter, start, limit), JSON.stringify(filter)).toEqual(wanted)
          }
        }
        expect(found.size).toBe(all.length)
      })
  )
}
