/**
 * Reads the retailer's file: CSV, plain or gzipped, streamed row by row. It says what a row holds
 * and nothing of what a row means; the replay and the recomputation each decide that for themselves,
 * and this module is the only one that they share.
 */
import { createReadStream } from "node:fs"
import { open } from "node:fs/promises"
import { pipeline } from "node:stream"
import { createGunzip } from "node:zlib"
import { parse } from "csv-parse"

/** One row of the file. `quantity` is NaN when the file has no whole number there. */
export interface Row {
  /** Counts the rows below the header from 1. */
  readonly number: number
  readonly invoice: string
  readonly code: string
  readonly description: string
  readonly quantity: number
  /** The day of the invoice, `2010-12-01`; empty when the file has none. */
  readonly day: string
}

/** The options of a reader. */
export interface ReadOptions {
  /** Stop before the invoice after this many: all of them. */
  readonly invoicesMax?: number | undefined
}

const needed = ["InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate"] as const
type Record = { readonly [Column in (typeof needed)[number]]: string }

const withColumns = (header: ReadonlyArray<string>): Array<string> => {
  const missing = needed.filter((column) => !header.includes(column))
  if (missing.length > 0) throw new Error(`the header lacks ${missing.join(", ")}`)
  return [...header]
}

const isGzipped = async (path: string): Promise<boolean> => {
  await using file = await open(path)
  const { buffer } = await file.read(Buffer.alloc(2), 0, 2, 0)
  return buffer[0] === 0x1f && buffer[1] === 0x8b
}

const asRow = (record: Record, number: number): Row => {
  const quantity = record.Quantity.trim()
  return {
    number,
    invoice: record.InvoiceNo.trim(),
    code: record.StockCode.trim(),
    description: record.Description.trim(),
    quantity: /^-?\d+$/.test(quantity) ? Number(quantity) : Number.NaN,
    day: /^\d{4}-\d\d-\d\d/.exec(record.InvoiceDate)?.[0] ?? ""
  }
}

/** The rows of a file, in its order. Fails with the file and the line when that is no such CSV. */
export async function* readRows(path: string, options: ReadOptions = {}): AsyncGenerator<Row> {
  const parser = parse({ bom: true, columns: withColumns, skip_empty_lines: true })
  const source = createReadStream(path, { highWaterMark: 1 << 18 })
  // What goes wrong on the way ends the parser, and so the loop below.
  const failed = () => undefined
  if (await isGzipped(path)) pipeline(source, createGunzip(), parser, failed)
  else pipeline(source, parser, failed)
  const invoices = new Set<string>()
  const invoicesMax = options.invoicesMax ?? Number.POSITIVE_INFINITY
  let number = 0
  try {
    for await (const record of parser as AsyncIterable<Record>) {
      number += 1
      const row = asRow(record, number)
      invoices.add(row.invoice)
      if (invoices.size > invoicesMax) return
      yield row
    }
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`${path} cannot be read: ${why}`, { cause })
  }
}
