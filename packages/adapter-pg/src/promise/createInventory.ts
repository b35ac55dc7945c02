/** The inventory alone, for a host that needs nothing else of Holdfast. */
import type { HoldfastInventory } from "@holdfast/core"
import { toPromises } from "@holdfast/core/inventory"
import { inventoryLayer } from "./contextLayers.ts"
import type { HoldfastOptions } from "./HoldfastOptions.ts"
import { openWithRing } from "./keyRingOption.ts"
import { checkedOptions } from "./readHoldfastOptions.ts"

/**
 * Opens an inventory, as `createHoldfast` does and with the same options but those of the catalog, and
 * gives it with its own `close`. No table of the catalog is made.
 *
 * ```ts
 * await using inventory = await createInventory({ folder: "./stock" })
 * await inventory.registerSku({ skuId: "mug", code: "MUG", name: "Mug", initialStock: 3 })
 * ```
 */
export const createInventory = async (options: HoldfastOptions = {}): Promise<HoldfastInventory> =>
  openWithRing(inventoryLayer(checkedOptions(options, "inventory")), toPromises)
