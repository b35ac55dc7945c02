/**
 * Opens Holdfast for a host that knows no Effect: in memory by default, in a folder, or on the
 * PostgreSQL server at a URL or a host. The signature has no type of Effect; what is inside is
 * layers.
 */
import type { Holdfast } from "@holdfast/core"
import { toHoldfast } from "@holdfast/core/shelf"
import { holdfastLayer } from "./contextLayers.ts"
import type { JoinedOptions } from "./HoldfastOptions.ts"
import { openWithRing } from "./keyRingOption.ts"
import { checkedOptions } from "./readHoldfastOptions.ts"

/**
 * Opens Holdfast on one database, the inventory and the catalog, joined: in memory when nothing is given or `memory` is true, in a
 * `folder`, or on the PostgreSQL server at a `url` or a `host`, or behind a `pool`. A place that is undefined is refused. The tables are made and brought up to date first, unless `migrate` is false.
 *
 * Rejects with a `HoldfastError`: `InvalidInput` names every bad option; `StartFailed` says in
 * `details.reason` why the database could not be opened (`FolderInUse`, `FolderUnusable`,
 * `InvalidOptions`, `Failed`, `Changed`, `Newer`); `Unavailable` says why the server cannot be used,
 * such as a wrong password or a missing right. Nothing stays open then.
 *
 * ```ts
 * await using holdfast = await createHoldfast({ folder: "./stock" })
 * const { catalog, inventory } = holdfast
 * await inventory.registerSku({ skuId: "mug", code: "MUG", name: "Mug", initialStock: 3 })
 * const product = await catalog.createProduct({
 *   name: "Mug",
 *   type: "NORMAL",
 *   options: [
 *     {
 *       name: "Blue",
 *       price: { amount: "9.50", currency: "EUR" },
 *       skuMappings: [{ skuId: "mug", quantity: 1 }]
 *     }
 *   ]
 * })
 * const shown = await catalog.product(product.id) // shown.stockStatus: 3 are available
 * const [hold] = await inventory.reserve({ orderId: "1", lines: [{ skuId: "mug", quantity: 2 }] })
 * ```
 */
export const createHoldfast = async (options: JoinedOptions = {}): Promise<Holdfast> =>
  openWithRing(holdfastLayer(checkedOptions(options)), toHoldfast)
