/** The statements about attributes, and those that go by values of them, for the test of plans. */
import { searchQueryOf } from "@holdfast/core/catalog"
import { countValues, loadAttributes } from "../../src/catalog/statements/load/loadAttributes.ts"
import { readAttributes } from "../../src/catalog/statements/read/readAttributes.ts"
import { readFacets } from "../../src/catalog/statements/read/readFacets.ts"
import { readProductsPage } from "../../src/catalog/statements/read/readProductsPage.ts"
import {
  deleteAttributes,
  deleteValues,
  insertAttributes,
  insertValues,
  updateAttributes
} from "../../src/catalog/statements/write/writeAttributes.ts"
import type { Planned } from "../schema/plans.ts"
import { attributeId, categoryId, partsOfProduct, productId } from "./catalogShop.ts"
import { list, product } from "./plannedCatalog.ts"

const schema = "catalog"
const page = readProductsPage(schema)
/** A bound that the tables of the test pass, as large ones pass that of the engine. */
const facets = readFacets(schema, 500)

const attribute = {
  id: attributeId(3),
  code: "code-3",
  name: "Attribute",
  translations: {},
  kind: "CHOICE" as const,
  unit: null,
  choices: [{ value: "choice-1", name: "One", translations: {} }],
  productType: null,
  isFilterable: true,
  isActive: true,
  version: 2
}
const fresh = { ...attribute, id: attributeId(90_000), code: "fresh" }
const rare = { code: "color", anyOf: ["rare"] }
const common = { code: "color", anyOf: ["choice-1", "choice-2"] }
const byValue = "product_attribute_values_value"
const byNumber = "product_attribute_values_number"
const ofProduct = "product_attribute_values_pkey"
const counted = [
  { code: "color", isNumber: false },
  { code: "weight", isNumber: true }
]

/** Each with the indexes that it uses, and the pages that it may touch. */
export const plannedAttributes: ReadonlyArray<Planned> = [
  [
    "load attributes by id, by code and by the product",
    loadAttributes(schema)({
      attributeIds: [attributeId(1)],
      valuedCodes: ["code-50"],
      retypedIds: [productId(77)]
    }),
    ["product_attributes_pkey", "product_attributes_code_key", ofProduct],
    60
  ],
  [
    "count the values of an attribute that all products have",
    countValues(schema)([attributeId(1)], 1_000),
    ["product_attributes_pkey", byValue],
    100
  ],
  [
    "read attributes by id",
    readAttributes(schema)({ ids: [attributeId(5)] }),
    ["product_attributes_pkey"],
    20
  ],
  [
    "read attributes by code",
    readAttributes(schema)({ codes: ["color", "code-9"] }),
    ["product_attributes_code_key"],
    20
  ],
  [
    "read a page of attributes",
    readAttributes(schema)({ after: "code-5", limit: 21 }),
    ["product_attributes_code_key"],
    60
  ],
  [
    "read the products of a rare value",
    page({ ...list, values: [rare] }),
    [byValue, "products_pkey", ...partsOfProduct],
    500
  ],
  [
    "read the products of common values, by name",
    page({ ...list, values: [common] }),
    [byValue, ofProduct, "products_name", ...partsOfProduct],
    2_000
  ],
  [
    "read the products of a range of numbers",
    page({ ...list, values: [{ code: "weight", from: 100, to: 200 }] }),
    [byNumber, "products_pkey", ...partsOfProduct],
    700
  ],
  [
    "read the products of two attributes in a category",
    page({
      ...list,
      categoryId: categoryId(20),
      values: [common, { code: "weight", from: 10, to: null }]
    }),
    ["categories_siblings_key", "product_categories_name", ofProduct, "products_pkey"],
    2_500
  ],
  ["count the values of all products", facets(list, counted), ["products_pkey", ofProduct], 9_000],
  [
    "count the values of a category, narrowed by an attribute",
    facets({ ...list, categoryId: categoryId(20), values: [common] }, counted),
    ["categories_siblings_key", ofProduct, "products_pkey"],
    9_000
  ],
  [
    "count the values of products that a common word finds",
    facets({ ...list, search: searchQueryOf("product"), values: [common] }, counted),
    ["product_search_words", ofProduct, "products_pkey"],
    11_000
  ],
  ["insert an attribute", insertAttributes(schema)([fresh]), [], 60],
  [
    "update an attribute",
    updateAttributes(schema)([{ attribute, before: { ...attribute, version: 1 } }]),
    ["product_attributes_pkey"],
    60
  ],
  [
    "delete an attribute",
    deleteAttributes(schema)([{ ...attribute, id: attributeId(150), version: 1 }]),
    ["product_attributes_pkey"],
    60
  ],
  ["delete values", deleteValues(schema)([productId(8)]), [ofProduct], 40],
  [
    "insert values",
    insertValues(schema)([
      { ...product, id: productId(1), attributes: { "code-100": ["choice-1"], "code-101": 7 } }
    ]),
    [],
    80
  ]
]
