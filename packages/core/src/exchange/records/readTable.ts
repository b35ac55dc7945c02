/**
 * Rows of a CSV file as records, row by row. The first row names the columns. A bad cell costs its
 * record and no other one; a table whose columns cannot be understood is refused as a whole.
 */
import * as Result from "effect/Result"
import type { CsvRow } from "../files/CsvReader.ts"
import { brokenByteMessage } from "../files/JsonLinesReader.ts"
import { brokenByteIn } from "../files/Utf8Reader.ts"
import { type FileRecord, type Place, type Problem, placeAmong, problemAt } from "./FileRecord.ts"
import { KeysSeen } from "./KeysSeen.ts"
import { kinds, type RecordKind, type RecordOf } from "./kinds.ts"
import type { Shape, TableRow } from "./Shape.ts"

/** The most rows of one record that are read; more than a product may have options. */
const rowsOfRecordMax = 2_000

/** A file that is refused as a whole, in one sentence. */
export class UnusableFile {
  readonly _tag = "UnusableFile"
  readonly message: string
  constructor(message: string) {
    this.message = message
  }
}

/** Columns of the file by the names that the shape has for them; an empty name is ignored. */
export type ColumnMap = ReadonlyMap<string, string>

/** Why the first row names no columns at all; undefined when it may. */
const whyNoColumns = (cells: ReadonlyArray<string>): string | undefined => {
  const line = cells.join(",")
  if (!line.isWellFormed() || line.includes("\u0000")) {
    return "the first row is no text in UTF-8; save the file as CSV in UTF-8"
  }
  const [mark, name] = line.includes(";") ? [";", "semicolons"] : ["\t", "tabs"]
  return cells.length === 1 && line.includes(mark)
    ? `the columns of the first row have ${name} between them; save the file with commas`
    : undefined
}

/** Reads the columns of a table, or says why they cannot be understood. */
const readHeader = (
  cells: ReadonlyArray<string>,
  shape: Shape,
  map: ColumnMap
): Result.Result<ReadonlyMap<string, number>, UnusableFile> => {
  const refused = (message: string) => Result.fail(new UnusableFile(message))
  const unusable = whyNoColumns(cells)
  if (unusable !== undefined) return refused(unusable)
  const { openColumns } = shape
  const byLowerCase = new Map(shape.columns.map((name) => [name.toLowerCase(), name]))
  const columns = new Map<string, number>()
  const unknown: Array<string> = []
  const unmet = new Set(map.keys())
  for (const [index, cell] of cells.entries()) {
    const written = cell.trim()
    const mapped = map.get(written)
    unmet.delete(written)
    if (mapped === "") continue
    const lower = (mapped ?? written).toLowerCase()
    const known = byLowerCase.get(shape.aliases?.[lower]?.toLowerCase() ?? lower)
    const name = known ?? openColumns?.columnOf(lower)?.name
    if (name === undefined) {
      if (shape.ignoresOthers !== true || mapped !== undefined) unknown.push(`"${written}"`)
      continue
    }
    const before = columns.get(name)
    if (before !== undefined) {
      return refused(`the columns ${before + 1} and ${index + 1} are both "${name}"; keep one`)
    }
    columns.set(name, index)
  }
  if (unmet.size > 0) {
    return refused(`--map names "${[...unmet].join('", "')}", which the file does not have`)
  }
  if (unknown.length > 0) {
    const ours = [...shape.columns, openColumns?.sign ?? []].flat()
    return refused(
      `the file has columns that are not known: ${unknown.join(", ")}; there are ` +
        `${ours.join(", ")}; say --map "theirs=ours", or --map "theirs=" to leave one out`
    )
  }
  const missing = shape.needed.find((names) => !names.some((name) => columns.has(name)))
  return missing === undefined
    ? Result.succeed(columns)
    : refused(`the file lacks the column ${missing.join(" or ")}`)
}

const linesOf = (rows: ReadonlyArray<TableRow>): Place => ({
  line: rows[0]?.line ?? 1,
  column: null,
  columnNumber: null
})

/** Reads records from the rows of a table. */
export class TableReader<Kind extends RecordKind> {
  private readonly kind: Kind
  private readonly shape: Shape
  private readonly map: ColumnMap
  private columns: ReadonlyMap<string, number> | undefined
  private names: ReadonlyArray<string> = []
  private width = 0
  private group = ""
  private rows: Array<TableRow> = []
  private problems: Array<Problem> = []
  private readonly keys = new KeysSeen()
  private records = 0

  constructor(kind: Kind, shape: Shape, map: ColumnMap) {
    this.kind = kind
    this.shape = shape
    this.map = map
  }

  /** The records that a row ends. */
  take(row: CsvRow): Result.Result<ReadonlyArray<FileRecord<Kind>>, UnusableFile> {
    if (this.columns === undefined) return this.begin(row)
    const done: Array<FileRecord<Kind>> = []
    if (row._tag === "Unreadable") {
      const place = { line: row.line, column: this.nameAt(row.column), columnNumber: row.column }
      this.finish(done)
      this.problems.push(problemAt(place, "UnreadableRow", row.message))
      this.finish(done)
      return Result.succeed(done)
    }
    const tableRow = this.rowOf(row.line, row.cells, this.columns)
    const group = this.shape.groupOf?.(tableRow) ?? ""
    const isSame =
      this.rows.length > 0 &&
      this.shape.groupOf !== undefined &&
      (group === this.group || group === this.shape.groupOf(this.emptyRow))
    if (!isSame) {
      this.finish(done)
      this.group = group
    }
    this.check(row.line, row.cells)
    if (this.rows.length < rowsOfRecordMax) this.rows.push(tableRow)
    else if (this.rows.length === rowsOfRecordMax && this.problems.length === 0) {
      const message = `more than ${rowsOfRecordMax} rows are of one product`
      this.problems.push(problemAt(tableRow.placeOf(""), "InvalidInput", message))
    }
    return Result.succeed(done)
  }

