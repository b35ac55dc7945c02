/**
 * Cells as text of a CSV file. A spreadsheet takes a cell that begins with `=`, `+`, `-` or `@` for
 * a formula and runs it, so such a text gets an apostrophe in front. Reading takes it away again:
 * what was written is what is read, texts with apostrophes of their own included.
 */

/** How a cell begins that a spreadsheet may take for a formula; wide forms count in some of them. */
const formula = /^[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/

const escaped = /^'+[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/

/** A text that no spreadsheet runs. */
export const withoutFormula = (text: string): string =>
  formula.test(text) || escaped.test(text) ? `'${text}` : text

/** The text that `withoutFormula` was given. */
export const withFormula = (text: string): string => (escaped.test(text) ? text.slice(1) : text)

const quoted = (cell: string): string =>
  /[",\r\n]|^\s|\s$/u.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell

/** A row of two or more cells with its line end. */
export const csvLine = (cells: ReadonlyArray<string>): string =>
  `${cells.map(quoted).join(",")}\r\n`
