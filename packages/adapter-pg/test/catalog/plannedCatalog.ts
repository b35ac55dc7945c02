/** The statements of the catalog, for the test of plans. */
import {
  type CatalogScope,
  emptyScope,
  everyProduct,
  type Product,
  type ProductOption,
  type ProductsQuery,
  SkuId,
  searchQueryOf
} from "@holdfast/core/catalog"
import * as DateTime from "effect/DateTime"
import { countProducts } from "../../src/catalog/statements/load/countProducts.ts"
import { loadCategories } from "../../src/catalog/statements/load/loadCategories.ts"
import { loadDeleted } from "../../src/catalog/statements/load/loadDeleted.ts"
import { loadNames } from "../../src/catalog/statements/load/loadNames.ts"
import { loadProducts } from "../../src/catalog/statements/load/loadProducts.ts"
import { loadSeenStock } from "../../src/catalog/statements/load/loadSeenStock.ts"
import { lockChosen, lockEmptied } from "../../src/catalog/statements/lock/lockCategories.ts"
import { lockNewProducts } from "../../src/catalog/statements/lock/lockNewProducts.ts"
import { lockProducts } from "../../src/catalog/statements/lock/lockProducts.ts"
import { readCategories, readTree } from "../../src/catalog/statements/read/readCategories.ts"
import {
  readEventsOfOne,
  readEventsOfOneType
} from "../../src/catalog/statements/read/readEventsOf.ts"
import { readExternalIds } from "../../src/catalog/statements/read/readExternalIds.ts"
import { readProductsPage } from "../../src/catalog/statements/read/readProductsPage.ts"
import { readSlug } from "../../src/catalog/statements/read/readSlug.ts"
import {
  deleteCategories,
  insertCategories,
  updateCategories
} from "../../src/catalog/statements/write/writeCategories.ts"
import {
  deleteMappings,
  deleteOptions,
  insertMappings,
  insertOptions,
  updateOptions
} from "../../src/catalog/statements/write/writeOptions.ts"
import {
  deleteImages,
  deletePlaces,
  insertImages,
  insertPlaces,
  writeSeenStock,
  writeSlugs
} from "../../src/catalog/statements/write/writeParts.ts"
import {
  deleteProducts,
  insertDeleted,
  insertProducts,
  updateProducts
} from "../../src/catalog/statements/write/writeProducts.ts"
import { writeSearch } from "../../src/catalog/statements/write/writeSearch.ts"
import type { Planned } from "../schema/plans.ts"
import { attributeId, categoryId, optionId, partsOfProduct, productId } from "./catalogShop.ts"

const schema = "catalog"
const now = DateTime.makeUnsafe("2026-06-01T00:00:00Z")

const scope: CatalogScope = { batchId: "", ...emptyScope }

const option: ProductOption.ProductOption = {
  id: optionId(7),
  productId: productId(8),
  name: "Option",
  translations: {},
  price: { amount: "12.50", currency: "EUR" },
  status: "ACTIVE",
  statusBy: "PERSON",
  skuMappings: [{ skuId: SkuId.make("another"), quantity: 2 }],
  position: 0,
  externalId: "option-7",
  createdAt: now
}
/** A product of these tables, changed. */
export const product: Product.Product = {
  id: productId(8),
  name: "Product",
  description: null,
  translations: {},
  type: "NORMAL",
  status: "ACTIVE",
  images: [{ url: "/other", alt: null, position: 9, isPrimary: false }],
  options: [option],
  categories: [{ categoryId: categoryId(9), isPrimary: false }],
  externalId: "product-8",
  slug: "product-8",
  attributes: { color: ["choice-2"], weight: 8 },
  metadata: null,
  publishAt: null,
  unpublishAt: null,
  version: 2,
  revision: 2,
  createdAt: now,
  updatedAt: now
}
const category = {
  id: categoryId(300),
  name: "Category 300",
  translations: {},
  parentId: categoryId(121),
  level: 2,
  sortOrder: 1,
  isActive: true,
  externalId: "category-300",
  version: 2
}
const fresh = {
  product: { ...product, id: productId(90_000), externalId: "fresh" },
  option: { ...option, id: optionId(90_000), externalId: "fresh" },
  category: { ...category, id: categoryId(90_000), name: "Fresh", externalId: "fresh" }
}

