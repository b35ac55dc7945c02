/**
 * The inventory for applications of Effect: its commands and questions as services, its ports, and
 * the pure functions that decide. Without Effect, import the package root instead. To build another
 * context, import `@holdfast/core/engine`.
 */

// The pure core: a batch of commands over what a store loaded.
export type { StockRequest } from "./inventory/batch/batchScope.ts"
export { foldBatch, type StockOutcome } from "./inventory/batch/foldBatch.ts"
export { payloadText } from "./inventory/batch/payloadText.ts"
export {
  type NewCustomer,
  StockChanges,
  type UpdatedLevel
} from "./inventory/decide/StockChanges.ts"
// What is asked, answered, refused, and logged.
export * from "./inventory/messages/InventoryAnswer.ts"
export * from "./inventory/messages/InventoryCommand.ts"
export * from "./inventory/messages/InventoryError.ts"
export * from "./inventory/messages/InventoryEvent.ts"
export * from "./inventory/messages/InventoryQuery.ts"
export * from "./inventory/messages/MovementCommands.ts"
export * from "./inventory/messages/OrderCommands.ts"
export {
  CustomerErased,
  customerOperations,
  everyRefusalOf,
  type OperationName,
  OrderCustomer,
  operations,
  type RefusalsOf
} from "./inventory/messages/operations.ts"
export { sentenceOf } from "./inventory/messages/refusalSentences.ts"
export { refusals } from "./inventory/messages/reported.ts"
export type { SkuCommand, SkuCommandOf, SkuLine } from "./inventory/messages/SkuCommand.ts"
// The ports, and the store in memory.
export * from "./inventory/ports/CustomerStore.ts"
export * from "./inventory/ports/InventoryLog.ts"
export {
  type MappedOption,
  type MappedSku,
  OptionMappings
} from "./inventory/ports/OptionMappings.ts"
export * from "./inventory/ports/StockCopies.ts"
export * from "./inventory/ports/StockFigures.ts"
export * from "./inventory/ports/StockReads.ts"
export * from "./inventory/ports/StockStore.ts"
export * from "./inventory/services/BundleKeeper.ts"
// The services, and the bridge to promises.
export { checkAvailability } from "./inventory/services/checkAvailability.ts"
export type { CustomerMethods } from "./inventory/services/customers/customerMethods.ts"
export * from "./inventory/services/ExpirySweeper.ts"
export { checkedLevelsMax } from "./inventory/services/figures/checkPage.ts"
export * from "./inventory/services/figures/stockCheck.ts"
export { Inventory, type InventoryOptions } from "./inventory/services/Inventory.ts"
export { InventoryQueries, type QueryMethods } from "./inventory/services/InventoryQueries.ts"
export * from "./inventory/services/inventoryEvents.ts"
export * from "./inventory/services/inventoryMethods.ts"
export { checkCommand, readCommand } from "./inventory/services/readCommand.ts"
export { reconcile } from "./inventory/services/reconcile.ts"
export * from "./inventory/services/skuHistory.ts"
// The state.
export * from "./inventory/state/Balances.ts"
export { Bundle, NotForSale } from "./inventory/state/Bundle.ts"
export * as Location from "./inventory/state/Location.ts"
export * from "./inventory/state/PlacedOrder.ts"
export * as Reservation from "./inventory/state/Reservation.ts"
export * as Sku from "./inventory/state/Sku.ts"
export { type LoadedStock, type OrderOwner, openHoldsMax } from "./inventory/state/StockBook.ts"
export * as StockLevel from "./inventory/state/StockLevel.ts"
export * as StockMovement from "./inventory/state/StockMovement.ts"
export * from "./inventory/state/StockStatus.ts"
// The words of every context.
export { Actor } from "./kernel/Actor.ts"
export {
  AggregateId,
  BundleId,
  CommandId,
  EventId,
  IdempotencyKey,
  LineId,
  LocationId,
  MovementId,
  OptionId,
  OrderId,
  ProductId,
  ReservationId,
  reservedWords,
  SkuId,
  TransferId
} from "./kernel/Identifier.ts"
export { Instant, Timestamp } from "./kernel/Instant.ts"
export * as InvalidInput from "./kernel/InvalidInput.ts"
export * from "./kernel/Page.ts"
export * from "./kernel/Quantity.ts"
export * from "./kernel/StoreError.ts"
export * as MemoryInventory from "./memory/inventory/MemoryInventory.ts"
export { type InventoryServices, servicesOf } from "./promise/inventory/inventoryServices.ts"
export { commandsToPromises, toPromises } from "./promise/inventory/toPromises.ts"
