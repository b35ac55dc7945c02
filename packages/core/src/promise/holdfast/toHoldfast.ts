/**
 * The bridge for both contexts: a layer of them as the Promise API, behind one door. What it returns
 * has no type of Effect.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { Caching } from "../../caching/layerCopies.ts"
import { CatalogLog } from "../../catalog/ports/CatalogLog.ts"
import { InventoryLog } from "../../inventory/ports/InventoryLog.ts"
import type { CatalogServices } from "../catalog/catalogServices.ts"
import { makeCatalogError, promiseCatalog } from "../catalog/catalogToPromises.ts"
import type { CatalogCalls } from "../catalog/HoldfastCatalog.ts"
import { openDoor } from "../engine/methodsToPromises.ts"
import type { Principal } from "../engine/RequestOptions.ts"
import type { InventoryCalls } from "../inventory/HoldfastInventory.ts"
import type { InventoryServices } from "../inventory/inventoryServices.ts"
import { makeInventoryError, promiseInventory } from "../inventory/toPromises.ts"
import type { Holdfast } from "./Holdfast.ts"
import { promiseAudit } from "./promiseAudit.ts"

/**
 * Opens the layer of both contexts and gives them as promises. Rejects with a `HoldfastError` of code
 * `StartFailed`, or the store's own reason, when the layer cannot be built; nothing stays open then.
 */
export const toHoldfast = <E>(
  layer: Layer.Layer<InventoryServices | CatalogServices, E>
): Promise<Holdfast> =>
  openDoor(layer, makeInventoryError, (context, calls) => {
    const inventory = promiseInventory(context, calls)
    const catalog = promiseCatalog(context, calls.withErrors(makeCatalogError))
    const optional = context as Context.Context<InventoryServices | CatalogServices | Caching>
    const caching = Option.getOrUndefined(Context.getOption(optional, Caching))
    const logs = {
      inventory: Context.get(context, InventoryLog),
      catalog: Context.get(context, CatalogLog)
    }
    const callsOf = <I extends InventoryCalls, C extends CatalogCalls>(of: {
      readonly inventory: I
      readonly catalog: C
    }) => ({ ...of, events: of.inventory.events, subscribe: of.inventory.subscribe })
    return {
      ...callsOf({ inventory, catalog }),
      audit: promiseAudit(logs, calls),
      cacheStatus: () => caching && Effect.runSync(caching.status),
      as: (principal: Principal) =>
        callsOf({ inventory: inventory.as(principal), catalog: catalog.as(principal) })
    }
  })
