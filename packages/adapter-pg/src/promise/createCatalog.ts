/** The catalog alone, for a host whose inventory is elsewhere, or that has none. */
import type { HoldfastCatalog } from "@holdfast/core"
import { catalogToPromises } from "@holdfast/core/catalog"
import { catalogLayer } from "./contextLayers.ts"
import type { HoldfastOptions } from "./HoldfastOptions.ts"
import { openWithRing } from "./keyRingOption.ts"
import { checkedOptions } from "./readHoldfastOptions.ts"

/**
 * Opens a catalog, on a database as `createHoldfast` takes it; `schema` is `catalog` unless given. It
 * asks no inventory: stock is unknown, mappings may name any SKU, and nothing follows stock. Rejects
 * as `createHoldfast` does.
 *
 * ```ts
 * await using catalog = await createCatalog({ folder: "./products" })
 * await catalog.createProduct({ name: "Mug", type: "NORMAL" })
 * ```
 */
export const createCatalog = async (options: HoldfastOptions = {}): Promise<HoldfastCatalog> =>
  openWithRing(catalogLayer(checkedOptions(options, "catalog")), catalogToPromises)
