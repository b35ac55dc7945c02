/** Holdfast on PostgreSQL, as layers: connections, migrations, and the storage of each context. */

export {
  accessSchemaDefault,
  layerAccessMigrations,
  migrateAccess
} from "./access/accessTables.ts"
export { layerAccessAudit } from "./access/PgAccessAudit.ts"
export { layerApiKeys, type PgApiKeysOptions } from "./access/PgApiKeys.ts"
export { layerKeyUsage } from "./audit/PgKeyUsage.ts"
export { type PrunedAudit, pruneAuditLog } from "./audit/pruneAudit.ts"
export { secretColumns } from "./audit/secretColumns.ts"
export {
  buildCatalogIndexes,
  diagnoseCatalog,
  grantCatalog,
  layerCatalogMigrations,
  layerCatalogPresence,
  layerCatalogUpkeep,
  migrateCatalog,
  pruneCatalog
} from "./catalog/catalogTables.ts"
export { layerCatalogStorage, type PgCatalogOptions } from "./catalog/PgCatalog.ts"
export type { PgSessions } from "./connection/PgSessions.ts"
export { layerPostgres, type PostgresOptions } from "./connection/Postgres.ts"
export { describePostgresUrl, postgresUrlMistake } from "./connection/postgresUrl.ts"
export { sqlStateOf } from "./connection/SqlFailure.ts"
export { StoreStartError } from "./connection/StoreStartError.ts"
export { layerImportJobs, type PgImportJobsOptions } from "./exchange/PgImportJobs.ts"
export { type Diagnosis, diagnose, type TableDiagnosis } from "./inventory/diagnose.ts"
export {
  buildIndexes,
  ensurePartitions,
  grantInventory,
  layerMigrations,
  layerPresence,
  layerUpkeep,
  migrate,
  prune,
  upkeep
} from "./inventory/inventoryTables.ts"
export { layerStorage, type PgInventoryOptions } from "./inventory/PgInventory.ts"
export { withinTransaction } from "./inventory/withinSqlTransaction.ts"
export { layerParkedOrderEvents, type PgParkedEventsOptions } from "./ordering/PgParkedEvents.ts"
export {
  type Copied,
  type CopyOptions,
  type CopyProgress,
  copyEmbedded,
  onDisk
} from "./pglite/copying/copyEmbedded.ts"
export { embeddedMajor, isFolderInUse, whileFolderLocked } from "./pglite/copying/folderUse.ts"
export { makeFolder } from "./pglite/makeFolder.ts"
export { layerPglite, type PgliteOptions } from "./pglite/Pglite.ts"
export { type ReplicaOptions, replicaUrlsMistake } from "./replicas/openReplicas.ts"
export {
  type CommitStanding,
  commitStanding,
  type ReplicaStanding,
  type ReplicaState,
  replicaStandings,
  type SynchronousStanding,
  synchronousStanding
} from "./replicas/standing.ts"
export type {
  ContextDiagnosis,
  CursorDiagnosis,
  DatabaseDiagnosis,
  ServerDiagnosis,
  SettingInForce
} from "./schema/diagnose.ts"
export type { IndexStanding } from "./schema/indexes/buildIndexes.ts"
export { type BackupAges, type BackupKind, backupAges } from "./schema/measuring/backups.ts"
export { measureDatabase, measureSchema, type ServerMeasures } from "./schema/measuring/measure.ts"
export { grantRights } from "./schema/migrate.ts"
export type { ServerPresence } from "./schema/presence/presence.ts"
export type { Pruned, PruneOptions, Retention } from "./schema/prune.ts"
export type { MigrationError } from "./schema/schemaName.ts"
export { grantKeyUse } from "./schema/statements/grantLeast.ts"
export { connectionShares } from "./transaction/connectionShares.ts"
