/** The inventory alone, for a host that needs nothing else of Holdfast. */
import type { HoldfastInventory } from "@holdfast/core"
import { createHoldfast } from "./createHoldfast.ts"
import type { HoldfastOptions } from "./HoldfastOptions.ts"

/**
 * Opens an inventory, as `createHoldfast` does and with the same options, and gives it with its own
 * `close`.
 *
 * ```ts
 * await using inventory = await createInventory({ folder: "./stock" })
 * await inventory.registerSku({ skuId: "mug", code: "MUG", name: "Mug", initialStock: 3 })
 * ```
 */
export const createInventory = async (
  options: HoldfastOptions = {}
): Promise<HoldfastInventory> => {
  const { inventory, ...door } = await createHoldfast(options)
  return Object.assign(inventory, door)
}
