/** PORT. The log of the catalog, for those who carry its events elsewhere. */
import * as Context from "effect/Context"
import type { EventLog } from "../../events/EventLog.ts"

/** The log of the catalog. */
export class CatalogLog extends Context.Service<CatalogLog, EventLog>()(
  "@holdfast/core/catalog/CatalogLog"
) {}
