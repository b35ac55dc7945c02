/** Holdfast on PostgreSQL, as layers: connections, migrations, and the inventory's storage. */

export type { PgSessions } from "./connection/PgSessions.ts"
export { layerPostgres, type PostgresOptions } from "./connection/Postgres.ts"
export { describePostgresUrl } from "./connection/postgresUrl.ts"
export { sqlStateOf } from "./connection/SqlFailure.ts"
export { StoreStartError } from "./connection/StoreStartError.ts"
export { layerMigrations, layerStorage, type PgInventoryOptions } from "./inventory/PgInventory.ts"
export { layerPglite, type PgliteOptions } from "./pglite/Pglite.ts"
export {
  type Diagnosis,
  diagnose,
  type SettingInForce,
  type TableDiagnosis
} from "./schema/diagnose.ts"
export { migrate } from "./schema/migrate.ts"
export { ensurePartitions } from "./schema/partitions.ts"
export type { MigrationError } from "./schema/schemaName.ts"
export { layerUpkeep, upkeep } from "./schema/upkeep.ts"
