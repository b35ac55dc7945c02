/** What is kept, page by page, as the lines of a file. */
import type * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { type CatalogReads, everyProduct } from "../../catalog/ports/CatalogReads.ts"
import { branchesOf, type CategoryBranch } from "../../catalog/state/CategoryTree.ts"
import type { StockReads } from "../../inventory/ports/StockReads.ts"
import type { CategoryId, ProductId, SkuId } from "../../kernel/Identifier.ts"
import type { StoreError } from "../../kernel/StoreError.ts"
import { csvLine } from "../files/csvText.ts"
import type { FileForm } from "../readRecords.ts"
import type { Column } from "../records/Column.ts"
import { kinds, type RecordKind } from "../records/kinds.ts"
import { attributeColumns, attributesPrefix } from "../records/ProductRecord.ts"
import {
  recordOfCategory,
  recordOfProduct,
  recordOfSku,
  recordsOfStock,
  type WrittenRecord
} from "./recordsOf.ts"

type Records = Stream.Stream<WrittenRecord, StoreError>

/** What is kept of one kind, as a file has it. */
export interface ExportedRecords {
  readonly records: Records
  /** The columns that depend on what is kept; a table has them after the others of a record. */
  readonly moreColumns: Effect.Effect<ReadonlyArray<Column>, StoreError>
}

const withoutMore = (records: Records): ExportedRecords => ({
  records,
  moreColumns: Effect.succeed([])
})

const pageSize = 250

/** Columns that are for the way in only. */
const notWritten = new Set([
  "initialStock",
  "expectedQuantity",
  "onShortfall",
  "reference",
  "reason"
])

/** Categories, parents before their children. */
export const exportedCategories = (reads: CatalogReads["Service"]): ExportedRecords =>
  withoutMore(
    Stream.unwrap(
      Effect.map(reads.allCategories, (all) => {
        const byId = new Map(all.map((category) => [category.id, category]))
        const walk = (branches: ReadonlyArray<CategoryBranch>): ReadonlyArray<CategoryBranch> =>
          branches.flatMap((branch) => [branch, ...walk(branch.children)])
        return Stream.fromIterable(
          walk(branchesOf(all)).map((category) =>
            recordOfCategory(
              category,
              category.parentId === null ? undefined : byId.get(category.parentId)
            )
          )
        )
      })
    )
  )

interface ProductPlaceRead {
  readonly createdAt: DateTime.Utc
  readonly name: string
  readonly id: ProductId
}

/** The columns of all attributes that there are. */
const columnsOfAttributes = (reads: CatalogReads["Service"]) =>
  Stream.paginate(null as string | null, (after) =>
    Effect.map(reads.attributes({ after, limit: pageSize }), (attributes) => {
      const last = attributes.length < pageSize ? undefined : attributes.at(-1)?.code
      const columns = attributes.flatMap(
        ({ code }) => attributeColumns.columnOf(`${attributesPrefix}${code}`) ?? []
      )
      return [columns, Option.fromUndefinedOr(last)] as const
    })
  ).pipe(Stream.runCollect)

/** Products, oldest first. */
export const exportedProducts = (reads: CatalogReads["Service"]): ExportedRecords => {
  const externalIds = new Map<CategoryId, string | null>()
  const records = Stream.paginate(null as ProductPlaceRead | null, (after) =>
    Effect.gen(function* () {
      const products = yield* reads.productsPage({
        ...everyProduct,
        sortBy: "createdAt",
        after: after === null ? null : { ...after, rank: 0, price: null },
        limit: pageSize
      })
      const ids = products.flatMap(({ categories }) => categories.map((one) => one.categoryId))
      const unread = [...new Set(ids)].filter((id) => !externalIds.has(id))
      if (unread.length > 0) {
        for (const { externalId, id } of yield* reads.categories(unread)) {
          externalIds.set(id, externalId)
        }
      }
      const records = products.map((product) =>
        recordOfProduct(product, (id) => externalIds.get(id))
      )
      const last = products.length < pageSize ? undefined : products.at(-1)
      return [records, Option.fromUndefinedOr(last)] as const
    })
  )
  return { records, moreColumns: columnsOfAttributes(reads) }
}

/** Pages of SKUs in use, by id. */
const skuPages = (reads: StockReads["Service"]) =>
  Stream.paginate(null as SkuId | null, (after) =>
    Effect.map(reads.skus(after, pageSize), (skus) => {
      const last = skus.length < pageSize ? undefined : skus.at(-1)?.id
      const inUse = skus.filter(({ archivedAt }) => archivedAt === null)
      return [[inUse], Option.fromUndefinedOr(last)] as const
    })
  )

/** SKUs in use, by id. */
export const exportedSkus = (reads: StockReads["Service"]): ExportedRecords =>
  withoutMore(Stream.flattenIterable(Stream.map(skuPages(reads), (skus) => skus.map(recordOfSku))))

/** What is there of each SKU in use, at each location. */
export const exportedStock = (reads: StockReads["Service"]): ExportedRecords =>
  withoutMore(
    skuPages(reads).pipe(
      Stream.mapEffect((skus) =>
        skus.length === 0 ? Effect.succeed([]) : reads.stock(skus.map(({ id }) => id))
      ),
      Stream.map((stocks) => stocks.flatMap(recordsOfStock)),
      Stream.flattenIterable
    )
  )

/** A field by its path; an attribute may be called as something that every object has. */
const fieldAt = (record: WrittenRecord, path: string): unknown =>
  path
    .split(".")
    .reduce<unknown>(
      (value, part) => (Object.hasOwn(Object(value), part) ? Object(value)[part] : undefined),
      record
    )

/** The rows of a record: one, or one for each option of a product, which repeat the key alone. */
const rowsOf = (columns: ReadonlyArray<Column>, record: WrittenRecord) => {
  const options = record["options"] as ReadonlyArray<WrittenRecord> | undefined
  const cells = (option: WrittenRecord | undefined, isFirst: boolean) =>
    columns.map(({ path, write }) => {
      if (path.startsWith("options.")) {
        return option === undefined ? "" : write(fieldAt(option, path.slice("options.".length)))
      }
      const isKey = path === "externalId" || path === "id"
      return isFirst || isKey ? write(fieldAt(record, path)) : ""
    })
  if (options === undefined || options.length === 0) return [cells(undefined, true)]
  return options.map((option, index) => cells(option, index === 0))
}

/** The columns of a file that are written; those of options come last. */
const writtenColumns = (kind: RecordKind, more: ReadonlyArray<Column>): ReadonlyArray<Column> => {
  const columns = kinds[kind].columns.filter(
    ({ name }) => !notWritten.has(name) && !(kind === "skus" && name === "locationId")
  )
  const options = columns.findIndex(({ path }) => path.startsWith("options."))
  const place = options < 0 ? columns.length : options
  return [...columns.slice(0, place), ...more, ...columns.slice(place)]
}

/** The text of a file, part by part. A table begins with a mark of byte order, for spreadsheets. */
export const writtenFile = (
  kind: RecordKind,
  form: FileForm,
  { moreColumns, records }: ExportedRecords
): Stream.Stream<string, StoreError> => {
  if (form === "jsonl") return Stream.map(records, (record) => `${JSON.stringify(record)}\n`)
  return Stream.unwrap(
    Effect.map(moreColumns, (more) => {
      const columns = writtenColumns(kind, more)
      const head = `\uFEFF${csvLine(columns.map(({ name }) => name))}`
      return Stream.concat(
        Stream.succeed(head),
        Stream.map(records, (record) => rowsOf(columns, record).map(csvLine).join(""))
      )
    })
  )
}
