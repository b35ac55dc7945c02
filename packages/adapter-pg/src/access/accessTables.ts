/** The tables of access. They belong to no context, so each deployment has them, whatever it serves. */
import type { PgPool } from "@effect/sql-pg/PgPool"
import type { StoreError } from "@holdfast/core/engine"
import * as Layer from "effect/Layer"
import type { Migration } from "../schema/ContextTables.ts"
import { migrateSteps } from "../schema/migrate.ts"
import type { MigrationError } from "../schema/schemaName.ts"
import { apiKeys } from "./migrations/0001_api_keys.ts"
import { audit } from "./migrations/0002_audit.ts"
import { fixedMarks } from "./migrations/0003_fixed_marks.ts"

/** The migrations of access. One that has landed is never changed: a new one is added. */
export const accessMigrations: ReadonlyArray<Migration> = [
  { id: 1, name: "api_keys", statements: apiKeys },
  { id: 2, name: "audit", statements: audit },
  { id: 3, name: "fixed_marks", statements: fixedMarks, worksFrom: 2 }
]

/** The schema that holds the tables when none is named. */
export const accessSchemaDefault = "access"

/** Brings the schema up to date; what it applied. */
export const migrateAccess = (schema: string) => migrateSteps(accessMigrations, schema)

/** Brings the tables up to date before anything that depends on it starts. Needs DDL rights. */
export const layerAccessMigrations = (
  options: { readonly schema?: string | undefined } = {}
): Layer.Layer<never, MigrationError | StoreError, PgPool> =>
  Layer.effectDiscard(migrateAccess(options.schema ?? accessSchemaDefault))
