/** The engine beside the follower of stock, in a shop where options map every SKU. */
import { layerCatalogStorage, layerPostgres, layerStorage } from "@holdfast/adapter-pg/effect"
import { Catalog, CatalogLog } from "@holdfast/core/catalog"
import { Inventory } from "@holdfast/core/inventory"
import { FollowedInventory, layerSoldOut, layerStockStatus } from "@holdfast/core/shelf"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type { Contender } from "../Contender.ts"
import { type Load, turnOf } from "../engine.ts"
import { migrateCatalog } from "./catalogDatabase.ts"

/** Both contexts over one database, as a host that embeds them has them. */
const joinedOver = (url: string) => {
  const storage = Layer.merge(layerStorage(), layerCatalogStorage({ lanes: 1 })).pipe(
    Layer.provide(layerPostgres({ url }))
  )
  return Layer.merge(Inventory.layer(), Catalog.layer()).pipe(
    Layer.provideMerge(Layer.merge(layerStockStatus(), FollowedInventory.layerLocal)),
    Layer.provideMerge(storage),
    Layer.orDie
  )
}

/** Makes a product for every two SKUs, with an option for each. */
const mapEverySku = (catalog: Catalog["Service"], skuCount: number) =>
  Effect.forEach(
    Array.from({ length: Math.ceil(skuCount / 2) }, (_, n) => [2 * n + 1, 2 * n + 2]),
    (sides) =>
      catalog.createProduct({
        name: `product ${sides[0]}`,
        type: "NORMAL",
        options: sides.map((side) => ({
          name: `option ${side}`,
          price: { amount: "9.90", currency: "EUR" },
          skuMappings: [{ skuId: `sku-${side}`, quantity: 1 }]
        })),
        allowUnknownSkus: true
      }),
    { concurrency: 500, discard: true }
  )

/** Waits until the follower has checked every option once. */
const swept = ({ cursors, head }: CatalogLog["Service"]) =>
  Effect.gen(function* () {
    const end = yield* head
    const isOver = Effect.map(cursors.list, (all) =>
      all.some(({ name, position }) => name === "sold-out-sweep" && position >= end)
    )
    while (!(yield* isOver)) yield* Effect.sleep(50)
  })

/** Makes the engine a contender that reserves while the follower follows. */
export const besideFollower = Effect.fnUntraced(function* (
  name: string,
  url: string,
  { skuCount, ...load }: Load & { readonly skuCount: number }
): Effect.fn.Return<Contender, never, Scope.Scope> {
  yield* migrateCatalog(url)
  const context = yield* Layer.build(joinedOver(url))
  yield* Effect.orDie(mapEverySku(Context.get(context, Catalog), skuCount))
  yield* Effect.provideContext(Layer.build(layerSoldOut()), context)
  yield* Effect.orDie(swept(Context.get(context, CatalogLog)))
  return { name, turn: turnOf(Context.get(context, Inventory), load) }
})
