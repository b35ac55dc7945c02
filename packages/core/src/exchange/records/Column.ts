/**
 * A column of a table in a file: what it is called, which field of a record it holds, and how the
 * two become each other. An empty cell clears a field that may be null, and leaves out any other.
 */
import { withFormula, withoutFormula } from "../files/csvText.ts"

/** The field of a cell: its value, undefined when it is left out, or what the cell must be. */
export type ReadCell = { readonly value: unknown } | { readonly mustBe: string }

/** A column. `path` is the field of the record, with points between its parts. */
export interface Column {
  readonly name: string
  readonly path: string
  /** What it holds, as the documentation says it. */
  readonly holds: string
  readonly read: (cell: string) => ReadCell
  readonly write: (value: unknown) => string
}

/** Columns whose names depend on what is kept; `sign` stands for them where columns are listed. */
export interface OpenColumns {
  readonly sign: string
  readonly holds: string
  readonly columnOf: (name: string) => Column | undefined
}

/** A way to read and write the cells of one kind. */
type Cells = Pick<Column, "read" | "write">

const leftOut: ReadCell = { value: undefined }
const cleared: ReadCell = { value: null }

const emptyAs =
  (empty: ReadCell, read: (cell: string) => ReadCell): Column["read"] =>
  (cell) =>
    cell === "" ? empty : read(cell)

const writeText = (value: unknown): string =>
  typeof value === "string" ? withoutFormula(value) : ""

const readText = (cell: string): ReadCell => ({ value: withFormula(cell) })

const writePlain = (value: unknown): string =>
  value === undefined || value === null ? "" : String(value)

/** A text that is always there. */
export const textCells: Cells = { read: emptyAs(leftOut, readText), write: writeText }

/** A text that an empty cell clears. */
export const clearableText: Cells = { read: emptyAs(cleared, readText), write: writeText }

/** A word of a list, such as a status; its case does not matter. */
export const wordCells: Cells = {
  read: emptyAs(leftOut, (cell) => ({ value: cell.trim().toUpperCase() })),
  write: writePlain
}

const readNumber =
  (pattern: RegExp, mustBe: string) =>
  (cell: string): ReadCell =>
    pattern.test(cell.trim()) ? { value: Number(cell) } : { mustBe }

const readWhole = readNumber(/^-?\d{1,15}$/, "a whole number, such as 12")
const readDecimal = readNumber(/^-?\d{1,15}(?:\.\d{1,9})?$/, "a number, such as 0.25")

/** A whole number. */
export const wholeCells: Cells = { read: emptyAs(leftOut, readWhole), write: writePlain }

/** A whole number that an empty cell clears. */
export const clearableWhole: Cells = { read: emptyAs(cleared, readWhole), write: writePlain }

/** A number with decimals that an empty cell clears. */
export const clearableDecimal: Cells = { read: emptyAs(cleared, readDecimal), write: writePlain }

const truths: ReadonlyMap<string, boolean> = new Map([
  ["true", true],
  ["yes", true],
  ["1", true],
  ["false", false],
  ["no", false],
  ["0", false]
])

const readBoolean = (cell: string): ReadCell => {
  const value = truths.get(cell.trim().toLowerCase())
  return value === undefined ? { mustBe: "true or false" } : { value }
}

/** Yes or no. */
export const booleanCells: Cells = { read: emptyAs(leftOut, readBoolean), write: writePlain }

const readJson = (cell: string): ReadCell => {
  try {
    return { value: JSON.parse(cell) }
  } catch {
    return { mustBe: "JSON" }
  }
}

const writeJson = (value: unknown): string =>
  value === undefined || value === null ? "" : JSON.stringify(value)

/** JSON that an empty cell clears. */
export const clearableJson: Cells = { read: emptyAs(cleared, readJson), write: writeJson }

/** An object of JSON; an empty cell leaves it as it is, and so does one without fields. */
export const jsonCells: Cells = {
  read: emptyAs(leftOut, readJson),
  write: (value) => (Object.keys(Object(value)).length === 0 ? "" : writeJson(value))
}

const readList =
  (between: string | RegExp, toItem: (text: string) => unknown) =>
  (cell: string): ReadCell => {
    const text = cell.trim()
    if (text.startsWith("[")) return readJson(text)
    const items = text === "" ? [] : text.split(between)
    return { value: items.map((item) => toItem(item.trim())) }
  }

/**
 * A list whose items are texts with something between them. A cell that begins with `[` is the list
 * as JSON, for items that hold what stands between, and for those that say more than one text can.
 */
export const listCells = (
  between: string | RegExp,
  toItem: (text: string) => unknown,
  toText: (item: unknown, index: number) => string | undefined
): Cells => ({
  read: (cell) => readList(between, toItem)(withFormula(cell)),
  write: (value) => {
    if (!Array.isArray(value)) return ""
    const items = value.map(toText)
    const separator = typeof between === "string" ? between : " "
    return items.includes(undefined) ? writeJson(value) : withoutFormula(items.join(separator))
  }
})

/** A list of texts. */
export const nameCells = listCells(
  "|",
  (text) => text,
  (item) => (/[|[]/.test(String(item)) ? undefined : String(item))
)

/** A cell whose value may be a text, a number, yes or no, or a list of texts; an empty one clears. */
export const valueCells: Cells = {
  read: clearableText.read,
  write: (value) =>
    Array.isArray(value)
      ? nameCells.write(value)
      : typeof value === "string"
        ? writeText(value)
        : writePlain(value)
}

/** The value that a text stands for, by the kind of the value. */
export const readValue: {
  readonly [Kind in "TEXT" | "NUMBER" | "BOOLEAN" | "CHOICE"]: (text: string) => ReadCell
} = {
  TEXT: (value) => ({ value }),
  NUMBER: readNumber(/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/, "a number, such as 0.25"),
  BOOLEAN: readBoolean,
  CHOICE: readList("|", (text) => text)
}
