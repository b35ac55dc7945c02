/** What `sendWebhooks` takes; the README shows that it sends. */
import { Catalog, catalogToPromises, MemoryCatalog, StockStatus } from "@holdfast/core/catalog"
import { Inventory, MemoryInventory, toPromises } from "@holdfast/core/inventory"
import * as Layer from "effect/Layer"
import { expect, it } from "vitest"
import { sendWebhooks, type WebhookHost } from "../src/index.ts"

it("takes an inventory, a catalog or both, and refuses what is neither", async () => {
  const inventory = await toPromises(Layer.provideMerge(Inventory.layer(), MemoryInventory.layer))
  const catalog = await catalogToPromises(
    Layer.provideMerge(Catalog.layer(), Layer.merge(MemoryCatalog.layer, StockStatus.layerNone))
  )
  for (const host of [inventory, { inventory, catalog }, { catalog }]) {
    await sendWebhooks(host).close()
  }
  const wrong = [undefined, null, {}, catalog, { inventory: {}, catalog }, { catalog: {} }]
  for (const host of wrong) {
    expect(() => sendWebhooks(host as unknown as WebhookHost)).toThrow(
      "host: must be what createHoldfast or createInventory gave, or { catalog }"
    )
  }
  await inventory.close()
  await catalog.close()
})
