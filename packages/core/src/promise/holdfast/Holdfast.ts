/** Holdfast with all its contexts, open. No type of Effect is reachable from here. */

import type { CacheStatus } from "../caching/HoldfastCache.ts"
import type { CatalogCalls, CatalogDoor } from "../catalog/HoldfastCatalog.ts"
import type { Closable } from "../engine/Closable.ts"
import type { Principal } from "../engine/RequestOptions.ts"
import type {
  InventoryCalls,
  InventoryDoor,
  InventoryReads
} from "../inventory/HoldfastInventory.ts"
import type { InventorySubscriptions } from "../inventory/InventoryEvents.ts"
import type { AuditCalls } from "./AuditCalls.ts"

/**
 * Holdfast, open: its contexts share one database, and one `close`. The catalog knows the stock of the
 * inventory, and options become SOLD_OUT, and ACTIVE again, as stock comes and goes.
 */
export interface Holdfast extends Closable {
  readonly inventory: InventoryDoor
  readonly catalog: CatalogDoor
  /**
   * The same methods under a principal, who is asked for permission: see `docs/ACCESS.md`. Throws
   * `InvalidInput` that names each bad field of the principal.
   */
  readonly as: (principal: Principal) => HoldfastCalls
  /** Who did what in either context, and whether history was edited. */
  readonly audit: AuditCalls
  /** What the caches have done, and how far behind they may be; undefined without a cache. */
  readonly cacheStatus: () => CacheStatus | undefined
  /** The events of the inventory: see `inventory.events`. */
  readonly events: InventoryReads["events"]
  /** Subscribes to the events of the inventory: see `inventory.subscribe`. */
  readonly subscribe: InventorySubscriptions["subscribe"]
}

/** Both contexts under a principal. */
export interface HoldfastCalls {
  readonly inventory: InventoryCalls
  readonly catalog: CatalogCalls
  /** The events of the inventory: see `inventory.events`. */
  readonly events: InventoryReads["events"]
  /** Subscribes to the events of the inventory: see `inventory.subscribe`. */
  readonly subscribe: InventorySubscriptions["subscribe"]
}
