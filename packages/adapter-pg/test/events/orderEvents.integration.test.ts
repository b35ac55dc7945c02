/** Events of an order whose id a SKU has too. */
import { expect, it } from "@effect/vitest"
import { Inventory, OrderId, StockReads } from "@holdfast/core/inventory"
import { scopedDatabase } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import * as Effect from "effect/Effect"
import { connectedTo, engineAt } from "../engines.ts"

describePostgres(18, "events of an order with the id of a SKU", () => {
  it.live("S10 are none of the SKU's, and are found by the order", () =>
    Effect.gen(function* () {
      const url = yield* scopedDatabase()
      const sql = yield* connectedTo(url)
      yield* Effect.gen(function* () {
        const inventory = yield* Inventory
        const reads = yield* StockReads
        const skuId = "twin"
        const positionsOf = (filter: Parameters<typeof reads.events>[2]) =>
          Effect.map(reads.events(0, 1_000, filter), (page) => page.map((one) => one.position))
        yield* inventory.registerSku({ skuId, code: "T", name: "Twin", initialStock: 1 })
        const ofSku = yield* positionsOf({ aggregateIds: [skuId] })
        const [row] = yield* sql(`insert into inventory.events (position, event_id, event_type,
            aggregate_id, version, "timestamp", command_id, payload)
          values (nextval('inventory.event_positions'), gen_random_uuid(),
            'ordering.order.cancelled', '${skuId}', 1, now(), gen_random_uuid(),
            '{"orderId":"${skuId}"}')
          returning position::float8`)
        const position = Number(row?.["position"])
        yield* inventory.receive({ skuId, quantity: 1 })
        expect(yield* positionsOf({ aggregateIds: [skuId] })).toEqual([...ofSku, position + 1])
        const orderId = OrderId.make(skuId)
        expect(yield* positionsOf({ orderId })).toEqual([position])
        expect(yield* positionsOf({ orderId, aggregateIds: [skuId] })).toEqual([])
        const [event] = yield* reads.events(position - 1, 1)
        expect(event?.event).toMatchObject({ aggregateId: skuId, aggregateType: "ORDER" })
      }).pipe(Effect.provide(engineAt(url)))
    }).pipe(Effect.scoped)
  )
})
