/** PORT. The log of the inventory, for those who carry its events elsewhere. */
import * as Context from "effect/Context"
import type { EventLog } from "../../events/EventLog.ts"

/** The log of the inventory. */
export class InventoryLog extends Context.Service<InventoryLog, EventLog>()(
  "@holdfast/core/inventory/InventoryLog"
) {}
