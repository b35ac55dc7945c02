/**
 * PostgreSQL and PGlite for any context: a unit of work over the statements of the context, and its
 * schema with migrations, partitions and upkeep. For the author of another context.
 */
export * from "./connection/Query.ts"
export { runQueries } from "./connection/Session.ts"
export { type SqlFailure, toStoreError } from "./connection/SqlFailure.ts"
export { makeEventLog } from "./events/PgEventLog.ts"
export { type KeptLogOptions, makePgKeptLog } from "./events/PgKeptLog.ts"
export type { ContextTables, Migration } from "./schema/ContextTables.ts"
export { engineTables } from "./schema/engineTables.ts"
export { migrateTables } from "./schema/migrate.ts"
export { makeSchemaGate } from "./schema/schemaCheck.ts"
export { layerUpkeepOf, upkeepOf } from "./schema/upkeep.ts"
export type {
  BatchStatements,
  RoundTrip,
  Rows,
  Shedding
} from "./transaction/BatchStatements.ts"
export { hostUnitOfWork } from "./transaction/hostUnitOfWork.ts"
export { makeUnitOfWork, type UnitOfWorkOptions } from "./transaction/UnitOfWork.ts"
export { type LoadedKit, withReceipts } from "./transaction/withReceipts.ts"
