/** The tables of the inventory, and what is done with them: migrations, partitions, upkeep. */
import type { PgPool } from "@effect/sql-pg/PgPool"
import type { StoreError } from "@holdfast/core/inventory"
import * as Layer from "effect/Layer"
import type { ContextTables } from "../schema/ContextTables.ts"
import { appended, changed, kept, type TableRights } from "../schema/engineTables.ts"
import { buildIndexesOf } from "../schema/indexes/buildIndexes.ts"
import { migrateTables } from "../schema/migrate.ts"
import { ensurePartitionsOf } from "../schema/partitions.ts"
import { layerPresenceOf, type ServerPresence } from "../schema/presence/presence.ts"
import { type PruneOptions, pruneTables, type Retention } from "../schema/prune.ts"
import type { MigrationError } from "../schema/schemaName.ts"
import { grantLeast } from "../schema/statements/grantLeast.ts"
import { layerUpkeepOf, type UpkeepOptions, upkeepOf } from "../schema/upkeep.ts"
import { migrations } from "./migrations/migrations.ts"
import { carryForward } from "./statements/write/carryForward.ts"

/** The tables of the inventory. */
export const inventoryTables: ContextTables = {
  migrations,
  monthly: [{ table: "stock_movements", column: "created_at", carryForward }]
}

/** What a server may do with the inventory's own tables. */
const rights: TableRights = {
  skus: changed,
  locations: changed,
  inventory: changed,
  reservations: changed,
  stock_movements: appended,
  stock_movements_default: ["SELECT"],
  orders: changed,
  order_customers: kept,
  parked_order_events: kept,
  dead_order_events: kept,
  missed_skus: kept,
  stock_checks: ["SELECT", "UPDATE"]
}

/** The schema that holds the tables when none is named. */
export const schemaDefault = "inventory"

/** Brings the schema up to date and makes the partitions that are due; what it applied and made. */
export const migrate = (schema: string) => migrateTables(inventoryTables, schema)

/** Builds the indexes that are due, beside those who write; the names of those that it built. */
export const buildIndexes = (schema: string) => buildIndexesOf(inventoryTables, schema)

/** The script that lets a role serve the inventory, and do nothing else in its schema. */
export const grantInventory = (schema: string, role: string): ReadonlyArray<string> =>
  grantLeast(schema, rights, role)

/** Makes the partitions that are due; the names of those that it made. */
export const ensurePartitions = (schema: string) => ensurePartitionsOf(inventoryTables, schema)

/** Does all upkeep once; how many rows were forgotten, and which partitions were made. */
export const upkeep = (schema: string = schemaDefault) => upkeepOf(inventoryTables, schema)

/**
 * Drops old partitions of the event log, and old months of the ledger, whose balances go on in
 * movements of type OPENING. Needs a user who owns the tables.
 */
export const prune = (schema: string, retention: Retention, options?: PruneOptions) =>
  pruneTables(inventoryTables, schema, retention, options)

/** Brings the tables up to date before anything that depends on it starts. Needs DDL rights. */
export const layerMigrations = (
  options: { readonly schema?: string | undefined } = {}
): Layer.Layer<never, MigrationError | StoreError, PgPool> =>
  Layer.effectDiscard(migrate(options.schema ?? schemaDefault))

/**
 * Does upkeep every `interval` (10 minutes) for as long as the layer lives. A store that cannot be
 * reached is logged and tried again at the next turn.
 */
export const layerUpkeep = (
  options: UpkeepOptions & { readonly schema?: string | undefined } = {}
): Layer.Layer<never, MigrationError | StoreError, PgPool> =>
  layerUpkeepOf(inventoryTables, options.schema ?? schemaDefault, options)

/** Notes a server in the tables for as long as the layer lives. */
export const layerPresence = (schema: string, presence: ServerPresence) =>
  layerPresenceOf(inventoryTables, schema, presence)
