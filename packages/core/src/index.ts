/** The Promise door of Holdfast: no type of Effect is reachable from here. */
export { type AnyHoldfastError, HoldfastError, isHoldfastError } from "./promise/HoldfastError.ts"
export type * from "./promise/HoldfastErrorDetails.ts"
export type * from "./promise/HoldfastInventory.ts"
export type * from "./promise/InventoryAnswers.ts"
export type * from "./promise/InventoryEvents.ts"
export type * from "./promise/InventoryInputs.ts"
