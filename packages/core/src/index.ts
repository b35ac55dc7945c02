/** The Promise door of Holdfast: no type of Effect is reachable from here. */

export type * from "./promise/caching/HoldfastCache.ts"
export { memoryCache } from "./promise/caching/memoryCache.ts"
export { versionsOf } from "./promise/caching/versionsOf.ts"
export type * from "./promise/catalog/CatalogAnswers.ts"
export type * from "./promise/catalog/CatalogErrorDetails.ts"
export type * from "./promise/catalog/CatalogEvents.ts"
export type * from "./promise/catalog/CatalogInputs.ts"
export type * from "./promise/catalog/CatalogReports.ts"
export type * from "./promise/catalog/HoldfastCatalog.ts"
export type * from "./promise/engine/Closable.ts"
export type * from "./promise/engine/EngineErrorDetails.ts"
export type * from "./promise/engine/RequestOptions.ts"
export type * from "./promise/engine/Subscription.ts"
export type * from "./promise/holdfast/AuditCalls.ts"
export { guestPrincipal, newCart } from "./promise/holdfast/carts.ts"
export type * from "./promise/holdfast/Holdfast.ts"
export {
  type AnyHoldfastError,
  HoldfastError,
  isHoldfastError
} from "./promise/inventory/HoldfastError.ts"
export type * from "./promise/inventory/HoldfastErrorDetails.ts"
export type * from "./promise/inventory/HoldfastInventory.ts"
export type * from "./promise/inventory/InventoryAnswers.ts"
export type * from "./promise/inventory/InventoryCustomers.ts"
export type * from "./promise/inventory/InventoryEvents.ts"
export type * from "./promise/inventory/InventoryInputs.ts"
export type * from "./promise/inventory/InventoryReports.ts"
export type * from "./promise/inventory/MovementInputs.ts"
export type * from "./promise/inventory/OrderEvents.ts"
export type * from "./tracing/OpenTelemetry.ts"
