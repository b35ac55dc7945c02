/** The tables of the catalog, and what is done with them: migrations, partitions, upkeep. */
import type { PgPool } from "@effect/sql-pg/PgPool"
import type { StoreError } from "@holdfast/core/engine"
import * as Layer from "effect/Layer"
import type { ContextTables } from "../schema/ContextTables.ts"
import { type ContextDiagnosis, diagnoseDatabase } from "../schema/diagnose.ts"
import { migrateTables } from "../schema/migrate.ts"
import type { MigrationError } from "../schema/schemaName.ts"
import { layerUpkeepOf, type UpkeepOptions } from "../schema/upkeep.ts"
import { migrations } from "./migrations/migrations.ts"

/** The tables of the catalog. */
export const catalogTables: ContextTables = { migrations, monthly: [] }

/** The schema that holds the tables when none is named. */
export const catalogSchemaDefault = "catalog"

/** Brings the catalog's tables up to date before anything that depends on it starts. Needs DDL rights. */
export const layerCatalogMigrations = (
  options: { readonly schema?: string | undefined } = {}
): Layer.Layer<never, MigrationError | StoreError, PgPool> =>
  Layer.effectDiscard(migrateTables(catalogTables, options.schema ?? catalogSchemaDefault))

/**
 * Does the upkeep of the catalog's tables every `interval` (10 minutes) for as long as the layer
 * lives. A store that cannot be reached is logged and tried again at the next turn.
 */
export const layerCatalogUpkeep = (
  options: UpkeepOptions & { readonly schema?: string | undefined } = {}
): Layer.Layer<never, MigrationError | StoreError, PgPool> =>
  layerUpkeepOf(catalogTables, options.schema ?? catalogSchemaDefault, options)

/**
 * Looks at the database and the catalog's tables in a schema (`catalog`). Fails when it is
 * unreachable.
 */
export const diagnoseCatalog = (schema: string = catalogSchemaDefault) =>
  diagnoseDatabase<ContextDiagnosis>(
    { tables: catalogTables, queriesOf: () => [], read: (about) => about },
    schema
  )
