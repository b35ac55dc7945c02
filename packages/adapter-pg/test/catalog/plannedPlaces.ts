/** The lists of the products of a category, for the test of plans. */
import type { ProductsQuery } from "@holdfast/core/catalog"
import { readProductsPage } from "../../src/catalog/statements/read/readProductsPage.ts"
import type { Planned } from "../schema/plans.ts"
import { categoryId, partsOfProduct } from "./catalogShop.ts"
import { list } from "./plannedCatalog.ts"

const page = readProductsPage("catalog")
const ofMany = { few: 100, categories: 0, places: 50_000, ranked: 5_000 }
/** Pages of lists in which one category is too many to be read one by one. */
const pageOfMany = readProductsPage("catalog", ofMany)
/** Those in which a hundred places in categories are too many as well. */
const pageOfMost = readProductsPage("catalog", { ...ofMany, places: 100 })

const found = ["products_pkey", ...partsOfProduct]
const sortedBy = (index: string) => ["categories_siblings_key", index, ...found]

const dearest: ProductsQuery = {
  ...list,
  categoryId: categoryId(20),
  price: { currency: "EUR", from: "90", to: "90" },
  sortBy: "price",
  descending: true,
  status: "ACTIVE"
}

/** Each with the indexes that it uses, and the pages that it may touch. */
export const plannedPlaces: ReadonlyArray<Planned> = [
  [
    "read the products of a small category",
    page({ ...list, categoryId: categoryId(500), direct: true }),
    ["product_categories_name", ...found],
    500
  ],
  [
    "read the products of a category with what is below it",
    page({ ...list, categoryId: categoryId(20) }),
    sortedBy("product_categories_name"),
    2_000
  ],
  [
    "read the dearest products of a category",
    page(dearest),
    sortedBy("product_categories_lowest_price"),
    2_000
  ],
  [
    "read the newest products of a category",
    page({ ...list, categoryId: categoryId(20), sortBy: "createdAt", descending: true }),
    sortedBy("product_categories_created_at"),
    2_000
  ],
  [
    "read the dearest products of very many categories",
    pageOfMany(dearest),
    sortedBy("product_categories_lowest_price"),
    2_000
  ],
  [
    "read the dearest products of categories of very many, at a price that few have",
    pageOfMost(dearest),
    ["product_options_price", "categories_siblings_key", ...found],
    2_000
  ]
]
