/** The catalog over its tables. They must exist. */
import type { PgPool } from "@effect/sql-pg/PgPool"
import { CatalogLog, CatalogReads, CatalogStore } from "@holdfast/core/catalog"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
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
): Layer.Layer<CatalogStore | CatalogReads | CatalogLog, MigrationError, PgPool> =>
  Layer.effectContext(
    Effect.gen(function* () {
      const opened = yield* openStorage("catalog", catalogTables, catalogSchemaDefault, options)
      const { gate, schema } = opened
      const store = yield* makeUnitOfWork(catalogStatements(schema), opened.store)
      const reads = yield* makePgCatalogReads(opened.reads)
      return Context.make(CatalogStore, gatedStore(gate, store)).pipe(
        Context.add(CatalogReads, gatedReads(gate, reads)),
        Context.add(CatalogLog, gatedLog(gate, opened.log))
      )
    })
  )
