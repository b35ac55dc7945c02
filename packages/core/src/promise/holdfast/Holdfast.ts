/** Holdfast with all its contexts, open. No type of Effect is reachable from here. */
import type { CatalogCalls } from "../catalog/HoldfastCatalog.ts"
import type { Closable } from "../engine/Closable.ts"
import type {
  InventoryCalls,
  InventoryReads,
  InventorySubscriptions
} from "../inventory/HoldfastInventory.ts"
import type { AuditCalls } from "./AuditCalls.ts"

/**
 * Holdfast, open: its contexts share one database, and one `close`. The catalog knows the stock of the
 * inventory, and options become SOLD_OUT, and ACTIVE again, as stock comes and goes.
 */
export interface Holdfast extends Closable {
  readonly inventory: InventoryCalls
  readonly catalog: CatalogCalls
  /** Who did what in either context, and whether history was edited. */
  readonly audit: AuditCalls
  /** The events of the inventory: see `inventory.events`. */
  readonly events: InventoryReads["events"]
  /** Subscribes to the events of the inventory: see `inventory.subscribe`. */
  readonly subscribe: InventorySubscriptions["subscribe"]
}
