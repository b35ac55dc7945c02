/** The columns of Holdfast as a shape of tables. */
import type { Column, OpenColumns } from "./Column.ts"
import { type Place, type Problem, problemAt } from "./FileRecord.ts"
import { type KindOf, kinds, type RecordKind } from "./kinds.ts"
import type { Assembled, Shape, TableRow } from "./Shape.ts"

type Fields = { [field: string]: unknown }

/** Sets a field by its path, making what is on the way there. */
const setField = (fields: Fields, path: string, value: unknown): void => {
  const parts = path.split(".")
  let here = fields
  for (const part of parts.slice(0, -1)) {
    const next = here[part]
    if (typeof next === "object" && next !== null) here = next as Fields
    else {
      const made: Fields = {}
      here[part] = made
      here = made
    }
  }
  here[parts.at(-1) ?? ""] = value
}

/** A record on its way from cells to fields. */
class Assembly {
  readonly value: Fields = {}
  readonly places = new Map<string, Place>()
  readonly problems: Array<Problem> = []

  take(row: TableRow, column: Column, fields: Fields, path: string, prefix: string): void {
    const place = row.placeOf(column.name)
    if (place.columnNumber === null) return
    this.places.set(`${prefix}${path}`, place)
    const read = column.read(row.cell(column.name))
    if ("mustBe" in read) {
      this.problems.push(problemAt(place, "InvalidInput", `must be ${read.mustBe}`))
    } else if (read.value !== undefined) setField(fields, path, read.value)
  }
}

const optionPrefix = "options."

const own = (columns: ReadonlyArray<Column>) =>
  columns.filter(({ path }) => !path.startsWith(optionPrefix))

const ofOptions = (columns: ReadonlyArray<Column>) =>
  columns.filter(({ path }) => path.startsWith(optionPrefix))

/** Refuses a later row of a product that says something else about the product. */
const differingCells = (
  first: TableRow,
  row: TableRow,
  columns: ReadonlyArray<Column>
): ReadonlyArray<Problem> =>
  columns.flatMap(({ name }) => {
    const cell = row.cell(name)
    return cell === "" || cell === first.cell(name)
      ? []
      : [
          problemAt(
            row.placeOf(name),
            "RowsDiffer",
            `differs from line ${first.line}, which is of the same product; leave it empty, or repeat it`
          )
        ]
  })

/** Two columns that say one thing in two ways: an empty cell in one leaves the word to the other. */
const eitherOr = (fields: Fields, one: string, other: string): void => {
  const isEmpty = (value: unknown) =>
    value === undefined || value === null || (Array.isArray(value) && value.length === 0)
  if (one in fields && other in fields) {
    if (isEmpty(fields[one])) delete fields[one]
    else if (isEmpty(fields[other])) delete fields[other]
  }
}

/** A price without an amount is no price, whatever the currency. */
const settlePrice = (option: Fields): void => {
  const price = option["price"] as Fields | null | undefined
  if (price != null && price["amount"] === undefined) option["price"] = null
}

const assembleProduct =
  (columns: ReadonlyArray<Column>, openColumns: OpenColumns | undefined) =>
  (rows: ReadonlyArray<TableRow>): Assembled | undefined => {
    const [first] = rows
    if (first === undefined) return undefined
    const assembly = new Assembly()
    const open = first.columns.flatMap((name) => openColumns?.columnOf(name) ?? [])
    const ownColumns = [...own(columns), ...open]
    for (const column of ownColumns) {
      assembly.take(first, column, assembly.value, column.path, "")
    }
    const options: Array<Fields> = []
    for (const row of rows) {
      if (row !== first) assembly.problems.push(...differingCells(first, row, ownColumns))
      const isOption = ofOptions(columns).some(({ name }) => row.cell(name) !== "")
      if (!isOption) continue
      const option: Fields = {}
      const prefix = `${optionPrefix}${options.length}.`
      for (const column of ofOptions(columns)) {
        assembly.take(row, column, option, column.path.slice(optionPrefix.length), prefix)
      }
      const place = row.placeOf("option.price")
      if (place.columnNumber !== null && option["price"] === undefined) option["price"] = null
      settlePrice(option)
      eitherOr(option, "skus", "skuIds")
      options.push(option)
    }
    if (options.length > 0) assembly.value["options"] = options
    eitherOr(assembly.value, "categories", "categoryIds")
    return assembly
  }

const assembleRow =
  (columns: ReadonlyArray<Column>) =>
  ([row]: ReadonlyArray<TableRow>): Assembled | undefined => {
    if (row === undefined) return undefined
    const assembly = new Assembly()
    for (const column of columns) assembly.take(row, column, assembly.value, column.path, "")
    eitherOr(assembly.value, "parent", "parentId")
    return assembly
  }

/** The tables of a kind, as the documentation describes them. */
export const nativeShape = (kind: RecordKind): Shape => {
  const { columns, keyColumns, needed, openColumns } = kinds[kind] as KindOf<RecordKind>
  const shape = {
    columns: columns.map(({ name }) => name),
    openColumns,
    needed: [keyColumns, ...needed.map((name) => [name])]
  }
  return kind === "products"
    ? {
        ...shape,
        groupOf: (row) => JSON.stringify([row.cell("externalId"), row.cell("id")]),
        assemble: assembleProduct(columns, openColumns)
      }
    : { ...shape, assemble: assembleRow(columns) }
}
