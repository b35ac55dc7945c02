// Real servers, and ways to break them, for the tests and benchmarks of Holdfast.
export {
  hasPostgres,
  type PostgresOptions,
  type PostgresServer,
  type PostgresVersion,
  scopedPostgres,
  startPostgres
} from "./PostgresServer.ts"
export { findPgbench } from "./pgbench.ts"
export {
  type FreshDatabase,
  freshDatabase,
  scopedDatabase,
  whyNoPostgres
} from "./sharedServers.ts"
export { type Behaviour, scopedTcpProxy, startTcpProxy, type TcpProxy } from "./TcpProxy.ts"
