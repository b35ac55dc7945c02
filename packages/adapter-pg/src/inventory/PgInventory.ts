/** The inventory over its tables. They must exist. */
import * as PgPool from "@effect/sql-pg/PgPool"
import { InventoryLog, StockReads, StockStore } from "@holdfast/core/inventory"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { silenceMillisOf, withSession } from "../connection/Session.ts"
import { toStoreError } from "../connection/SqlFailure.ts"
import { makePgStockFigures } from "../figures/PgStockFigures.ts"
import { openStorage, type StorageOptions } from "../schema/contextStorage.ts"
import { gated, gatedLog, gatedReads, gatedStore } from "../schema/gated.ts"
import type { MigrationError } from "../schema/schemaName.ts"
import { begin, commit, millisOf } from "../transaction/batchTrips.ts"
import { makeUnitOfWork } from "../transaction/UnitOfWork.ts"
import { inventoryTables, schemaDefault } from "./inventoryTables.ts"
import { makePgCustomers } from "./PgCustomers.ts"
import { makePgStockReads } from "./PgStockReads.ts"
import { stockStatements } from "./stockStatements.ts"

/** How the tables are used. The schema is `inventory` unless given. */
export interface PgInventoryOptions extends StorageOptions {}

/**
 * Keeps stock in the tables. Until the tables have the version of this engine, every call is
 * refused with `Unavailable` and the reason. `connectionShares` says how lanes and reads share the
 * connections.
 */
export const layerStorage = (
  options: PgInventoryOptions = {}
): Layer.Layer<StockStore | StockReads | InventoryLog, MigrationError, PgPool.PgPool> =>
  Layer.effectContext(
    Effect.gen(function* () {
      const opened = yield* openStorage("inventory", inventoryTables, schemaDefault, options)
      const { gate, schema } = opened
      const store = yield* makeUnitOfWork(stockStatements(schema), opened.store)
      const reads = yield* makePgStockReads(opened.reads)
      const { deadlineMillis, seats } = opened.reads
      const lend = withSession(yield* PgPool.PgPool, {
        silenceMillisMax: silenceMillisOf(deadlineMillis),
        seats
      })
      const customers = makePgCustomers(
        schema,
        (queries) =>
          Effect.mapBoth(
            lend((session) => session.run([begin, ...queries, commit])),
            { onSuccess: (results) => results.slice(1, -1), onFailure: toStoreError }
          ),
        millisOf(options.now)
      )
      const figures = yield* makePgStockFigures(schema, (query) =>
        gate(
          Effect.mapBoth(
            lend((session) => session.run([query])),
            { onSuccess: ([rows = []]) => rows, onFailure: toStoreError }
          )
        )
      )
      const stock = StockStore.of({
        ...gatedStore(gate, store),
        customers: gated(gate, customers),
        figures
      })
      return Context.make(StockStore, stock).pipe(
        Context.add(StockReads, gatedReads(gate, reads)),
        Context.add(InventoryLog, gatedLog(gate, opened.log))
      )
    })
  )
