/**
 * How the rows of a table become records: which rows belong together, and which field each cell is.
 * The columns of Holdfast are one shape; that of another system is a preset.
 */
import type { OpenColumns } from "./Column.ts"
import type { Place, Problem } from "./FileRecord.ts"

/** A row of a table, by the names of its columns. */
export interface TableRow {
  readonly line: number
  /** The names of the columns that the table has. */
  readonly columns: ReadonlyArray<string>
  /** The text of a cell; empty when the table has no such column. */
  readonly cell: (column: string) => string
  readonly placeOf: (column: string) => Place
}

/** A record put together from its rows, before its fields are checked. */
export interface Assembled {
  readonly value: unknown
  /** Where each field stands, by its path. */
  readonly places: ReadonlyMap<string, Place>
  readonly problems: ReadonlyArray<Problem>
}

/** A shape of tables. */
export interface Shape {
  /** The names of its columns; others are refused, unless `ignoresOthers`. */
  readonly columns: ReadonlyArray<string>
  readonly openColumns?: OpenColumns | undefined
  readonly ignoresOthers?: boolean
  /** Other names of columns, in small letters. */
  readonly aliases?: { readonly [name: string]: string }
  /** Lists of columns, of each of which a table needs one. */
  readonly needed: ReadonlyArray<ReadonlyArray<string>>
  /** What rows of one record have in common; a row without it belongs to the one before. */
  readonly groupOf?: (row: TableRow) => string
  /** The record of some rows; undefined when there is none in them. */
  readonly assemble: (rows: ReadonlyArray<TableRow>) => Assembled | undefined
}
