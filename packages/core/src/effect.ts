/**
 * The Effect side of Holdfast: the pure core, its ports, its services and their layers. Host code
 * that does not use Effect wants the package root instead.
 */

export { CommandIds } from "./inventory/CommandIds.ts"
export * from "./inventory/checkAvailability.ts"
export type { Executed } from "./inventory/commitBatch.ts"
export { type Decision, decide } from "./inventory/decide.ts"
export * from "./inventory/ExpirySweeper.ts"
export * from "./inventory/evolve.ts"
export * from "./inventory/foldBatch.ts"
export * from "./inventory/Inventory.ts"
export * from "./inventory/InventoryAnswer.ts"
export * from "./inventory/InventoryCommand.ts"
export * from "./inventory/InventoryError.ts"
export * from "./inventory/InventoryEvent.ts"
export * from "./inventory/inventoryMethods.ts"
export * as Location from "./inventory/Location.ts"
export { fromLoaded, OpenBook } from "./inventory/OpenBook.ts"
export type { RequestOptions } from "./inventory/RequestOptions.ts"
export * as Reservation from "./inventory/Reservation.ts"
export * as Room from "./inventory/Room.ts"
export * from "./inventory/reconcile.ts"
export * from "./inventory/refusalsOf.ts"
export * as Sku from "./inventory/Sku.ts"
export * as SkuStock from "./inventory/SkuStock.ts"
export {
  type LoadedStock,
  openHoldsMax,
  type Receipt,
  type StockBook
} from "./inventory/StockBook.ts"
export { StockChanges, type UpdatedLevel } from "./inventory/StockChanges.ts"
export * as StockLevel from "./inventory/StockLevel.ts"
export * as StockMovement from "./inventory/StockMovement.ts"
export * from "./inventory/StockReads.ts"
export * from "./inventory/StockStatus.ts"
export * from "./inventory/StockStore.ts"
export * from "./kernel/DomainEvent.ts"
export * from "./kernel/Identifier.ts"
export * from "./kernel/Instant.ts"
export * as InvalidInput from "./kernel/InvalidInput.ts"
export * from "./kernel/Page.ts"
export * from "./kernel/Quantity.ts"
export * from "./kernel/StoreError.ts"
export * from "./kernel/Text.ts"
export * as MemoryInventory from "./memory/MemoryInventory.ts"
export { commandsToPromises, toPromises } from "./promise/toPromises.ts"
