/** The statements of figures, for the tests of plans. */
import { SkuId } from "@holdfast/core/inventory"
import {
  addViews,
  dropOldViews,
  readMostViewed
} from "../../src/catalog/statements/figures/productViews.ts"
import {
  addMissed,
  dropOldMissed,
  readMostMissed
} from "../../src/inventory/statements/figures/missedSkus.ts"
import {
  readChecks,
  readShipped,
  saveCheck,
  takeCheck
} from "../../src/inventory/statements/figures/stockChecks.ts"
import { productId } from "../catalog/catalogShop.ts"
import type { Planned } from "../schema/plans.ts"

const day = "2026-06-01"
const week = { from: "2026-05-26", to: day, limit: 10 }
const missed = [{ day, id: "sku-1", count: 2, units: 9 }]
const viewed = [{ day, id: productId(3), count: 2, units: 0 }]

/** Of the inventory. */
export const plannedFigures: ReadonlyArray<Planned> = [
  ["add missed SKUs", addMissed("inventory")(missed), [], 60],
  ["read the SKUs that were missed most", readMostMissed("inventory")(week), [], 40],
  ["forget what was missed long ago", dropOldMissed("inventory")(day, 100), [], 40],
  ["take the check of stock", takeCheck("inventory")("a", 30_000), [], 40],
  [
    "save the check of stock",
    saveCheck("inventory")("a", { last: null, underWay: null }, 30_000),
    [],
    40
  ],
  ["read the checks of stock", readChecks("inventory")(), [], 20],
  [
    "read how many units left",
    readShipped("inventory")([SkuId.make("sku-3"), SkuId.make("sku-4")], 28),
    [],
    100
  ]
]

/** Of the catalog. */
export const plannedCatalogFigures: ReadonlyArray<Planned> = [
  ["add views of products", addViews("catalog")(viewed), [], 60],
  ["read the products that were read most", readMostViewed("catalog")(week), [], 60],
  ["forget views of long ago", dropOldViews("catalog")(day, 100), [], 40]
]
