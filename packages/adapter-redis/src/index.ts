/** Redis or Valkey for Holdfast: a cache, and limits that several servers share. */

export type { HostClient, IoRedisClient, NodeRedisClient } from "./clients/hostClients.ts"
export {
  type HoldfastRedis,
  layerRedisCache,
  openRedis,
  type RedisSource,
  type RedisStatus
} from "./openRedis.ts"
export type {
  RedisConnectionOptions,
  RedisHostSettings,
  RedisPlace,
  RedisSentinels,
  RedisSettings,
  RedisTls
} from "./options/RedisOptions.ts"
