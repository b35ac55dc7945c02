/** The kinds of records that go in and out: the columns of each, its reader, and what it is known by. */
import type * as Result from "effect/Result"
import * as InvalidInput from "../../kernel/InvalidInput.ts"
import { CategoryRecord, categoryColumns } from "./CategoryRecord.ts"
import type { Column, OpenColumns } from "./Column.ts"
import { attributeColumns, ProductRecord, productColumns } from "./ProductRecord.ts"
import { SkuRecord, skuColumns } from "./SkuRecord.ts"
import { StockRecord, stockColumns } from "./StockRecord.ts"

/** The record of each kind. */
export interface RecordOf {
  readonly products: ProductRecord
  readonly categories: CategoryRecord
  readonly skus: SkuRecord
  readonly stock: StockRecord
}

/** A kind of records. */
export type RecordKind = "products" | "categories" | "skus" | "stock"

/** Every kind, in the order in which a shop is filled: what is named comes first. */
export const recordKinds = ["skus", "stock", "categories", "products"] as const

/** What is known of a kind. */
export interface KindOf<Kind extends RecordKind> {
  readonly columns: ReadonlyArray<Column>
  readonly openColumns?: OpenColumns
  readonly read: (input: unknown) => Result.Result<RecordOf[Kind], InvalidInput.InvalidInput>
  /** What a record is known by, the same for two records of one thing; undefined when it lacks it. */
  readonly keyOf: (record: RecordOf[Kind]) => string | undefined
  /** The columns of which a file needs one. */
  readonly keyColumns: ReadonlyArray<string>
  /** The columns that a file needs beside it. */
  readonly needed: ReadonlyArray<string>
}

const byOwnId = (record: { readonly externalId?: string | null; readonly id?: string }) =>
  record.id === undefined ? (record.externalId ?? undefined) : `id ${record.id}`

/** What is known of each kind. */
export const kinds: { readonly [Kind in RecordKind]: KindOf<Kind> } = {
  products: {
    columns: productColumns,
    openColumns: attributeColumns,
    read: InvalidInput.reader(ProductRecord),
    keyOf: byOwnId,
    keyColumns: ["externalId", "id"],
    needed: []
  },
  categories: {
    columns: categoryColumns,
    read: InvalidInput.reader(CategoryRecord),
    keyOf: byOwnId,
    keyColumns: ["externalId", "id"],
    needed: []
  },
  skus: {
    columns: skuColumns,
    read: InvalidInput.reader(SkuRecord),
    keyOf: ({ code }) => code,
    keyColumns: ["code"],
    needed: []
  },
  stock: {
    columns: stockColumns,
    read: InvalidInput.reader(StockRecord),
    keyOf: ({ code, locationId = "", skuId }) =>
      skuId === undefined && code === undefined
        ? undefined
        : `${skuId === undefined ? code : `id ${skuId}`} ${locationId}`,
    keyColumns: ["code", "skuId"],
    needed: ["quantity"]
  }
}
