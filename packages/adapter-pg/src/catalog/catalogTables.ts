/** The tables of the catalog, and what is done with them: migrations, partitions, upkeep. */
import type { PgPool } from "@effect/sql-pg/PgPool"
import type { StoreError } from "@holdfast/core/engine"
import * as Layer from "effect/Layer"
import type { ContextTables } from "../schema/ContextTables.ts"
import { type ContextDiagnosis, diagnoseDatabase } from "../schema/diagnose.ts"
import { appended, changed, kept, type TableRights } from "../schema/engineTables.ts"
import { buildIndexesOf } from "../schema/indexes/buildIndexes.ts"
import { migrateTables } from "../schema/migrate.ts"
import { layerPresenceOf, type ServerPresence } from "../schema/presence/presence.ts"
import { type PruneOptions, pruneTables, type Retention } from "../schema/prune.ts"
import type { MigrationError } from "../schema/schemaName.ts"
import { grantLeast } from "../schema/statements/grantLeast.ts"
import { layerUpkeepOf, type UpkeepOptions } from "../schema/upkeep.ts"
import { migrations } from "./migrations/migrations.ts"

/** The tables of the catalog. */
export const catalogTables: ContextTables = { migrations, monthly: [] }

/** What a server may do with the catalog's own tables. */
const rights: TableRights = {
  products: kept,
  product_slugs: changed,
  product_images: kept,
  product_categories: kept,
  product_options: kept,
  sku_mappings: kept,
  followed_stock: kept,
  product_search: kept,
  product_attributes: kept,
  product_attribute_values: kept,
  categories: kept,
  deleted_ids: appended,
  product_views: kept
}

/** The schema that holds the tables when none is named. */
export const catalogSchemaDefault = "catalog"

/** Brings the schema up to date and makes the partitions that are due; what it applied and made. */
export const migrateCatalog = (schema: string) => migrateTables(catalogTables, schema)

/** Builds the indexes that are due, beside those who write; the names of those that it built. */
export const buildCatalogIndexes = (schema: string) => buildIndexesOf(catalogTables, schema)

/** The script that lets a role serve the catalog, and do nothing else in its schema. */
export const grantCatalog = (schema: string, role: string): ReadonlyArray<string> =>
  grantLeast(schema, rights, role)

/** Drops old partitions of the event log. Needs a user who owns the tables. */
export const pruneCatalog = (schema: string, retention: Retention, options?: PruneOptions) =>
  pruneTables(catalogTables, schema, retention, options)

/** Brings the catalog's tables up to date before anything that depends on it starts. Needs DDL rights. */
export const layerCatalogMigrations = (
  options: { readonly schema?: string | undefined } = {}
): Layer.Layer<never, MigrationError | StoreError, PgPool> =>
  Layer.effectDiscard(migrateCatalog(options.schema ?? catalogSchemaDefault))

/**
 * Does the upkeep of the catalog's tables every `interval` (10 minutes) for as long as the layer
 * lives. A store that cannot be reached is logged and tried again at the next turn.
 */
export const layerCatalogUpkeep = (
  options: UpkeepOptions & { readonly schema?: string | undefined } = {}
): Layer.Layer<never, MigrationError | StoreError, PgPool> =>
  layerUpkeepOf(catalogTables, options.schema ?? catalogSchemaDefault, options)

/** Notes a server in the tables for as long as the layer lives. */
export const layerCatalogPresence = (schema: string, presence: ServerPresence) =>
  layerPresenceOf(catalogTables, schema, presence)

/**
 * Looks at the database and the catalog's tables in a schema (`catalog`). Fails when it is
 * unreachable.
 */
export const diagnoseCatalog = (schema: string = catalogSchemaDefault) =>
  diagnoseDatabase<ContextDiagnosis>(
    { tables: catalogTables, queriesOf: () => [], read: (about) => about },
    schema
  )
