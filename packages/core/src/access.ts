/** Who may do what: principals, their roles and scopes, the keys of services, and how
 * often somebody may ask. */

export { type ApiKey, ApiKeys, type NewApiKey } from "./access/ApiKeys.ts"
export { addressKey } from "./access/addressKey.ts"
export * from "./access/authorize.ts"
export * from "./access/carts.ts"
export { makeMemoryRateLimiter } from "./access/memoryRateLimiter.ts"
export * from "./access/Permission.ts"
export * from "./access/Principal.ts"
export {
  type Bucket,
  type RateDecision,
  type RateLimit,
  type RateLimiter,
  takeToken
} from "./access/RateLimiter.ts"
export * from "./access/readPrincipal.ts"
