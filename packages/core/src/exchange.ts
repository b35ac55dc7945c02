/**
 * What goes in and out as files, for applications of Effect: products, categories, SKUs and stock as
 * CSV or lines of JSON. Reading and writing files is the host's; everything between is here.
 */

export {
  exportedCategories,
  exportedProducts,
  exportedSkus,
  exportedStock,
  writtenFile
} from "./exchange/exporting/exportRecords.ts"
export { csvLine, withFormula, withoutFormula } from "./exchange/files/csvText.ts"
export * from "./exchange/importing/ImportJobs.ts"
export * from "./exchange/importing/importers.ts"
export type { DecidedPart } from "./exchange/importing/runImport.ts"
export * from "./exchange/readRecords.ts"
export type { FileRecord, Problem } from "./exchange/records/FileRecord.ts"
export { kinds, type RecordKind, recordKinds } from "./exchange/records/kinds.ts"
export { type ColumnMap, UnusableFile } from "./exchange/records/readTable.ts"
