/** `StockStore` on PostgreSQL and PGlite: the inventory's statements in a unit of work. */
import * as PgPool from "@effect/sql-pg/PgPool"
import { StockStore } from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import type * as Semaphore from "effect/Semaphore"
import { silenceMillisOf, withSession } from "../connection/Session.ts"
import { toStoreError } from "../connection/SqlFailure.ts"
import { inSnapshot, millisOf } from "../transaction/batchTrips.ts"
import { makeUnitOfWork, type UnitOfWorkOptions } from "../transaction/UnitOfWork.ts"
import { stockStatements } from "./stockStatements.ts"

/** How the store behaves. */
export interface PgStockStoreOptions extends UnitOfWorkOptions {
  /** Seats that limit how many connections reads take, so that each lane finds one. */
  readonly seats?: Semaphore.Semaphore | undefined
}

/** Makes the store over a pool whose connections pipeline. */
export const makePgStockStore = Effect.fnUntraced(function* (options: PgStockStoreOptions) {
  const statements = stockStatements(options.schema)
  const unitOfWork = yield* makeUnitOfWork(statements, options)
  const pool = yield* PgPool.PgPool
  const lendToReader = withSession(pool, {
    silenceMillisMax: silenceMillisOf(options.deadlineMillis),
    seats: options.seats
  })
  return StockStore.of({
    ...unitOfWork,
    load: (scope) =>
      Effect.gen(function* () {
        const trip = inSnapshot(statements.load(scope, yield* millisOf(options.now)))
        const loaded = lendToReader((session) => Effect.map(session.run(trip.queries), trip.read))
        return yield* Effect.mapError(loaded, toStoreError)
      })
  })
})
