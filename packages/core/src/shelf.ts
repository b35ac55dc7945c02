/**
 * The shelf for applications of Effect: where the catalog and the inventory meet. It answers what the
 * catalog asks of the inventory.
 */

export * from "./shelf/inventoryStock.ts"
export * from "./shelf/stockStatusOver.ts"
