/** The reads of mappings, for the test of plans. */
import { SkuId } from "@holdfast/core/catalog"
import {
  readDemands,
  readIsMapped,
  readMappedSkus,
  readMappings,
  readMultiUnitSkus
} from "../../src/catalog/statements/read/readMappings.ts"
import type { Planned } from "../schema/plans.ts"
import { optionId } from "./catalogShop.ts"

const schema = "catalog"

/** What is read of the mappings between options and SKUs. */
export const plannedMappings: ReadonlyArray<Planned> = [
  [
    "read a page of the mappings of SKUs, a popular one too",
    readMappings(schema)({
      of: { skuIds: [SkuId.make("popular"), SkuId.make("sku-3")] },
      after: null,
      limit: 101
    }),
    ["sku_mappings_pkey"],
    400
  ],
  [
    "read what options take of SKUs",
    readDemands(schema)([SkuId.make("sku-3"), SkuId.make("sku-77")]),
    ["sku_mappings_pkey", "product_options_pkey"],
    60
  ],
  ["read a page of mapped SKUs", readMappedSkus(schema)("sku-77", 20), ["sku_mappings_pkey"], 40],
  [
    "read SKUs of which options take several units",
    readMultiUnitSkus(schema)(20),
    ["sku_mappings_several_units"],
    40
  ],
  ["read whether there is a mapping", readIsMapped(schema)(), ["sku_mappings_pkey"], 20],
  [
    "read a page of the mappings of options",
    readMappings(schema)({
      of: { optionIds: [optionId(3), optionId(4)] },
      after: null,
      limit: 101
    }),
    ["sku_mappings_option"],
    40
  ]
]
