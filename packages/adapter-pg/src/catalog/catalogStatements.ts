/**
 * What the catalog brings to a transaction: the queries that lock and load the scope of a batch, and
 * those that write its rows. Nothing here waits or retries.
 */
import {
  type AttributeId,
  type CatalogChanges,
  type CatalogScope,
  type CategoryId,
  countedProductsMax,
  type LoadedCatalog,
  type NameKind,
  type ProductId,
  type SkuId
} from "@holdfast/core/catalog"
import * as DateTime from "effect/DateTime"
import type { Query, Row } from "../connection/Query.ts"
import type { BatchStatements, RoundTrip, Rows } from "../transaction/BatchStatements.ts"
import { withReceipts } from "../transaction/withReceipts.ts"
import { toAttribute, toCategory, toProduct } from "./rows.ts"
import { countProducts } from "./statements/load/countProducts.ts"
import { countValues, loadAttributes } from "./statements/load/loadAttributes.ts"
import { loadCategories } from "./statements/load/loadCategories.ts"
import { loadDeleted } from "./statements/load/loadDeleted.ts"
import { loadNames } from "./statements/load/loadNames.ts"
import { loadProducts } from "./statements/load/loadProducts.ts"
import { loadSeenStock } from "./statements/load/loadSeenStock.ts"
import { lockAttributes, lockValues } from "./statements/lock/lockAttributes.ts"
import { lockChosen, lockEmptied } from "./statements/lock/lockCategories.ts"
import { lockNewProducts } from "./statements/lock/lockNewProducts.ts"
import { lockProducts } from "./statements/lock/lockProducts.ts"
import { lockTree } from "./statements/lock/lockTree.ts"
import {
  deleteAttributes,
  deleteValues,
  insertAttributes,
  insertValues,
  updateAttributes
} from "./statements/write/writeAttributes.ts"
import {
  deleteCategories,
  insertCategories,
  updateCategories
} from "./statements/write/writeCategories.ts"
import {
  deleteMappings,
  deleteOptions,
  insertMappings,
  insertOptions,
  updateOptions
} from "./statements/write/writeOptions.ts"
import {
  deleteImages,
  deletePlaces,
  insertImages,
  insertPlaces,
  writeSeenStock,
  writeSlugs
} from "./statements/write/writeParts.ts"
import {
  deleteProducts,
  insertDeleted,
  insertProducts,
  updateProducts
} from "./statements/write/writeProducts.ts"
import { writeSearch } from "./statements/write/writeSearch.ts"
import { writtenParts } from "./writtenParts.ts"

/** The query of a list, unless the list is empty. */
const some = <A>(
  rows: ReadonlyArray<A>,
  statement: (rows: ReadonlyArray<A>) => Query
): ReadonlyArray<Query> => (rows.length === 0 ? [] : [statement(rows)])

/**
 * Locks in one order: the tree, the attributes, the ids of new products, the rows of products, and those of
 * categories. The rows are read by later statements, which see what was committed meanwhile.
 */
const lockingOver = (schema: string) => {
  const lock = {
    newProducts: lockNewProducts(schema),
    products: lockProducts(schema),
    emptied: lockEmptied(schema),
    chosen: lockChosen(schema)
  }
  return (scope: CatalogScope): ReadonlyArray<Query> => [
    ...(scope.changesTree ? [lockTree(schema)] : []),
    ...(scope.changesAttributes
      ? [lockAttributes(schema)]
      : some(scope.valuedCodes, () => lockValues(schema))),
    ...some(scope.productIds, lock.newProducts),
    ...some(scope.productIds, lock.products),
    ...some(scope.emptyIds, lock.emptied),
    ...some(scope.categoryIds, lock.chosen)
  ]
}