  /** The last record. A file without a row of columns is refused. */
  end(): Result.Result<ReadonlyArray<FileRecord<Kind>>, UnusableFile> {
    if (this.columns === undefined) return Result.fail(new UnusableFile("the file is empty"))
    const done: Array<FileRecord<Kind>> = []
    this.finish(done)
    return Result.succeed(done)
  }

  private begin(row: CsvRow) {
    if (row._tag === "Unreadable") {
      return Result.fail(new UnusableFile(`line ${row.line}, column ${row.column}: ${row.message}`))
    }
    return Result.map(readHeader(row.cells, this.shape, this.map), (columns) => {
      this.columns = columns
      this.names = [...columns.keys()]
      this.width = row.cells.length
      return []
    })
  }

  private nameAt(column: number): string | null {
    for (const [name, index] of this.columns ?? []) if (index === column - 1) return name
    return null
  }

  private readonly emptyRow: TableRow = {
    line: 0,
    columns: [],
    cell: () => "",
    placeOf: () => ({ line: 0, column: null, columnNumber: null })
  }

  private rowOf(
    line: number,
    cells: ReadonlyArray<string>,
    columns: ReadonlyMap<string, number>
  ): TableRow {
    return {
      line,
      columns: this.names,
      cell: (column) => {
        const index = columns.get(column)
        return index === undefined ? "" : (cells[index] ?? "")
      },
      placeOf: (column) => {
        const index = columns.get(column)
        return index === undefined
          ? { line, column: null, columnNumber: null }
          : { line, column, columnNumber: index + 1 }
      }
    }
  }

  /** Notes what is wrong with the cells of a row, whatever they mean. */
  private check(line: number, cells: ReadonlyArray<string>): void {
    if (cells.length !== this.width) {
      const message =
        `has ${cells.length} cells, and the first row has ${this.width}; ` +
        "a comma may be missing or too many, or the file may be cut off here"
      const place = { line, column: null, columnNumber: null }
      this.problems.push(problemAt(place, "UnreadableRow", message))
    }
    for (const [index, cell] of cells.entries()) {
      const broken = brokenByteIn(cell)
      if (broken === undefined) continue
      const place = { line, column: this.nameAt(index + 1), columnNumber: index + 1 }
      this.problems.push(problemAt(place, "InvalidUtf8", brokenByteMessage(broken)))
    }
  }

  /** Makes a record of the rows that were gathered, if there are any. */
  private finish(done: Array<FileRecord<Kind>>): void {
    const { problems, rows } = this
    this.rows = []
    this.problems = []
    if (problems.length > 0) {
      done.push({ _tag: "Bad", number: ++this.records, problems })
      return
    }
    if (rows.length === 0) return
    const assembled = this.shape.assemble(rows)
    if (assembled === undefined) return
    const number = ++this.records
    if (assembled.problems.length > 0) {
      done.push({ _tag: "Bad", number, problems: assembled.problems })
      return
    }
    const row = linesOf(rows)
    const placeOf = (path: string) => placeAmong(assembled.places, path, row)
    done.push(checkedRecord(this.kind, { number, value: assembled.value, placeOf }, this.keys))
  }
}

/** Checks the fields of a record, and that the file has it once. */
export const checkedRecord = <Kind extends RecordKind>(
  kind: Kind,
  {
    number,
    placeOf,
    value
  }: Pick<FileRecord<Kind>, "number"> & {
    readonly value: unknown
    readonly placeOf: (path: string) => Place
  },
  keys: KeysSeen
): FileRecord<Kind> => {
  const { keyColumns, keyOf, read } = kinds[kind]
  const bad = (problems: ReadonlyArray<Problem>): FileRecord<Kind> => ({
    _tag: "Bad",
    number,
    problems
  })
  const decoded = read(value)
  if (Result.isFailure(decoded)) {
    return bad(
      decoded.failure.issues.map(({ message, path }) => {
        const place = placeOf(path)
        const named = place.column === null && path !== "" ? `${path} ${message}` : message
        return problemAt(place, "InvalidInput", named)
      })
    )
  }
  const record: RecordOf[Kind] = decoded.success
  const key = keyOf(record)
  const [keyColumn = ""] = keyColumns
  const place = placeOf(keyColumn)
  if (key === undefined) {
    const message = `${keyColumns.join(" or ")} is required`
    return bad([problemAt(place, "InvalidInput", message)])
  }
  const before = keys.lineBefore(key, place.line)
  if (before !== undefined) {
    const message = `stands in line ${before} already; ${
      kind === "products" ? "put the rows of one product together" : "keep one of the two"
    }`
    return bad([problemAt(place, "Repeated", message)])
  }
  return { _tag: "Record", number, value: record, placeOf }
}
