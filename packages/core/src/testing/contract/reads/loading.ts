/** Contract: what a store loads for a scope is all that a decision may ask of it. */
import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { fromLoaded, OpenBook } from "../../../inventory/decide/OpenBook.ts"
import { StockChanges } from "../../../inventory/decide/StockChanges.ts"
import { emptyScope, type StockScope, StockStore } from "../../../inventory/ports/StockStore.ts"
import { Inventory } from "../../../inventory/services/Inventory.ts"
import type { LoadedStock } from "../../../inventory/state/StockBook.ts"
import { OrderId, ReservationId, SkuId } from "../../../kernel/Identifier.ts"
import { type ContractIt, freshLocation, freshSku, Stage } from "../Stage.ts"
import { endOfLog } from "./looking.ts"

/** What the store loads for one scope. */
const loadedFor = (scope: Partial<StockScope>) =>
  Effect.gen(function* () {
    const { fresh } = yield* Stage
    const store = yield* StockStore
    const suffix = fresh("").slice(1).padStart(12, "0")
    const whole = { ...emptyScope, batchId: `00000000-0000-7000-8000-${suffix}`, ...scope }
    return yield* store.transact(whole, (loaded) => ({
      changes: StockChanges.of(new OpenBook(fromLoaded(loaded)), []),
      answer: loaded
    }))
  })

const idsOf = (rows: ReadonlyArray<{ readonly id: string }>) => rows.map((row) => row.id).sort()

const summary = (loaded: LoadedStock) => ({
  skus: idsOf(loaded.skus),
  levels: loaded.levels.map((level) => `${level.skuId} ${level.locationId}`).sort(),
  reservations: [...new Set(idsOf(loaded.reservations))],
  lapsed: loaded.lapsed.map((hold) => hold.id),
  codes: loaded.codes,
  receipts: loaded.receipts.map(({ caller, key }) => ({ caller, key }))
})

/** Scopes. */
export const loading = (it: ContractIt): void => {
  it.effect("loads the SKUs that are named, with every level, location and lapsed hold", () =>
    Effect.gen(function* () {
      const { advance, fresh } = yield* Stage
      const inventory = yield* Inventory
      const skuId = yield* freshSku(5)
      const other = yield* freshSku(5)
      const locationId = yield* freshLocation({ active: true, sellable: false })
      yield* inventory.receive({ skuId, locationId, quantity: 1 })
      const lines = [{ skuId, quantity: 1 }]
      const [later] = yield* inventory.reserve({ orderId: fresh("order"), lines, ttl: 9 })
      const [sooner] = yield* inventory.reserve({ orderId: fresh("order"), lines, ttl: 8 })
      yield* inventory.reserve({ orderId: fresh("order"), lines, ttl: 800 })
      yield* inventory.reserve({
        orderId: fresh("order"),
        lines: [{ skuId: other, quantity: 1 }],
        ttl: 1
      })
      yield* advance("10 seconds")
      const loaded = yield* loadedFor({ skuIds: [skuId, SkuId.make("nothing")] })
      expect(summary(loaded)).toEqual({
        skus: [skuId],
        levels: [`${skuId} ${locationId}`, `${skuId} default`].sort(),
        reservations: [],
        lapsed: [sooner?.id, later?.id],
        codes: [],
        receipts: []
      })
      expect(loaded.lapsedMore).toEqual([])
      const known = loaded.locations.map((location) => location.id)
      expect(known).toContain(locationId)
      expect(loaded.locations.filter((location) => location.isDefault)).toHaveLength(1)
    })
  )

  it.effect("finds the SKUs of reservations and orders, and what replaced a hold", () =>
    Effect.gen(function* () {
      const { advance, fresh } = yield* Stage
      const inventory = yield* Inventory
      const [left, right] = [yield* freshSku(5), yield* freshSku(5)]
      const orderId = fresh("order")
      const lines = [left, right].map((skuId) => ({ skuId, quantity: 1 }))
      const [first, second] = yield* inventory.reserve({ orderId, lines, ttl: 1 })
      yield* advance("1 second")
      const reservationId = ReservationId.make(first?.id ?? "")
      const again = yield* inventory.confirm({ reservationId, reacquire: true })
      const byHold = yield* loadedFor({ reservationIds: [reservationId] })
      expect(summary(byHold)).toMatchObject({
        skus: [left],
        reservations: [reservationId, again.id].sort()
      })
      const byOrder = yield* loadedFor({ orderIds: [OrderId.make(orderId)] })
      expect(summary(byOrder)).toMatchObject({
        skus: [left, right].sort(),
        reservations: [reservationId, again.id, second?.id].sort(),
        lapsed: [second?.id]
      })
      const taking = { onShortfall: "RELEASE_NEWEST", includeConfirmed: true } as const
      yield* inventory.count({ skuId: left, countedQuantity: 0, ...taking })
      yield* inventory.receive({ skuId: left, quantity: 1 })
      const third = yield* inventory.confirm({ reservationId: again.id, reacquire: true })
      const later = yield* loadedFor({ reservationIds: [reservationId] })
      expect(summary(later).reservations).toEqual([reservationId, again.id, third.id].sort())
    })
  )

  it.effect("loads open holds, codes and receipts where they are asked for", () =>
    Effect.gen(function* () {
      const { fresh } = yield* Stage
      const inventory = yield* Inventory
      const code = fresh("CODE")
      const key = fresh("key")
      const skuId = yield* freshSku(5, { code })
      const lines = [{ skuId, quantity: 1 }]
      const orderId = fresh("order")
      const [hold] = yield* inventory.reserve({ orderId, lines }, { idempotencyKey: key })
      const [gone] = yield* inventory.reserve({ orderId: fresh("order"), lines })
      yield* inventory.release({ reservationId: gone?.id ?? "" })
      const keys = [
        { caller: "", key },
        { caller: "another", key }
      ]
      const scope = { openHoldsOf: [skuId], skuIds: [skuId], codes: [code, "NONE"], keys }
      const loaded = yield* loadedFor(scope)
      expect(summary(loaded)).toMatchObject({
        reservations: [hold?.id],
        codes: [{ code, skuId }],
        receipts: [{ caller: "", key }]
      })
      expect(JSON.parse(loaded.receipts[0]?.answer ?? "")).toMatchObject([{ id: hold?.id }])
    })
  )

  it.effect("writes nothing for a decision without changes", () =>
    Effect.gen(function* () {
      const skuId = yield* freshSku(1)
      const end = yield* endOfLog
      yield* loadedFor({ skuIds: [skuId] })
      expect(yield* endOfLog).toBe(end)
    })
  )
}
