/**
 * What goes in and out as files, for applications of Effect: products, categories, SKUs and stock as
 * CSV or lines of JSON. Reading and writing files is the host's; everything between is here.
 */

export {
  type ExportedRecords,
  exportedCategories,
  exportedProducts,
  exportedSkus,
  exportedStock,
  writtenFile
} from "./exchange/exporting/exportRecords.ts"
export * from "./exchange/importing/ImportDesk.ts"
export * from "./exchange/importing/ImportJobs.ts"
export * from "./exchange/importing/importers.ts"
export type { DecidedPart } from "./exchange/importing/runImport.ts"
export * from "./exchange/importOperations.ts"
export * from "./exchange/readRecords.ts"
export type { FileRecord, Problem } from "./exchange/records/FileRecord.ts"
export { type KindOf, kinds, type RecordKind, recordKinds } from "./exchange/records/kinds.ts"
export { problemHead, problemLine } from "./exchange/records/problemLines.ts"
export { type ColumnMap, UnusableFile } from "./exchange/records/readTable.ts"
export type { Shape } from "./exchange/records/Shape.ts"
export { shopifyShape } from "./exchange/records/shopifyShape.ts"
export { isCurrency } from "./kernel/money/currencies.ts"
