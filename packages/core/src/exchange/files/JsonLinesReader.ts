/**
 * One JSON value a line, part by part. Blank lines are passed over. A line that cannot be read does
 * not take the next one with it.
 */
import { brokenByteIn, Utf8Reader } from "./Utf8Reader.ts"

/** The most characters of one line. */
export const lineCharactersMax = 4_194_304

/** The value of a line, or what is wrong with it. Lines and columns count from 1. */
export type JsonLine =
  | { readonly _tag: "Value"; readonly line: number; readonly value: unknown }
  | {
      readonly _tag: "Unreadable"
      readonly line: number
      readonly column: number
      readonly message: string
    }

const hex = (byte: number): string => byte.toString(16).toUpperCase().padStart(2, "0")

/** What is wrong with a byte of a text that should be UTF-8. */
export const brokenByteMessage = (byte: number): string =>
  `holds the byte 0x${hex(byte)}, which is no UTF-8; save the file as UTF-8`

/** The column that a parser of JSON names, and its words without it. */
const placeOf = (error: unknown, text: string): { column: number; message: string } => {
  const words = error instanceof Error ? error.message : String(error)
  const [, position] = /at position (\d+)/.exec(words) ?? []
  const column = position === undefined ? text.length + 1 : Number(position) + 1
  const [reason] = words.split(/,? (?:in JSON )?at position /)
  return { column, message: `is not JSON: ${reason ?? words}` }
}

/** Reads the values of a file that is given part by part. */
export class JsonLinesReader {
  private readonly utf8 = new Utf8Reader()
  private text = ""
  private line = 0
  private isAtStart = true
  private isSkipping = false
  private lastCharacter = ""

  /** The values of the lines that are whole after the next part. */
  read(part: Uint8Array): ReadonlyArray<JsonLine> {
    return this.linesOf(this.utf8.read(part), false)
  }

  /** The value of the last line. */
  end(): ReadonlyArray<JsonLine> {
    return this.linesOf(this.utf8.end(), true)
  }

  /** Whether the file ended without a line end, as one does that was cut off. */
  get endsAbruptly(): boolean {
    return this.lastCharacter !== "" && this.lastCharacter !== "\n"
  }

  private linesOf(added: string, isLast: boolean): ReadonlyArray<JsonLine> {
    this.text += added
    if (added !== "") this.lastCharacter = added.slice(-1)
    if (this.isAtStart && this.text !== "") {
      this.isAtStart = false
      if (this.text.startsWith("\uFEFF")) this.text = this.text.slice(1)
    }
    const found: Array<JsonLine> = []
    const lines = this.text.split("\n")
    const rest = isLast ? "" : (lines.pop() ?? "")
    for (const line of lines) this.take(line, found)
    this.text = rest
    if (rest.length > lineCharactersMax) {
      if (!this.isSkipping) found.push(this.tooLong())
      this.isSkipping = true
      this.text = ""
    }
    return found
  }

  private tooLong(): JsonLine {
    const message = `the line is longer than ${lineCharactersMax} characters`
    return { _tag: "Unreadable", line: this.line + 1, column: 1, message }
  }

  private take(text: string, found: Array<JsonLine>): void {
    this.line += 1
    const { line } = this
    if (this.isSkipping) {
      this.isSkipping = false
      return
    }
    if (text.trim() === "") return
    const broken = brokenByteIn(text)
    if (broken !== undefined) {
      const column = [...text].findIndex((character) => !character.isWellFormed()) + 1
      found.push({ _tag: "Unreadable", line, column, message: brokenByteMessage(broken) })
      return
    }
    try {
      found.push({ _tag: "Value", line, value: JSON.parse(text) })
    } catch (error) {
      found.push({ _tag: "Unreadable", line, ...placeOf(error, text) })
    }
  }
}
