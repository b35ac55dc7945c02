/**
 * The catalog for applications of Effect: its commands and questions as services, its ports, and the
 * pure functions that decide. To build another context, import `@holdfast/core/engine`.
 */

// The pure core: a batch of commands over what a store loaded.
export type { CatalogRequest } from "./catalog/batch/batchScope.ts"
export { type CatalogOutcome, foldBatch } from "./catalog/batch/foldBatch.ts"
export {
  CatalogChanges,
  type UpdatedAttribute,
  type UpdatedCategory,
  type UpdatedProduct
} from "./catalog/decide/CatalogChanges.ts"
export type { InventoryWord } from "./catalog/decide/Draft.ts"
// What is asked, answered, refused, and logged.
export * from "./catalog/messages/CatalogAnswer.ts"
export * from "./catalog/messages/CatalogCommand.ts"
export * from "./catalog/messages/CatalogError.ts"
export * from "./catalog/messages/CatalogEvent.ts"
export * from "./catalog/messages/CatalogQuery.ts"
export {
  everyRefusalOf,
  type OperationName,
  operations,
  type RefusalsOf
} from "./catalog/messages/operations.ts"
export { metadataBytesMax } from "./catalog/messages/productFields.ts"
export { facetsMax, type ProductsList } from "./catalog/messages/queryOperations.ts"
export { sentenceOf } from "./catalog/messages/refusalSentences.ts"
// The ports, and the store in memory.
export * from "./catalog/ports/CatalogCopies.ts"
export * from "./catalog/ports/CatalogLog.ts"
export * from "./catalog/ports/CatalogReads.ts"
export * from "./catalog/ports/CatalogStore.ts"
export * from "./catalog/ports/StockStatus.ts"
// The services.
export { Catalog, type CatalogOptions } from "./catalog/services/Catalog.ts"
export { CatalogQueries, type QueryMethods } from "./catalog/services/CatalogQueries.ts"
export * from "./catalog/services/catalogMethods.ts"
export {
  followStockOf,
  followStockOfProducts,
  type SeenVersions
} from "./catalog/services/followStockOf.ts"
export { localisedProduct, named as namedIn } from "./catalog/services/productAnswers.ts"
export { checkCommand, readCommand } from "./catalog/services/readCommand.ts"
export { shownReads } from "./catalog/services/shownReads.ts"
// The state.
export * as Attribute from "./catalog/state/Attribute.ts"
export * from "./catalog/state/Availability.ts"
export {
  countedProductsMax,
  type LoadedCatalog,
  type NameKind,
  type OwnedName,
  type SeenStock,
  type UniqueName,
  type ValueCount
} from "./catalog/state/CatalogBook.ts"
export * as Category from "./catalog/state/Category.ts"
export { branchesOf, type CategoryBranch } from "./catalog/state/CategoryTree.ts"
export * as Product from "./catalog/state/Product.ts"
export * as ProductOption from "./catalog/state/ProductOption.ts"
export {
  type SearchCondition,
  type SearchQuery,
  type SearchRank,
  searchQueryOf,
  searchRankOf
} from "./catalog/state/SearchQuery.ts"
export {
  isFoundOtherwise,
  type SearchPlace,
  type SearchText,
  searchTextOf
} from "./catalog/state/SearchText.ts"
// The words of every context.
export { AttributeId, CategoryId, OptionId, ProductId, SkuId } from "./kernel/Identifier.ts"
export { decimalsOfCurrency } from "./kernel/money/currencies.ts"
export * as Money from "./kernel/money/Money.ts"
export { compareTexts } from "./kernel/Text.ts"
export * as MemoryCatalog from "./memory/catalog/MemoryCatalog.ts"
export { type CatalogServices, catalogServicesOf } from "./promise/catalog/catalogServices.ts"
export {
  catalogCommandsToPromises,
  catalogToPromises
} from "./promise/catalog/catalogToPromises.ts"
