/**
 * The Effect side of Holdfast: the pure core, its ports, its services and their layers. Host code
 * that does not use Effect wants the package root instead.
 */

export { CommandIds } from "./engine/CommandIds.ts"
export type { RequestOptions } from "./engine/RequestOptions.ts"
export * from "./inventory/batch/foldBatch.ts"
export { type Decision, decide } from "./inventory/decide/decide.ts"
export * from "./inventory/decide/evolve.ts"
export { fromLoaded, OpenBook } from "./inventory/decide/OpenBook.ts"
export { StockChanges, type UpdatedLevel } from "./inventory/decide/StockChanges.ts"
export * from "./inventory/messages/InventoryAnswer.ts"
export * from "./inventory/messages/InventoryCommand.ts"
export * from "./inventory/messages/InventoryError.ts"
export * from "./inventory/messages/InventoryEvent.ts"
export * from "./inventory/messages/refusalsOf.ts"
export * from "./inventory/ports/StockReads.ts"
export * from "./inventory/ports/StockStore.ts"
export * from "./inventory/services/checkAvailability.ts"
export type { Executed } from "./inventory/services/commitBatch.ts"
export * from "./inventory/services/ExpirySweeper.ts"
export * from "./inventory/services/Inventory.ts"
export * from "./inventory/services/inventoryMethods.ts"
export * from "./inventory/services/reconcile.ts"
export * from "./inventory/state/Balances.ts"
export * as Location from "./inventory/state/Location.ts"
export * as Reservation from "./inventory/state/Reservation.ts"
export * as Room from "./inventory/state/Room.ts"
export * as Sku from "./inventory/state/Sku.ts"
export * as SkuStock from "./inventory/state/SkuStock.ts"
export {
  type LoadedStock,
  openHoldsMax,
  type Receipt,
  type StockBook
} from "./inventory/state/StockBook.ts"
export * as StockLevel from "./inventory/state/StockLevel.ts"
export * as StockMovement from "./inventory/state/StockMovement.ts"
export * from "./inventory/state/StockStatus.ts"
export * from "./kernel/Actor.ts"
export * from "./kernel/DomainEvent.ts"
export * from "./kernel/Identifier.ts"
export * from "./kernel/Instant.ts"
export * as InvalidInput from "./kernel/InvalidInput.ts"
export * from "./kernel/Page.ts"
export * from "./kernel/Quantity.ts"
export * from "./kernel/StoreError.ts"
export * from "./kernel/Text.ts"
export * as MemoryInventory from "./memory/MemoryInventory.ts"
export { commandsToPromises, toHoldfast, toPromises } from "./promise/toPromises.ts"
