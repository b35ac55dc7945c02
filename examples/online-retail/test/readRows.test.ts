/** Reading the retailer's file: what a row holds, plain or gzipped, and what is no such file. */
import { gzipSync } from "node:zlib"
import { expect, it } from "vitest"
import { type ReadOptions, type Row, readRows } from "../src/readRows.ts"
import { csvOf, everyKind, fileOf, header, row } from "./rows.ts"

const rowsOf = async (path: string, options?: ReadOptions): Promise<Array<Row>> => {
  const rows: Array<Row> = []
  for await (const read of readRows(path, options)) rows.push(read)
  return rows
}

it("reads quoted fields with commas, quotes and line breaks", async () => {
  const path = csvOf([row("1", "11111", 2, 'a ""red"", or\nblue, heart')])
  expect(await rowsOf(path)).toEqual([
    {
      number: 1,
      invoice: "1",
      code: "11111",
      description: 'a "red", or\nblue, heart',
      quantity: 2,
      day: "2010-12-01"
    }
  ])
})

it("reads the same rows from a gzipped file, whatever its name", async () => {
  const text = [header, row("1", "11111", 2), row("2", "22222", -3), ""].join("\r\n")
  const plain = await rowsOf(fileOf(`\ufeff${text}`))
  expect(plain.map(({ quantity }) => quantity)).toEqual([2, -3])
  expect(await rowsOf(fileOf(gzipSync(text), "retail.data"))).toEqual(plain)
})

it("takes columns in any order", async () => {
  const text = "Quantity,Description,StockCode,InvoiceDate,InvoiceNo\n4,x,11111,2011-01-02,9\n"
  expect(await rowsOf(fileOf(text))).toEqual([
    { number: 1, invoice: "9", code: "11111", description: "x", quantity: 4, day: "2011-01-02" }
  ])
})

it("says that a quantity is no whole number instead of guessing one", async () => {
  const quantities = ["1.5", "", "1e3", "0x10", "four", "-12"]
  const rows = await rowsOf(csvOf(quantities.map((quantity) => row("1", "11111", quantity))))
  const { NaN: none } = Number
  expect(rows.map(({ quantity }) => quantity)).toEqual([none, none, none, none, none, -12])
})

it("stops after as many invoices as were asked for", async () => {
  const rows = await rowsOf(everyKind, { invoicesMax: 2 })
  expect(rows.map(({ invoice }) => invoice)).toEqual(["1001", "1001", "1001", "1001", "1002"])
})

it("names the file and what is wrong with it", async () => {
  const lacking = fileOf("InvoiceNo,StockCode\n1,2\n")
  const why = "the header lacks Description, Quantity, InvoiceDate"
  await expect(rowsOf(lacking)).rejects.toThrow(`${lacking} cannot be read: ${why}`)
  const broken = csvOf([row("1", "11111", 2), "1,2,3"])
  await expect(rowsOf(broken)).rejects.toThrow(/on line 3/)
  const torn = fileOf(gzipSync(`${header}\n${row("1", "11111", 2)}\n`).subarray(0, 60))
  await expect(rowsOf(torn)).rejects.toThrow(`${torn} cannot be read`)
})
