/** Contract: a hold stops counting at its instant, no matter who expires it and when. */
import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { StockReads } from "../../../inventory/ports/StockReads.ts"
import { expireLapsed } from "../../../inventory/services/ExpirySweeper.ts"
import { Inventory } from "../../../inventory/services/Inventory.ts"
import { ReservationId, SkuId } from "../../../kernel/Identifier.ts"
import { eventsOfSku, holdsOf, statusOf, unitsOf } from "../reads/looking.ts"
import { atOnce, type ContractIt, freshSku, Stage, severalEngines, upTo } from "../Stage.ts"

/** Lapsed holds of one SKU that are not expired in their rows yet. */
const lapsedOf = (skuId: string) =>
  Effect.gen(function* () {
    const reads = yield* StockReads
    const lapsed = yield* reads.lapsed(100_000)
    return lapsed.filter((hold) => hold.skuId === skuId)
  })

/** Holds that lapse. */
export const expiry = (it: ContractIt): void => {
  it.effect("lets a hold count until its instant, and not at it", () =>
    Effect.gen(function* () {
      const { advance, fresh } = yield* Stage
      const inventory = yield* Inventory
      const reads = yield* StockReads
      const skuId = yield* freshSku(5)
      const lines = [{ skuId, quantity: 5 }]
      const [hold] = yield* inventory.reserve({ orderId: fresh("order"), lines, ttl: 60 })
      const id = ReservationId.make(hold?.id ?? "")
      const next = { orderId: fresh("order"), lines }
      yield* advance(59_999)
      expect((yield* reads.reservations([id]))[0]?.status).toBe("PENDING")
      expect((yield* unitsOf(skuId)).available).toBe(0)
      expect((yield* Effect.flip(inventory.reserve(next)))._tag).toBe("InsufficientStock")
      yield* advance(1)
      const [read] = yield* reads.reservations([id])
      expect([read?.status, read?.resolvedAt]).toEqual(["EXPIRED", hold?.expiresAt])
      expect(yield* unitsOf(skuId)).toEqual({ total: 5, reserved: 0, available: 5 })
      expect((yield* Effect.flip(inventory.confirm({ reservationId: id })))._tag).toBe(
        "ReservationExpired"
      )
      yield* inventory.reserve(next)
      expect(yield* unitsOf(skuId)).toEqual({ total: 5, reserved: 5, available: 0 })
    })
  )

  it.effect("says how soon the next hold of a SKU lapses, which no event tells", () =>
    Effect.gen(function* () {
      const { advance, fresh } = yield* Stage
      const inventory = yield* Inventory
      const reads = yield* StockReads
      const skuId = yield* freshSku(5)
      const soon = Effect.map(reads.stock([SkuId.make(skuId)]), ([stock]) => stock?.lapsesInMillis)
      const reserve = (ttl: number) =>
        inventory.reserve({ orderId: fresh("order"), lines: [{ skuId, quantity: 1 }], ttl })
      expect(yield* soon).toBeNull()
      yield* reserve(60)
      const [hold] = yield* reserve(30)
      expect(yield* soon).toBe(30_000)
      yield* advance(29_999)
      expect(yield* soon).toBe(1)
      yield* advance(1)
      expect(yield* soon).toBe(30_000)
      // A hold that is confirmed does not lapse any more.
      const [kept] = yield* reserve(10)
      yield* inventory.confirm({ reservationId: kept?.id ?? "" })
      expect([hold?.status, yield* soon]).toEqual(["PENDING", 30_000])
    })
  )

  it.effect("expires at need the oldest holds first, and no more than are needed", () =>
    Effect.gen(function* () {
      const { advance, fresh } = yield* Stage
      const inventory = yield* Inventory
      const skuId = yield* freshSku(4)
      const orders = upTo(4).map(() => fresh("order"))
      for (const [n, orderId] of orders.entries()) {
        yield* inventory.reserve({ orderId, lines: [{ skuId, quantity: 1 }], ttl: 40 - n })
      }
      yield* advance("1 minute")
      expect(yield* lapsedOf(skuId)).toHaveLength(4)
      yield* inventory.reserve({ orderId: fresh("order"), lines: [{ skuId, quantity: 2 }] })
      const left = yield* lapsedOf(skuId)
      expect(left.map((hold) => hold.orderId)).toEqual([orders[1], orders[0]])
      expect(yield* unitsOf(skuId)).toEqual({ total: 4, reserved: 2, available: 2 })
      const freed = (yield* eventsOfSku(skuId)).flatMap((event) =>
        event.eventType === "inventory.stock.released" ? [event.payload] : []
      )
      expect(freed.map(({ orderId, reason }) => [orderId, reason])).toEqual([
        [orders[3], "EXPIRED"],
        [orders[2], "EXPIRED"]
      ])
    })
  )

  it.effect("sweeps what has lapsed and leaves what has not", () =>
    Effect.gen(function* () {
      const { advance, fresh } = yield* Stage
      const inventory = yield* Inventory
      yield* expireLapsed
      const skuId = yield* freshSku(10)
      const holds = yield* Effect.forEach([10, 20, 30], (ttl) =>
        inventory.reserve({ orderId: fresh("order"), lines: [{ skuId, quantity: 1 }], ttl })
      )
      yield* inventory.confirm({ reservationId: holds[0]?.[0]?.id ?? "" })
      yield* advance("25 seconds")
      expect(yield* expireLapsed).toBe(1)
      expect(yield* expireLapsed).toBe(0)
      expect(yield* lapsedOf(skuId)).toEqual([])
      expect(yield* unitsOf(skuId)).toEqual({ total: 10, reserved: 2, available: 8 })
    })
  )

  it.effect("expires a hold once when several engines sweep and sell at once", () =>
    Effect.gen(function* () {
      const { advance, fresh } = yield* Stage
      const engines = yield* severalEngines
      const inventory = yield* Inventory
      const skuId = yield* freshSku(20)
      const lines = upTo(20).map(() => ({ skuId, quantity: 1 }))
      yield* inventory.reserve({ orderId: fresh("order"), lines, ttl: 5 })
      yield* advance("5 seconds")
      yield* atOnce(
        engines.flatMap(
          (engine): ReadonlyArray<Effect.Effect<unknown, unknown, StockReads>> => [
            Effect.provideService(expireLapsed, Inventory, engine),
            engine.reserve({ orderId: fresh("order"), lines: [{ skuId, quantity: 3 }] })
          ]
        )
      )
      const freed = (yield* eventsOfSku(skuId)).filter(
        (event) => event.eventType === "inventory.stock.released"
      )
      expect(freed).toHaveLength(20)
      expect((yield* unitsOf(skuId)).reserved).toBe(3 * engines.length)
    })
  )

  it.effect("frees more than 1,000 lapsed holds for one demand that needs them all", () =>
    Effect.gen(function* () {
      const { advance, fresh } = yield* Stage
      const inventory = yield* Inventory
      const [crowded, behind] = [yield* freshSku(1_200), yield* freshSku(2)]
      const singles = (skuId: string, count: number) =>
        upTo(count).map(() => ({ skuId, quantity: 1 }))
      yield* inventory.reserve({
        orderId: fresh("order"),
        lines: singles(crowded, 1_200),
        ttl: 10
      })
      yield* inventory.reserve({ orderId: fresh("order"), lines: singles(behind, 2), ttl: 20 })
      yield* advance("30 seconds")
      const demand = [
        { skuId: crowded, quantity: 1 },
        { skuId: behind, quantity: 2 }
      ]
      const many = [{ skuId: crowded, quantity: 1_150 }]
      const ended = yield* atOnce([
        inventory.reserve({ orderId: fresh("order"), lines: demand }),
        inventory.reserve({ orderId: fresh("order"), lines: many }),
        inventory.reserve({ orderId: fresh("order"), lines: singles(crowded, 2) })
      ])
      expect(ended.flatMap(({ refusal }) => refusal ?? [])).toEqual([])
      expect(yield* unitsOf(crowded)).toEqual({ total: 1_200, reserved: 1_153, available: 47 })
      expect(yield* unitsOf(behind)).toEqual({ total: 2, reserved: 2, available: 0 })
      const events = yield* eventsOfSku(crowded)
      expect(new Set(events.map((event) => event.eventId)).size).toBe(events.length)
      expect(events.map((event) => event.version)).toEqual(events.map((_, n) => n + 1))
    })
  )

  it.effect("sweeps more than 1,000 lapsed holds, chunk by chunk", () =>
    Effect.gen(function* () {
      const { advance, fresh } = yield* Stage
      const inventory = yield* Inventory
      yield* expireLapsed
      const skuId = yield* freshSku(1_100)
      const orderId = fresh("order")
      const lines = upTo(1_100).map(() => ({ skuId, quantity: 1 }))
      yield* inventory.reserve({ orderId, lines, ttl: 1 })
      yield* advance("1 second")
      expect(yield* expireLapsed).toBe(1_100)
      const statuses = new Set((yield* holdsOf(orderId)).map((hold) => hold.status))
      expect([...statuses]).toEqual(["EXPIRED"])
      expect(yield* unitsOf(skuId)).toEqual({ total: 1_100, reserved: 0, available: 1_100 })
    })
  )

  it.effect("subtracts lapsed holds from every read", () =>
    Effect.gen(function* () {
      const { advance, fresh } = yield* Stage
      const inventory = yield* Inventory
      const skuId = yield* freshSku(9, { safetyStock: 1 })
      const [short, long] = [fresh("order"), fresh("order")]
      yield* inventory.reserve({ orderId: short, lines: [{ skuId, quantity: 3 }], ttl: 10 })
      yield* inventory.reserve({ orderId: long, lines: [{ skuId, quantity: 2 }], ttl: 100 })
      yield* advance("10 seconds")
      expect(yield* statusOf(skuId)).toMatchObject({
        totalQuantity: 9,
        reservedQuantity: 2,
        availableQuantity: 6,
        inStockQuantity: 6,
        largestSingleQuantity: 6
      })
      expect((yield* holdsOf(short)).map((hold) => hold.status)).toEqual(["EXPIRED"])
      expect((yield* holdsOf(long)).map((hold) => hold.status)).toEqual(["PENDING"])
      const { levels } = yield* inventory.receive({ skuId, quantity: 1 })
      expect(levels).toMatchObject([{ totalQuantity: 10, reservedQuantity: 2 }])
    })
  )

  it.effect("takes an expired hold again once, however often it is asked to", () =>
    Effect.gen(function* () {
      const { advance, fresh } = yield* Stage
      const engines = yield* severalEngines
      const inventory = yield* Inventory
      const reads = yield* StockReads
      const skuId = yield* freshSku(10)
      const orderId = fresh("order")
      const lines = [{ skuId, quantity: 4, lineId: "a" }]
      const [hold] = yield* inventory.reserve({ orderId, lines, ttl: 1 })
      const reservationId = hold?.id ?? ""
      yield* advance("2 seconds")
      const ended = yield* atOnce(
        engines.flatMap((engine) => [
          engine.confirm({ reservationId, reacquire: true }),
          engine.confirm({ reservationId, reacquire: true })
        ])
      )
      const ids = new Set(ended.map(({ answer }) => answer?.id))
      expect(ids.size).toBe(1)
      const [id] = ids
      expect(id).not.toBe(reservationId)
      const [retaken] = yield* reads.reservations([ReservationId.make(id ?? "")])
      expect(retaken).toMatchObject({
        status: "CONFIRMED",
        replaces: reservationId,
        lineId: "a",
        expiresAt: null
      })
      expect((yield* unitsOf(skuId)).reserved).toBe(4)
      expect((yield* holdsOf(orderId)).map((it) => it.status).sort()).toEqual([
        "CONFIRMED",
        "EXPIRED"
      ])
    })
  )
}
