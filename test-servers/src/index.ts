// Real servers, and ways to break them, for the tests and benchmarks of Holdfast.

export { type ArchivedServer, scopedArchivedPostgres } from "./archive.ts"
export { actionlint, whyNoActionlint } from "./brought/actionlint.ts"
export { startEnvoy } from "./brought/envoy.ts"
export { inWheel, type Wheel, whyNoWheel } from "./brought/wheels.ts"
export {
  type Authority,
  type CertificateOptions,
  makeAuthority,
  onlyUnder,
  selfSigned,
  unknownCritical
} from "./certificates.ts"
export {
  type KafkaNode,
  type KafkaOptions,
  type KafkaServer,
  kafkaUsers,
  startKafka
} from "./kafka/KafkaServer.ts"
export { whyNoKafka } from "./kafka/kafkaInstallation.ts"
export { type ProxiedKafka, scopedProxiedKafka } from "./kafka/proxiedKafka.ts"
export { startTlsKafka, type TlsKafka } from "./kafka/tlsKafka.ts"
export { keepOnLeash } from "./keepOnLeash.ts"
export {
  freePort,
  hasPostgres,
  type PostgresOptions,
  type PostgresServer,
  type PostgresVersion,
  scopedPostgres,
  startPostgres
} from "./PostgresServer.ts"
export {
  type PatroniCluster,
  type PatroniMember,
  patroniTimes,
  startPatroniCluster
} from "./patroni/patroniCluster.ts"
export { whyNoPatroni } from "./patroni/patroniTools.ts"
export { findPgbench } from "./pgbench.ts"
export { type Program, pathOf, whyNoProgram } from "./programs.ts"
export {
  type Balancer,
  type BalancerMode,
  type FailedAnswer,
  startHaproxy,
  statesIn
} from "./proxy/haproxy.ts"
export { type Pooler, startPgbouncer } from "./proxy/pgbouncer.ts"
export { type Behaviour, scopedTcpProxy, startTcpProxy, type TcpProxy } from "./proxy/TcpProxy.ts"
export { anyWire, kafkaWire } from "./proxy/wires.ts"
export {
  type BackupTools,
  backupTools,
  type RunningTool,
  type ToolEnded,
  whyNoBackupTools
} from "./recovery/backupTools.ts"
export { type RedisOptions, type RedisServer, startRedis } from "./redis/RedisServer.ts"
export {
  type RedisCluster,
  startRedisCluster,
  startWatchedRedis,
  type WatchedRedis
} from "./redis/redisGroups.ts"
export { whyNoRedis, whyNoRedisTls } from "./redis/redisInstallation.ts"
export { scopedRedis, scopedRedisCluster, scopedWatchedRedis } from "./redis/scopedRedis.ts"
export { type RunningProgram, runProgram } from "./runProgram.ts"
export {
  type FreshDatabase,
  freshDatabase,
  runOn,
  scopedDatabase,
  sharedKafka,
  whyNoPostgres
} from "./sharedServers.ts"
export {
  type ReplicatedOptions,
  type ReplicatedPostgres,
  type StandbyOptions,
  type StandbyServer,
  scopedReplicated,
  startReplicated,
  startStandby
} from "./standby.ts"
export {
  type Certified,
  makeCertificates,
  startTlsPostgres,
  type TlsPostgres
} from "./tlsPostgres.ts"
export { type BackgroundProgram, inBackground } from "./watching/background.ts"
export { type Brought, bringCollector, bringOpenSearch } from "./watching/brought.ts"
export {
  type WatchingProgram,
  watcherFolder,
  watcherPath,
  whyNoWatcher
} from "./watching/debianPrograms.ts"
