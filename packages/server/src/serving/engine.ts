/**
 * The engines of one process: the tables of each context, the context over them, and what goes on by
 * itself. Stopping goes the other way: an engine commits and answers what it took, then the database
 * closes.
 */
import {
  layerCatalogStorage,
  layerStorage,
  type MigrationError,
  type PgSessions,
  type Retention
} from "@holdfast/adapter-pg/effect"
import type { AuditPolicy } from "@holdfast/core/audit"
import {
  Catalog,
  type CatalogLog,
  CatalogReads,
  type CatalogServices,
  type CatalogStore,
  type StockStatus
} from "@holdfast/core/catalog"
import {
  Inventory,
  type InventoryLog,
  type InventoryServices,
  layerExpirySweeper,
  layerStockCheck,
  type OptionMappings,
  StockReads,
  type StockStore,
  type StoreError
} from "@holdfast/core/inventory"
import * as Layer from "effect/Layer"
import type { ServerLife } from "./ServerLife.ts"
import { layerSchemaUpkeep, type Presence } from "./schemaUpkeep.ts"

/** How the tables of a context are kept. */
export interface TablesOptions {
  readonly schema: string
  /** Batches that commit side by side; as many as the connections allow unless given. */
  readonly lanes?: number | undefined
  readonly mayMigrate: boolean
  readonly retention: Retention | undefined
  readonly presence: Presence
  readonly life: ServerLife
}

/** The tables of the inventory over open sessions. */
export const layerInventoryTables = (
  options: TablesOptions
): Layer.Layer<StockStore | StockReads | InventoryLog, MigrationError | StoreError, PgSessions> =>
  Layer.provideMerge(
    layerSchemaUpkeep(StockReads, { ...options, context: "inventory" }),
    layerStorage({ schema: options.schema, lanes: options.lanes })
  )

/** The tables of the catalog over open sessions. */
export const layerCatalogTables = (
  options: TablesOptions
): Layer.Layer<CatalogStore | CatalogReads | CatalogLog, MigrationError | StoreError, PgSessions> =>
  Layer.provideMerge(
    layerSchemaUpkeep(CatalogReads, { ...options, context: "catalog" }),
    layerCatalogStorage({ schema: options.schema, lanes: options.lanes })
  )

/** The inventory over its tables, and the catalog that it asks about options. */
export const layerInventoryEngine = <E, R, E2, R2>(
  tables: Layer.Layer<StockStore | StockReads | InventoryLog, E, R>,
  catalog: Layer.Layer<OptionMappings, E2, R2>,
  {
    auditPolicy: audit,
    sweepInterval
  }: { readonly auditPolicy?: AuditPolicy | undefined; readonly sweepInterval: number }
): Layer.Layer<InventoryServices, E | E2, R | R2> =>
  Layer.merge(layerExpirySweeper({ interval: sweepInterval }), layerStockCheck()).pipe(
    Layer.provideMerge(Inventory.layer({ audit })),
    Layer.provideMerge(tables),
    Layer.provide(catalog)
  )

/** The catalog over its tables, and the inventory that it asks about stock. */
export const layerCatalogEngine = <E, R, E2, R2>(
  tables: Layer.Layer<CatalogStore | CatalogReads | CatalogLog, E, R>,
  stock: Layer.Layer<StockStatus, E2, R2>,
  audit?: AuditPolicy
): Layer.Layer<CatalogServices, E | E2, R | R2> =>
  Catalog.layer({ audit }).pipe(Layer.provideMerge(tables), Layer.provideMerge(stock))
