/**
 * Rows of comma-separated values as RFC 4180 has them, part by part. Lines end with LF, CR LF or a
 * lone CR; a mark of byte order at the beginning is passed over. A row that cannot be read does not
 * take the next one with it: reading goes on at the line after the one on which the row began. So a
 * quote that is never closed costs one row, and not the whole file.
 */
import { Utf8Reader } from "./Utf8Reader.ts"

/** The most characters of one row, line breaks in its cells included. */
export const rowCharactersMax = 4_194_304

/** One row of a file, or what is wrong with it. Lines and columns count from 1. */
export type CsvRow =
  | { readonly _tag: "Cells"; readonly line: number; readonly cells: ReadonlyArray<string> }
  | {
      readonly _tag: "Unreadable"
      readonly line: number
      readonly column: number
      readonly message: string
    }

/** How a scan of one row ended: its cells and where the next row begins, or what is wrong. */
type Scanned =
  | { readonly _tag: "Row"; readonly cells: ReadonlyArray<string>; readonly end: number }
  | { readonly _tag: "Wrong"; readonly column: number; readonly message: string }
  | { readonly _tag: "Unfinished" }

const quote = '"'

/** Where the line ends that a character stands in, and where the next one begins; -1 when unknown. */
const lineEnd = (text: string, from: number, isLast: boolean): readonly [number, number] => {
  for (let index = from; index < text.length; index++) {
    const character = text[index]
    if (character === "\n") return [index, index + 1]
    if (character === "\r") {
      if (index + 1 === text.length && !isLast) return [-1, -1]
      return [index, text[index + 1] === "\n" ? index + 2 : index + 1]
    }
  }
  return isLast ? [text.length, text.length] : [-1, -1]
}

/** Where a quoted cell ends that begins after its quote; -1 when it does not. */
const closingQuote = (text: string, from: number): number => {
  let index = text.indexOf(quote, from)
  while (index >= 0 && text[index + 1] === quote) index = text.indexOf(quote, index + 2)
  return index
}

/** Where a cell without quotes ends. */
const endOfBare = (text: string, from: number): number => {
  let index = from
  for (; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    if (unit === 44 || unit === 10 || unit === 13) break
  }
  return index
}

/** Scans the row that begins at a place. */
const scanRow = (text: string, start: number, isLast: boolean): Scanned => {
  const cells: Array<string> = []
  let index = start
  while (true) {
    const column = cells.length + 1
    let cell: string
    if (text[index] === quote) {
      const close = closingQuote(text, index + 1)
      // A quote at the very end may be the first of two.
      if (close < 0 || (close + 1 === text.length && !isLast)) {
        if (!isLast) return { _tag: "Unfinished" }
        if (close < 0) {
          const message = "the quote that opens the cell is never closed; the file may be cut off"
          return { _tag: "Wrong", column, message }
        }
      }
      cell = text.slice(index + 1, close).replaceAll('""', quote)
      index = close + 1
    } else {
      const from = index
      index = endOfBare(text, index)
      cell = text.slice(from, index)
      if (cell.includes(quote)) {
        const message = "holds a quote; put the whole cell between quotes and double those in it"
        return { _tag: "Wrong", column, message }
      }
    }
    cells.push(cell)
    if (text[index] === ",") {
      index += 1
      continue
    }
    const [end, next] = lineEnd(text, index, isLast)
    if (end < 0) return { _tag: "Unfinished" }
    if (end === index) return { _tag: "Row", cells, end: next }
    const message = "goes on after its closing quote; double the quotes that belong to the text"
    return { _tag: "Wrong", column, message }
  }
}

/** How many line ends a part of a text has. */
const linesIn = (text: string, from: number, to: number): number => {
  let lines = 0
  for (let index = from; index < to; index++) {
    const unit = text.charCodeAt(index)
    if (unit === 10 || (unit === 13 && text.charCodeAt(index + 1) !== 10)) lines++
  }
  return lines
}

/** Reads rows of a file that is given part by part. */
export class CsvReader {
  private readonly utf8 = new Utf8Reader()
  private text = ""
  private line = 1
  private isAtStart = true
  /** Whether what comes belongs to a row that was given up, as far as the end of its line. */
  private isSkipping = false
  private lastCharacter = ""

  /** The rows that are whole after the next part. */
  read(part: Uint8Array): ReadonlyArray<CsvRow> {
    return this.rowsOf(this.utf8.read(part), false)
  }

  /** The rows that the end of the file ends. */
  end(): ReadonlyArray<CsvRow> {
    return this.rowsOf(this.utf8.end(), true)
  }

  /** Whether the file ended without a line end, as one does that was cut off. */
  get endsAbruptly(): boolean {
    return this.lastCharacter !== "" && this.lastCharacter !== "\n" && this.lastCharacter !== "\r"
  }

  private rowsOf(added: string, isLast: boolean): ReadonlyArray<CsvRow> {
    this.text += added
    if (added !== "") this.lastCharacter = added.slice(-1)
    if (this.isAtStart && this.text !== "") {
      this.isAtStart = false
      if (this.text.startsWith("\uFEFF")) this.text = this.text.slice(1)
    }
    const { text } = this
    const rows: Array<CsvRow> = []
    let start = this.isSkipping ? this.afterSkipped(0, isLast) : 0
    while (start < text.length) {
      const { line } = this
      const scanned = this.scanned(start, isLast)
      if (scanned._tag === "Unfinished") break
      if (scanned._tag === "Row") {
        const isBlank = scanned.cells.length === 1 && scanned.cells[0] === ""
        if (!isBlank) rows.push({ _tag: "Cells", line, cells: scanned.cells })
        this.line += linesIn(text, start, scanned.end)
        start = scanned.end
        continue
      }
      const { column, message } = scanned
      const [end] = lineEnd(text, start, isLast)
      // The rest of the line is no row, so it must be known where it ends.
      if (end < 0 && text.length - start <= rowCharactersMax) break
      rows.push({ _tag: "Unreadable", line, column, message })
      this.isSkipping = true
      start = this.afterSkipped(start, isLast)
    }
    this.text = text.slice(start)
    return rows
  }

  /** Where the line after a row that was given up begins; when it is not here, the end, or its CR. */
  private afterSkipped(from: number, isLast: boolean): number {
    const { text } = this
    const [, next] = lineEnd(text, from, isLast)
    if (next < 0) return text.endsWith("\r") ? text.length - 1 : text.length
    this.isSkipping = false
    this.line += 1
    return next
  }

  private scanned(start: number, isLast: boolean): Scanned {
    const scanned = scanRow(this.text, start, isLast)
    const end = scanned._tag === "Row" ? scanned.end : this.text.length
    if (scanned._tag === "Wrong" || end - start <= rowCharactersMax) return scanned
    const message = `the row is longer than ${rowCharactersMax} characters; a quote may be missing`
    return { _tag: "Wrong", column: 1, message }
  }
}
