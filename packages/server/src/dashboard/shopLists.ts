/** What customers want and miss, as the reports of the two contexts rank it: this day and the six before it. */
import { CatalogQueries } from "@holdfast/core/catalog"
import { InventoryQueries } from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import type { DashboardList } from "./DashboardLists.ts"

const asked = { days: 7, size: 10 }

/** The SKUs of which most was asked for in vain. */
export const mostMissed = Effect.map(
  InventoryQueries,
  ({ ask }): DashboardList => ({
    title: "SKUs most missed in 7 days",
    counted: "Units",
    read: Effect.map(ask("mostMissed", asked), ({ items }) =>
      items.map(({ skuId, units }) => ({ name: skuId, count: units }))
    )
  })
)

/** The products that were read most. */
export const mostWanted = Effect.map(
  CatalogQueries,
  ({ ask }): DashboardList => ({
    title: "Products most viewed in 7 days",
    counted: "Views",
    read: Effect.map(ask("mostViewed", asked), ({ items }) =>
      items.map(({ name, productId, views }) => ({ name: name ?? productId, count: views }))
    )
  })
)
