/** Holdfast on PostgreSQL, as layers: connections, migrations, and the inventory's storage. */
export {
  type Diagnosis,
  diagnose,
  type SettingInForce,
  type TableDiagnosis
} from "./diagnose.ts"
export { migrate } from "./migrate.ts"
export { layerMigrations, layerStorage, type PgInventoryOptions } from "./PgInventory.ts"
export { layerPglite, type PgliteOptions } from "./Pglite.ts"
export type { PgSessions } from "./PgSessions.ts"
export { layerPostgres, type PostgresOptions } from "./Postgres.ts"
export { ensurePartitions } from "./partitions.ts"
export { describePostgresUrl } from "./postgresUrl.ts"
export { sqlStateOf } from "./SqlFailure.ts"
export { StoreStartError } from "./StoreStartError.ts"
export type { MigrationError } from "./schemaName.ts"
export { layerUpkeep, upkeep } from "./upkeep.ts"
