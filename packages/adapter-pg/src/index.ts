/** The Promise door of Holdfast on PostgreSQL: no type of Effect is reachable from here. */
export type * from "./connection/HostPool.ts"
export { claimEvent } from "./promise/claimEvent.ts"
export { createCatalog } from "./promise/createCatalog.ts"
export { createHoldfast } from "./promise/createHoldfast.ts"
export { createInventory } from "./promise/createInventory.ts"
export type * from "./promise/HoldfastOptions.ts"
export { withinTransaction } from "./promise/withinTransaction.ts"
export type * from "./transaction/HostTransaction.ts"