/** The statements that load a scope, and how their rows become the book of a batch. */
const loadingOver = (schema: string) => {
  const load = {
    products: loadProducts(schema),
    categories: loadCategories(schema),
    deleted: loadDeleted(schema),
    counts: countProducts(schema),
    attributes: loadAttributes(schema),
    values: countValues(schema),
    names: loadNames(schema),
    seenStock: loadSeenStock(schema)
  }
  return (scope: CatalogScope): RoundTrip<Omit<LoadedCatalog, "now" | "receipts">> => {
    const namesTree = scope.categoryIds.length + scope.treeIds.length > 0 || scope.namesRoots
    const namesAttributes =
      scope.attributeIds.length + scope.valuedCodes.length + scope.retypedIds.length > 0
    const parts = {
      products: some(scope.productIds, load.products),
      categories: namesTree ? [load.categories(scope)] : [],
      deleted: [load.deleted(scope)],
      counts: some(scope.emptyIds, (ids) => load.counts(ids, countedProductsMax)),
      attributes: namesAttributes ? [load.attributes(scope)] : [],
      values: some(scope.countedAttributeIds, (ids) => load.values(ids, countedProductsMax)),
      names: some(scope.names, load.names),
      seenStock: some(scope.followingIds, load.seenStock)
    }
    const names = Object.keys(parts) as ReadonlyArray<keyof typeof parts>
    return {
      queries: names.flatMap((name) => parts[name]),
      read: (results: Rows) => {
        let place = 0
        const rowsOf = {} as { [Name in keyof typeof parts]: ReadonlyArray<Row> }
        for (const name of names) {
          rowsOf[name] = parts[name].length === 0 ? [] : (results[place++] ?? [])
        }
        return toLoaded(rowsOf)
      }
    }
  }
}

const deletedOf = <Id>(rows: ReadonlyArray<Row>, aggregateType: string): ReadonlyArray<Id> =>
  rows.flatMap((row) => (row["aggregate_type"] === aggregateType ? [row["id"] as Id] : []))

const toLoaded = (
  rowsOf: {
    readonly [part in
      | "products"
      | "categories"
      | "deleted"
      | "counts"
      | "attributes"
      | "values"
      | "names"
      | "seenStock"]: ReadonlyArray<Row>
  }
): Omit<LoadedCatalog, "now" | "receipts"> => ({
  products: rowsOf.products.map(toProduct),
  categories: rowsOf.categories.map(toCategory),
  deletedProductIds: deletedOf<ProductId>(rowsOf.deleted, "PRODUCT"),
  deletedCategoryIds: deletedOf<CategoryId>(rowsOf.deleted, "CATEGORY"),
  productCounts: rowsOf.counts.map((row) => ({
    categoryId: row["category_id"] as CategoryId,
    products: row["products"] as number
  })),
  attributes: rowsOf.attributes.map(toAttribute),
  deletedAttributeIds: deletedOf<AttributeId>(rowsOf.deleted, "ATTRIBUTE"),
  valueCounts: rowsOf.values.map((row) => ({
    code: row["code"] as string,
    value: row["value"] as string | null,
    values: row["values"] as number
  })),
  names: rowsOf.names.map((row) => ({
    kind: row["kind"] as NameKind,
    name: row["name"] as string,
    ownerId: row["owner_id"] as string
  })),
  seenStock: rowsOf.seenStock.map((row) => ({
    productId: row["product_id"] as ProductId,
    skuId: row["sku_id"] as SkuId,
    version: row["version"] as number
  }))
})

/**
 * The statements that write the rows of a batch. What is deleted goes first, so that its names are
 * free. What is changed gives up its names before new rows take them.
 */
