/** Redis or Valkey for Holdfast: a cache, and limits that several servers share. */

export type { RedisFinding, RedisReport } from "./checking/RedisReport.ts"
export type { HostClient, IoRedisClient, NodeRedisClient } from "./clients/hostClients.ts"
export { type ConnectedRedis, connectRedis, type RedisCache, redisCache } from "./connectRedis.ts"
export {
  layerRedisCache,
  openRedis,
  type RedisServices,
  type RedisSource,
  type RedisStatus,
  redisPlace
} from "./openRedis.ts"
export type {
  RedisConnectionOptions,
  RedisHostSettings,
  RedisPlace,
  RedisSentinels,
  RedisSettings,
  RedisTls
} from "./options/RedisOptions.ts"
