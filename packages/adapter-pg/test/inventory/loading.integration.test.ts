/**
 * The book of a batch is loaded by several statements, and each sees what has committed by then. The
 * locks keep still what a decision is about; what another engine adds to the same order meanwhile,
 * on a SKU that is not locked, must not show by half.
 */
import * as PgPool from "@effect/sql-pg/PgPool"
import { expect, it } from "@effect/vitest"
import {
  CommandId,
  emptyScope,
  foldBatch,
  Inventory,
  OrderId,
  ReservationId,
  type SkuCommand,
  SkuId,
  StockReads,
  type StockScope
} from "@holdfast/core/inventory"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import * as Effect from "effect/Effect"
import { encoded, type Query, type Row } from "../../src/connection/Query.ts"
import { stockStatements } from "../../src/inventory/stockStatements.ts"
import { batchTrips, begun } from "../../src/transaction/batchTrips.ts"
import { engineOver, freshPostgres } from "../engines.ts"

const commandId = CommandId.make("019a0000-0000-7000-8000-000000000000")
const orderId = OrderId.make("o")
const skuId = SkuId.make("a")
const origin = { commandId, correlationId: null, traceparent: null, actor: null }

/** Loads as a transaction does, one statement at a time; `meanwhile` runs once levels are loaded. */
const loadingWhile = Effect.fnUntraced(function* <E, R>(
  scope: StockScope,
  meanwhile: Effect.Effect<unknown, E, R>
) {
  const pool = yield* PgPool.PgPool
  const trips = batchTrips("inventory", stockStatements("inventory"))
  const trip = begun(trips.lockAndLoad(scope, null, { isRepeated: false, lockMillisMax: 60 }))
  return yield* pool.use((session) =>
    Effect.gen(function* () {
      const results: Array<ReadonlyArray<Row>> = []
      for (const { params, sql } of trip.queries as ReadonlyArray<Query>) {
        results.push((yield* session.query(sql, params.map(encoded))).rows as ReadonlyArray<Row>)
        if (sql.includes("join inventory.skus")) yield* meanwhile
      }
      yield* session.query("rollback")
      const loaded = trip.read(results)
      if ("decidedAtMillis" in loaded) return yield* Effect.die("nothing was committed before")
      return loaded
    })
  )
})

const scope = { batchId: commandId, ...emptyScope }

const commands: ReadonlyArray<SkuCommand> = [
  { _tag: "ReleaseOrder", orderId, confirmed: true },
  { _tag: "ConfirmOrder", orderId },
  {
    _tag: "ReserveStock",
    orderId,
    replace: true,
    lines: [{ skuId, quantity: 2 }]
  }
]

describePostgres(18, "a batch about an order", () => {
  it.live("is decided on what was there, when a line on another SKU commits meanwhile", () =>
    Effect.gen(function* () {
      const inventory = yield* Inventory
      for (const skuId of ["a", "b"]) {
        yield* inventory.registerSku({ skuId, code: skuId, name: skuId, initialStock: 100 })
      }
      yield* inventory.reserve({ orderId: "o", lines: [{ skuId: "a", quantity: 1 }] })
      for (const command of commands) {
        const loaded = yield* loadingWhile(
          { ...scope, orderIds: [orderId], skuIds: "lines" in command ? [skuId] : [] },
          inventory.reserve({ orderId: "o", lines: [{ skuId: "b", quantity: 1 }] })
        )
        const { answer, changes } = foldBatch(loaded, [{ command, origin, key: null }])
        expect(answer[0]).toMatchObject({ _tag: "Answered" })
        expect(changes.events.map(({ aggregateId }) => aggregateId)).not.toContain("b")
        // The next command of the order finds it.
        yield* inventory.releaseOrder({ orderId: "o" })
        yield* inventory.reserve({ orderId: "o", lines: [{ skuId: "a", quantity: 1 }] })
      }
      const reads = yield* StockReads
      expect((yield* reads.stock([SkuId.make("b")]))[0]?.levels[0]?.level.reservedQuantity).toBe(0)
    }).pipe(Effect.provide(engineOver(freshPostgres())))
  )

  it.live("does not know a hold that is made by another engine meanwhile", () =>
    Effect.gen(function* () {
      const inventory = yield* Inventory
      yield* inventory.registerSku({ skuId: "a", code: "A", name: "A", initialStock: 100 })
      const reservationId = ReservationId.make("019b0000-0000-7000-8000-000000000000")
      const loaded = yield* loadingWhile(
        { ...scope, reservationIds: [reservationId] },
        inventory.reserve({ orderId: "o", lines: [{ skuId: "a", quantity: 1, reservationId }] })
      )
      const command = { _tag: "ReleaseReservation", reservationId } as const
      const { answer } = foldBatch(loaded, [{ command, origin, key: null }])
      expect(answer[0]).toMatchObject({ refusal: { _tag: "ReservationNotFound" } })
    }).pipe(Effect.provide(engineOver(freshPostgres())))
  )
})