const writingOver = (schema: string) => {
  const write = {
    deletedProducts: deleteProducts(schema),
    deletedOptions: deleteOptions(schema),
    deletedMappings: deleteMappings(schema),
    deletedImages: deleteImages(schema),
    deletedPlaces: deletePlaces(schema),
    deletedCategories: deleteCategories(schema),
    deletedAttributes: deleteAttributes(schema),
    changedAttributes: updateAttributes(schema),
    attributes: insertAttributes(schema),
    deletedValues: deleteValues(schema),
    values: insertValues(schema),
    changedCategories: updateCategories(schema),
    categories: insertCategories(schema),
    changedProducts: updateProducts(schema),
    products: insertProducts(schema),
    changedOptions: updateOptions(schema),
    options: insertOptions(schema),
    mappings: insertMappings(schema),
    images: insertImages(schema),
    places: insertPlaces(schema),
    search: writeSearch(schema),
    slugs: writeSlugs(schema),
    seenStock: writeSeenStock(schema),
    deletedProductIds: insertDeleted(schema, "PRODUCT"),
    deletedCategoryIds: insertDeleted(schema, "CATEGORY"),
    deletedAttributeIds: insertDeleted(schema, "ATTRIBUTE")
  }
  return (changes: CatalogChanges, nowMillis: number): ReadonlyArray<Query> => {
    const parts = writtenParts(changes)
    const idsOf = <A extends { readonly id: unknown }>(rows: ReadonlyArray<A>) =>
      rows.map(({ id }) => id as A["id"])
    const mapped = [...parts.createdOptions, ...parts.remappedOptions]
    const imaged = [...changes.createdProducts, ...parts.newImages]
    const placed = [...changes.createdProducts, ...parts.newPlaces]
    const valued = [...changes.createdProducts, ...parts.newValues]
    return [
      ...some(changes.deletedProducts, write.deletedProducts),
      ...some(parts.deletedOptionIds, write.deletedOptions),
      ...some(idsOf(parts.remappedOptions), write.deletedMappings),
      ...some(idsOf(parts.newImages), write.deletedImages),
      ...some(idsOf(parts.newPlaces), write.deletedPlaces),
      ...some(idsOf(parts.newValues), write.deletedValues),
      ...some(changes.deletedCategories, write.deletedCategories),
      ...some(changes.deletedAttributes, write.deletedAttributes),
      ...some(changes.updatedAttributes, write.changedAttributes),
      ...some(changes.createdAttributes, write.attributes),
      ...some(changes.updatedCategories, write.changedCategories),
      ...some(changes.createdCategories, write.categories),
      ...some(changes.updatedProducts, write.changedProducts),
      ...some(changes.createdProducts, write.products),
      ...some(parts.updatedOptions, write.changedOptions),
      ...some(parts.createdOptions, write.options),
      ...some(
        mapped.filter(({ skuMappings }) => skuMappings.length > 0),
        write.mappings
      ),
      ...some(
        imaged.filter(({ images }) => images.length > 0),
        write.images
      ),
      ...some(
        placed.filter(({ categories }) => categories.length > 0),
        write.places
      ),
      ...some(
        valued.filter(({ attributes }) => Object.keys(attributes).length > 0),
        write.values
      ),
      ...some([...changes.createdProducts, ...parts.foundOtherwise], write.search),
      ...some(changes.slugs, write.slugs),
      ...some(changes.seenStock, write.seenStock),
      ...some(changes.deletedProductIds, (ids) => write.deletedProductIds(ids, nowMillis)),
      ...some(changes.deletedCategoryIds, (ids) => write.deletedCategoryIds(ids, nowMillis)),
      ...some(changes.deletedAttributeIds, (ids) => write.deletedAttributeIds(ids, nowMillis))
    ]
  }
}

/** The clock of a decision: not before the last change of a product that it loaded. */
const notBefore = (loaded: LoadedCatalog): LoadedCatalog => ({
  ...loaded,
  now: loaded.products.reduce((now, { updatedAt }) => DateTime.max(now, updatedAt), loaded.now)
})

/** The statements of the catalog, over the tables of one schema. */
export const catalogStatements = (
  schema: string
): BatchStatements<CatalogScope, LoadedCatalog, CatalogChanges, never, never> => {
  const lock = lockingOver(schema)
  const load = loadingOver(schema)
  const write = writingOver(schema)
  return {
    lock,
    load: (scope, nowMillis) => {
      const { queries, read } = withReceipts(schema, scope.keys, nowMillis, load(scope))
      return { queries, read: (results) => notBefore(read(results)) }
    },
    write
  }
}
