/** What a replica is asked about the versions that a reader has seen, for the tests of plans. */
import { countBehind } from "../../src/catalog/statements/read/countBehind.ts"
import { countStockBehind } from "../../src/inventory/statements/read/countBehind.ts"
import { categoryId, productId } from "../catalog/catalogShop.ts"
import type { Planned } from "../schema/plans.ts"

const skuIds = Array.from({ length: 20 }, (_, n) => `sku-${n + 1}`)

/** Of the inventory. */
export const plannedReplicas: ReadonlyArray<Planned> = [
  [
    "count the SKUs and locations that have not reached a version",
    countStockBehind("inventory")(
      { ids: skuIds, versions: skuIds.map(() => 7) },
      { ids: ["east"], versions: [1] }
    ),
    ["inventory_pkey"],
    200
  ]
]

/** Of the catalog. */
export const plannedCatalogReplicas: ReadonlyArray<Planned> = [
  [
    "count the products and categories that have not reached a version",
    countBehind("catalog")(
      { ids: [productId(3), productId(4)], versions: [1, 900] },
      { ids: [categoryId(3)], versions: [2] }
    ),
    ["products_pkey", "categories_pkey"],
    40
  ]
]
