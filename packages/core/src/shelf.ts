/**
 * The shelf for applications of Effect: where the catalog and the inventory meet. It answers what the
 * catalog asks of the inventory, lets options follow the stock of their SKUs, and gives both contexts as
 * promises.
 */

export { toHoldfast } from "./promise/holdfast/toHoldfast.ts"
export * from "./shelf/copiedStock.ts"
export * from "./shelf/inventoryStock.ts"
export * from "./shelf/optionMappings.ts"
export * from "./shelf/SoldOutFollower.ts"
export * from "./shelf/stockStatusOver.ts"
