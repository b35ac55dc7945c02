/** Who may do what: principals, their roles and scopes, and the keys of services. */

export { type ApiKey, ApiKeys, type NewApiKey } from "./access/ApiKeys.ts"
export * from "./access/authorize.ts"
export * from "./access/carts.ts"
export * from "./access/Permission.ts"
export * from "./access/Principal.ts"
export * from "./access/readPrincipal.ts"
