/**
 * The shelf for applications of Effect: where the catalog and the inventory meet. It answers what the
 * catalog asks of the inventory, and lets options follow the stock of their SKUs.
 */

export * from "./shelf/inventoryStock.ts"
export * from "./shelf/SoldOutFollower.ts"
export * from "./shelf/stockStatusOver.ts"
