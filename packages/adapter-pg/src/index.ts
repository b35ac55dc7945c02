/** The Promise door of Holdfast on PostgreSQL: no type of Effect is reachable from here. */
export type * from "./promise/CreateInventoryOptions.ts"
export { createInventory } from "./promise/createInventory.ts"
export { withinTransaction } from "./promise/withinTransaction.ts"
export type * from "./transaction/HostTransaction.ts"