/** All products. */
export const list: ProductsQuery = { ...everyProduct, limit: 21 }
const after = { rank: 0 as const, price: null, name: "Product 8", createdAt: now, id: productId(5) }
const page = readProductsPage(schema)

/** Each with the indexes that it uses, and the pages that it may touch. */
export const plannedCatalog: ReadonlyArray<Planned> = [
  ["lock a new product", lockNewProducts(schema)([productId(90_000)]), ["products_pkey"], 20],
  ["lock products", lockProducts(schema)([productId(1), productId(2)]), ["products_pkey"], 40],
  ["lock a category to delete it", lockEmptied(schema)([categoryId(5)]), ["categories_pkey"], 20],
  ["lock the category of a product", lockChosen(schema)([categoryId(5)]), ["categories_pkey"], 20],
  [
    "load a product",
    loadProducts(schema)([productId(77)]),
    ["products_pkey", ...partsOfProduct],
    60
  ],
  [
    "load what a change of the tree needs",
    loadCategories(schema)({
      ...scope,
      categoryIds: [categoryId(3)],
      treeIds: [categoryId(500), categoryId(20)],
      movedIds: [categoryId(20)]
    }),
    ["categories_pkey", "categories_siblings_key"],
    400
  ],
  [
    "load which ids are of deleted ones",
    loadDeleted(schema)({
      productIds: [productId(1)],
      treeIds: [categoryId(1)],
      attributeIds: [attributeId(1)]
    }),
    ["deleted_ids_pkey"],
    40
  ],
  ["count the products of a category", countProducts(schema)([categoryId(5)], 1_000), [], 40],
  [
    "load who has names",
    loadNames(schema)([
      { kind: "PRODUCT_EXTERNAL_ID", name: "product-5" },
      { kind: "OPTION_EXTERNAL_ID", name: "option-5" },
      { kind: "CATEGORY_EXTERNAL_ID", name: "category-5" },
      { kind: "OPTION_ID", name: optionId(5) },
      { kind: "SLUG", name: "product-5" }
    ]),
    [
      "products_external_id_key",
      "product_options_external_id_key",
      "categories_external_id_key",
      "product_options_pkey",
      "product_slugs_pkey"
    ],
    60
  ],
  ["load what stock was seen", loadSeenStock(schema)([productId(5)]), ["followed_stock_pkey"], 20],
  ["read categories", readCategories(schema)([categoryId(5)]), ["categories_pkey"], 20],
  [
    "find products by their external ids",
    readExternalIds(schema)("product", ["product-5"]),
    ["products_external_id_key"],
    20
  ],
  [
    "find options by their external ids",
    readExternalIds(schema)("option", ["option-5"]),
    ["product_options_external_id_key"],
    20
  ],
  [
    "find categories by their external ids",
    readExternalIds(schema)("category", ["category-5"]),
    ["categories_external_id_key"],
    20
  ],
  ["read the whole tree", readTree(schema)(), ["categories_pkey"], 2_200],
  [
    "read a product by its slug",
    readSlug(schema)("product-77"),
    ["product_slugs_pkey", "products_pkey", ...partsOfProduct],
    60
  ],
  [
    "read a page of all products by name",
    page({ ...list, after }),
    ["products_name", ...partsOfProduct],
    800
  ],
  [
    "read a page of all products by name, downwards",
    page({ ...list, descending: true, after }),
    ["products_name_desc", ...partsOfProduct],
    800
  ],
  [
    "read a page of the products shown by their age",
    page({ ...list, sortBy: "createdAt", shownAt: now, after }),
    ["products_created_at", ...partsOfProduct],
    500
  ],
  [
    "read the cheapest products",
    page({ ...list, sortBy: "price", after: { ...after, price: "10" } }),
    ["products_lowest_price", ...partsOfProduct],
    800
  ],
  [
    "read the dearest products",
    page({ ...list, sortBy: "price", descending: true }),
    ["products_lowest_price_desc", ...partsOfProduct],
    800
  ],
  [
    "read the newest bundles",
    page({ ...list, sortBy: "createdAt", descending: true, type: "BUNDLE" }),
    ["products_created_at_desc", ...partsOfProduct],
    700
  ],
  [
    "search for a word that every product has, by relevance",
    page({ ...list, search: searchQueryOf("product"), sortBy: "relevance" }),
    ["product_search_words", "products_pkey", ...partsOfProduct],
    25_000
  ],
  [
    "search for a rare word, by relevance",
    page({ ...list, search: searchQueryOf("n7777"), sortBy: "relevance" }),
    ["product_search_words", "products_pkey", ...partsOfProduct],
    500
  ],
  [
    "search for a word that every product has, by name",
    page({ ...list, search: searchQueryOf("product"), shownAt: now }),
    ["product_search_words", "product_search_pkey", "products_name", ...partsOfProduct],
    1_500
  ],
  [
    "search for two words in a category",
    page({ ...list, search: searchQueryOf("product n7777"), categoryId: categoryId(20) }),
    ["product_search_words", "product_categories_pkey", "products_pkey", ...partsOfProduct],
    600
  ],
  [
    "read the products that map a SKU",
    page({ ...list, skuId: SkuId.make("sku-77") }),
    ["sku_mappings_pkey", "products_pkey", ...partsOfProduct],
    200
  ],
  [
    "read the products at a price that none has, of those that can be bought",
    page({ ...list, price: { currency: "EUR", from: "100", to: null }, available: true }),
    ["product_options_price", "products_pkey", ...partsOfProduct],
    400
  ],
  [
    "read the products at a price that all have, by name",
    page({ ...list, price: { currency: "EUR", from: "0", to: "99" } }),
    ["product_options_price", "products_name", ...partsOfProduct],
    7_000
  ],
  ["write what a product is found by", writeSearch(schema)([product]), [], 80],
  [
    "read the events of a product",
    readEventsOfOne(schema)(0, 100, productId(9), undefined),
    [],
    60
  ],
  [
    "read the events of a product, of some types",
    readEventsOfOne(schema)(0, 100, productId(9), ["product.created"]),
    [],
    60
  ],
  ["read the deletions", readEventsOfOneType(schema)(0, 100, "product.deleted"), [], 200],
  ["insert a product", insertProducts(schema)([fresh.product]), [], 120],
  [
    "update a product",
    updateProducts(schema)([{ product, before: { ...product, version: 1 } }]),
    ["products_pkey"],
    120
  ],
  [
    "delete a product",
    deleteProducts(schema)([{ ...product, version: 1 }]),
    ["products_pkey"],
    200
  ],
  [
    "keep the id of a deleted product",
    insertDeleted(schema, "PRODUCT")([productId(80_000)], now.epochMilliseconds),
    [],
    40
  ],
  ["insert an option", insertOptions(schema)([fresh.option]), [], 80],
  [
    "update an option",
    updateOptions(schema)([{ ...option, productId: productId(8) }]),
    ["product_options_pkey"],
    80
  ],
  ["delete an option", deleteOptions(schema)([optionId(7)]), ["product_options_pkey"], 80],
  [
    "delete the mappings of an option",
    deleteMappings(schema)([optionId(7)]),
    ["sku_mappings_option"],
    60
  ],
  ["insert mappings", insertMappings(schema)([option]), [], 80],
  ["delete images", deleteImages(schema)([productId(8)]), ["product_images_pkey"], 40],
  ["insert images", insertImages(schema)([product]), [], 60],
  ["delete places", deletePlaces(schema)([productId(8)]), ["product_categories_pkey"], 40],
  ["insert places", insertPlaces(schema)([{ ...product, id: productId(9) }]), [], 80],
  ["write a slug", writeSlugs(schema)([{ slug: "another", productId: productId(8) }]), [], 60],
  [
    "keep what stock was seen",
    writeSeenStock(schema)([{ productId: productId(8), skuId: SkuId.make("sku-8"), version: 7 }]),
    [],
    60
  ],
  ["insert a category", insertCategories(schema)([fresh.category]), [], 80],
  [
    "update a category",
    updateCategories(schema)([{ category, before: { ...category, version: 1 } }]),
    ["categories_pkey"],
    80
  ],
  [
    "delete a category",
    deleteCategories(schema)([{ ...category, id: categoryId(5_000), version: 1 }]),
    ["categories_pkey"],
    80
  ]
]
