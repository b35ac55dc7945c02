/** The catalog over its tables. They must exist. */
import * as PgPool from "@effect/sql-pg/PgPool"
import { CatalogLog, CatalogReads, CatalogStore, type ProductId } from "@holdfast/core/catalog"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { runQueries, silenceMillisOf } from "../connection/Session.ts"
import { toStoreError } from "../connection/SqlFailure.ts"
import { countViews } from "../figures/countViews.ts"
import { openStorage, type StorageOptions } from "../schema/contextStorage.ts"
import { gatedLog, gatedReads, gatedStore } from "../schema/gated.ts"
import type { MigrationError } from "../schema/schemaName.ts"
import { makeUnitOfWork } from "../transaction/UnitOfWork.ts"
import { catalogStatements } from "./catalogStatements.ts"
import { catalogSchemaDefault, catalogTables } from "./catalogTables.ts"
import { makePgCatalogReads } from "./PgCatalogReads.ts"

/** How the tables are used. The schema is `catalog` unless given. */
export interface PgCatalogOptions extends StorageOptions {}

/**
 * Keeps the catalog in the tables. Until the tables have the version of this engine, every call is
 * refused with `Unavailable` and the reason. `connectionShares` says how lanes and reads share the
 * connections.
 */
export const layerCatalogStorage = (
  options: PgCatalogOptions = {}
): Layer.Layer<CatalogStore | CatalogReads | CatalogLog, MigrationError, PgPool.PgPool> =>
  Layer.effectContext(
    Effect.gen(function* () {
      const opened = yield* openStorage("catalog", catalogTables, catalogSchemaDefault, options)
      const { gate, schema } = opened
      const store = yield* makeUnitOfWork(catalogStatements(schema), opened.store)
      const { deadlineMillis, seats } = opened.reads
      const silenceMillisMax = silenceMillisOf(deadlineMillis)
      const run = runQueries(yield* PgPool.PgPool, { silenceMillisMax, seats })
      const read = yield* makePgCatalogReads(opened.reads)
      const viewed = yield* countViews(schema, (query) =>
        gate(
          Effect.mapBoth(run([query]), {
            onFailure: toStoreError,
            onSuccess: ([rows = []]) => rows
          })
        )
      )
      const reads = { ...read, viewed: (id: ProductId) => Effect.sync(() => viewed(id)) }
      return Context.make(CatalogStore, gatedStore(gate, store)).pipe(
        Context.add(CatalogReads, gatedReads(gate, reads)),
        Context.add(CatalogLog, gatedLog(gate, opened.log))
      )
    })
  )
