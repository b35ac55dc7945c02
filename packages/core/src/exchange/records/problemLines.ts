/** The problems of an import as a table. */
import { csvLine, withoutFormula } from "../files/csvText.ts"
import type { Problem } from "./FileRecord.ts"

/** The names of the columns. */
export const problemHead: string = csvLine([
  "record",
  "line",
  "columnNumber",
  "column",
  "code",
  "message"
])

/** A problem as a row. */
export const problemLine = (problem: Problem & { readonly record: number }): string => {
  const { code, column, columnNumber, line, message, record } = problem
  const place = [
    String(record),
    String(line),
    String(columnNumber ?? ""),
    withoutFormula(column ?? "")
  ]
  return csvLine([...place, code, withoutFormula(message)])
}
