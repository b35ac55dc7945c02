/** Small files of the retailer's format, for tests that know by hand what they come to. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll } from "vitest"

const folders: Array<string> = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

/** A folder of its own, which is gone when the tests of this file are done. */
export const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-retail-"))
  folders.push(folder)
  return folder
}

/** The header of the retailer's file. */
export const header =
  "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"

/** A row of the retailer's file. */
export const row = (
  invoice: string,
  code: string,
  quantity: number | string,
  description = `name of ${code.toUpperCase()}`
): string => `${invoice},${code},"${description}",${quantity},2010-12-01 08:26:00,2.55,17850.0,UK`

/** Writes text, or bytes, to a file of its own and says where. */
export const fileOf = (content: string | Uint8Array, name = "retail.csv"): string => {
  const path = join(newFolder(), name)
  writeFileSync(path, content)
  return path
}

/** A file of these rows below the header. */
export const csvOf = (rows: ReadonlyArray<string>): string =>
  fileOf([header, ...rows, ""].join("\n"))

/**
 * Every kind of row. By hand, with an opening stock that is just enough:
 *
 *     11111A  order 4+3, order 5, return 2, order 6   deepest debt 16   left 0
 *     22222   order 10, written off 3, return 1       deepest debt 13   left 1
 *     33333B  return 7                                deepest debt 0    left 7
 */
export const everyKind = csvOf([
  row("1001", "11111a", 4),
  row("1001", "22222", 10),
  row("1001", "POST", 1, "POSTAGE"),
  row("1001", "11111A", 3),
  row("1002", "11111A", 5),
  row("1003", "22222", -3, "damaged"),
  row("C1004", "11111A", -2),
  row("C1004", "33333b", -7),
  row("C1004", "D", -1, "Discount"),
  row("1005", "11111A", 6),
  row("1005", "44444", 0),
  row("1005", "55555", "NaN"),
  row("1005", "", 2, ""),
  row("C1006", "22222", -1),
  row("C1006", "22222", 1),
  row("", "22222", 5)
])
