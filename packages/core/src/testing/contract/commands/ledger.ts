/** Contract: every physical change is a movement and an event, and they add up. */
import { expect } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import { StockReads } from "../../../inventory/ports/StockReads.ts"
import { Inventory } from "../../../inventory/services/Inventory.ts"
import { reconcile } from "../../../inventory/services/reconcile.ts"
import {
  endOfLog,
  eventsAfter,
  eventsOfSku,
  ledgerOf,
  levelsOf,
  unitsOf
} from "../reads/looking.ts"
import {
  atOnce,
  type ContractIt,
  freshLocation,
  freshSku,
  Stage,
  severalEngines,
  upTo
} from "../Stage.ts"

/** Movements, events, and what readers derive from them. */
export const ledger = (it: ContractIt): void => {
  it.effect("numbers the events of a SKU without a gap, in the order in which they committed", () =>
    Effect.gen(function* () {
      const { callers, fresh } = yield* Stage
      const engines = yield* severalEngines
      const skuIds = [yield* freshSku(50), yield* freshSku(50)]
      yield* atOnce(
        upTo(callers * 2).map((n) => {
          const engine = engines[n % engines.length] ?? engines[0]
          if (engine === undefined) return Effect.die(new Error("no engine"))
          const line = (skuId: string) => ({ skuId, quantity: 1 })
          return n % 4 === 0
            ? Effect.asVoid(engine.receive({ skuId: skuIds[n % 2] ?? "", quantity: 1 }))
            : Effect.asVoid(engine.reserve({ orderId: fresh("order"), lines: skuIds.map(line) }))
        })
      )
      for (const skuId of skuIds) {
        const events = yield* eventsOfSku(skuId)
        expect(events.map((event) => event.version)).toEqual(events.map((_, n) => n + 1))
        expect(new Set(events.map((event) => event.eventId)).size).toBe(events.length)
        let reserved = 0
        for (const { eventType, payload } of events) {
          if (eventType === "inventory.stock.reserved") {
            expect(payload.level.reservedQuantity).toBe(reserved + payload.quantity)
          }
          if ("level" in payload) reserved = payload.level.reservedQuantity
        }
        expect((yield* unitsOf(skuId)).reserved).toBe(reserved)
      }
    })
  )

  it.effect("keeps a total that is the sum of its movements, each with the balance after it", () =>
    Effect.gen(function* () {
      const { callers, fresh } = yield* Stage
      const inventory = yield* Inventory
      const skuId = yield* freshSku(100)
      const orderId = fresh("order")
      yield* atOnce(
        upTo(callers).map((n): Effect.Effect<unknown, unknown> => {
          if (n % 3 === 0) return inventory.receive({ skuId, quantity: n + 1 })
          if (n % 3 === 1) return inventory.ship({ skuId, quantity: n })
          return inventory.adjust({ skuId, quantity: n % 2 === 0 ? -n : n, reason: "drift" })
        })
      )
      yield* inventory.reserve({ orderId, lines: [{ skuId, quantity: 1 }] })
      yield* inventory.confirmOrder({ orderId })
      yield* inventory.fulfilOrder({ orderId, reference: "parcel 1" })
      const rows = [...(yield* ledgerOf(skuId))].sort((a, b) => a.sequence - b.sequence)
      expect(rows.map((row) => row.sequence)).toEqual(rows.map((_, n) => n + 1))
      let balance = 0
      for (const row of rows) {
        balance += row.quantity
        expect(row.balanceAfter).toBe(balance)
      }
      expect((yield* unitsOf(skuId)).total).toBe(balance)
      expect(rows.at(-1)).toMatchObject({ type: "SHIPMENT", quantity: -1, reference: "parcel 1" })
    })
  )

  it.effect("writes down what the host says of a movement, and gives it back unchanged", () =>
    Effect.gen(function* () {
      const inventory = yield* Inventory
      const skuId = yield* freshSku(0)
      const notes = {
        reference: "PO-17 — “rush” 🚚",
        reason: "it's 'quoted'; drop table",
        actor: "Åsa",
        occurredAt: "2026-02-27T23:59:59.123Z"
      }
      const { movements } = yield* inventory.receive({ skuId, quantity: 1_000_000_000, ...notes })
      const [row] = yield* ledgerOf(skuId)
      expect(row).toEqual(movements[0])
      expect(row).toMatchObject({
        ...notes,
        occurredAt: DateTime.makeUnsafe(notes.occurredAt),
        type: "RECEIPT",
        quantity: 1_000_000_000
      })
    })
  )

  it.effect("reads a ledger page by page, newest first, without a row twice or lost", () =>
    Effect.gen(function* () {
      const { advance } = yield* Stage
      const inventory = yield* Inventory
      const reads = yield* StockReads
      const skuId = yield* freshSku(0)
      const locationId = yield* freshLocation()
      for (const n of upTo(5)) {
        const receipts = upTo(5).map((k) =>
          inventory.receive({ skuId, quantity: n * 5 + k + 1, ...(k === 0 ? { locationId } : {}) })
        )
        yield* Effect.all(receipts, { concurrency: "unbounded" })
        yield* advance("1 second")
      }
      const all = yield* ledgerOf(skuId)
      const paged = yield* ledgerOf(skuId, 4)
      expect(paged).toEqual(all)
      expect(new Set(all.map((row) => row.quantity)).size).toBe(25)
      const instants = all.map((row) => row.createdAt.epochMilliseconds)
      expect(instants).toEqual([...instants].sort((a, b) => b - a))
      const there = yield* reads.movements({ skuId, locationId, before: null, limit: 100 })
      expect(there.map((row) => row.quantity)).toEqual([21, 16, 11, 6, 1])
    })
  )

  it.effect("tells the stock as of an instant, to the instant", () =>
    Effect.gen(function* () {
      const { advance, now } = yield* Stage
      const inventory = yield* Inventory
      const reads = yield* StockReads
      const before = yield* now
      yield* advance("1 second")
      const skuId = yield* freshSku(10)
      const first = yield* now
      yield* advance("1 hour")
      yield* inventory.ship({ skuId, quantity: 4 })
      const second = yield* now
      yield* advance("40 days")
      yield* inventory.receive({ skuId, quantity: 1 })
      const asOf = (at: DateTime.Utc) =>
        Effect.map(reads.stockAsOf(skuId, at), ({ levels }) =>
          levels.map((level) => level.totalQuantity)
        )
      const justBefore = DateTime.subtract(second, { milliseconds: 1 })
      expect(yield* asOf(before)).toEqual([0])
      expect(yield* asOf(first)).toEqual([10])
      expect(yield* asOf(justBefore)).toEqual([10])
      expect(yield* asOf(second)).toEqual([6])
      expect(yield* asOf(yield* now)).toEqual([7])
    })
  )

  it.effect("gives the events after a cursor, once each, and none after the last", () =>
    Effect.gen(function* () {
      const inventory = yield* Inventory
      const reads = yield* StockReads
      const start = yield* endOfLog
      const skuId = yield* freshSku(0)
      for (const n of upTo(7)) yield* inventory.receive({ skuId, quantity: n + 1 })
      const all = yield* eventsAfter(start)
      const first = yield* reads.events(start, 3)
      const rest = yield* eventsAfter(first.at(-1)?.position ?? 0)
      expect([...first.map(({ event }) => event), ...rest]).toEqual(all)
      expect(all.map((event) => event.aggregateId)).toEqual(all.map(() => skuId))
      expect(all[0]?.eventType).toBe("inventory.sku.created")
      expect(yield* reads.events(yield* endOfLog, 10)).toEqual([])
    })
  )

  it.effect("keeps events as they were decided, with where they came from", () =>
    Effect.gen(function* () {
      const { fresh, now } = yield* Stage
      const inventory = yield* Inventory
      const skuId = yield* freshSku(2, { lowStockThreshold: 1 })
      const orderId = fresh("order")
      const about = {
        correlationId: "checkout 🛒",
        traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        actor: "till 4"
      }
      const start = yield* endOfLog
      const lines = [{ skuId, quantity: 2, lineId: "a" }]
      const [hold] = yield* inventory.reserve({ orderId, lines }, about)
      yield* inventory.adjust({ skuId, quantity: 1, reason: "found" }, about)
      const events = yield* eventsAfter(start)
      expect(events.map((event) => event.eventType)).toEqual([
        "inventory.stock.reserved",
        "inventory.stock.depleted",
        "inventory.stock.low",
        "inventory.stock.updated",
        "inventory.stock.replenished"
      ])
      for (const event of events) {
        expect(event).toMatchObject({
          correlationId: about.correlationId,
          traceparent: about.traceparent,
          timestamp: yield* now
        })
      }
      expect(events[0]?.payload).toEqual({
        reservationId: hold?.id,
        orderId,
        lineId: "a",
        skuId,
        locationId: "default",
        quantity: 2,
        expiresAt: hold?.expiresAt,
        replaces: null,
        level: { totalQuantity: 2, reservedQuantity: 2, availableQuantity: 0 },
        sku: { totalQuantity: 2, reservedQuantity: 2, availableQuantity: 0 }
      })
      expect(events[3]?.payload).toMatchObject({ actor: "till 4", quantity: 1 })
    })
  )

  it.effect("agrees with its ledger and its holds, on every level", () =>
    Effect.gen(function* () {
      const { fresh } = yield* Stage
      const inventory = yield* Inventory
      const reads = yield* StockReads
      const skuId = yield* freshSku(10)
      yield* inventory.reserve({ orderId: fresh("order"), lines: [{ skuId, quantity: 3 }] })
      const { accuracy, drifted, levels } = yield* reconcile()
      expect({ accuracy, drifted }).toEqual({ accuracy: 1, drifted: [] })
      const rows = yield* reads.reconciled(null, 1_000)
      expect(rows.length).toBe(Math.min(levels, 1_000))
      expect(rows.find((row) => row.skuId === skuId)).toEqual({
        skuId,
        locationId: "default",
        totalQuantity: 10,
        ledgerQuantity: 10,
        reservedQuantity: 3,
        heldQuantity: 3
      })
      const [first, second] = rows
      if (first !== undefined) expect((yield* reads.reconciled(first, 1))[0]).toEqual(second)
    })
  )

  it.effect("keeps the sum when units move between locations, in both legs of one transfer", () =>
    Effect.gen(function* () {
      const { callers } = yield* Stage
      const inventory = yield* Inventory
      const skuId = yield* freshSku(20)
      const elsewhere = yield* freshLocation()
      const ended = yield* atOnce(
        upTo(callers).map((n) =>
          inventory.transfer({
            skuId,
            fromLocationId: n % 3 === 0 ? elsewhere : "default",
            toLocationId: n % 3 === 0 ? "default" : elsewhere,
            quantity: 3
          })
        )
      )
      expect((yield* unitsOf(skuId)).total).toBe(20)
      const done = ended.filter(({ answer }) => answer !== undefined)
      expect(done.length).toBeGreaterThan(0)
      const legs = (yield* ledgerOf(skuId)).filter((row) => row.transferId !== null)
      expect(legs).toHaveLength(done.length * 2)
      for (const { answer } of done) {
        const [out, into] = answer?.movements ?? []
        expect(out?.transferId).toBe(into?.transferId)
        expect([out?.type, into?.type]).toEqual(["TRANSFER_OUT", "TRANSFER_IN"])
      }
      for (const level of (yield* levelsOf(skuId)).values()) {
        expect(level.totalQuantity).toBeGreaterThanOrEqual(0)
      }
    })
  )

  it.effect(
    "counts only from the total that is expected, and one of many counts at once wins",
    () =>
      Effect.gen(function* () {
        const engines = yield* severalEngines
        const skuId = yield* freshSku(10)
        const ended = yield* atOnce(
          engines.flatMap((engine) =>
            [11, 12].map((countedQuantity) =>
              engine.count({ skuId, countedQuantity, expectedQuantity: 10 })
            )
          )
        )
        expect(ended.filter(({ answer }) => answer !== undefined)).toHaveLength(1)
        const { total } = yield* unitsOf(skuId)
        for (const { refusal } of ended) {
          if (refusal === undefined) continue
          expect(refusal).toEqual({
            _tag: "StaleExpectation",
            field: "expectedQuantity",
            expected: 10,
            actual: total
          })
        }
      })
  )
}
