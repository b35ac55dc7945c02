/**
 * What every level must be in the end, worked out from the file alone. It knows nothing of Holdfast or
 * of the replay: it reads the rows again and keeps its own books, by its own reading of the rules.
 *
 * The rules. A row is stock when its code is five digits and at most two letters, its quantity a
 * whole number that is not zero (and not above a thousand million), and its invoice has a number;
 * upper and lower case are one code. Invoices count in the order in which they first appear, and
 * what an invoice orders counts before what it writes off. C invoices bring units back, always. An order takes all that it asks of every code, or nothing.
 * Each other negative line takes its units away, or nothing when fewer are there.
 * Opening stock: for every code the deepest debt that the file would run up with no stock at all,
 * of which `tightPercent` is there, without fractions.
 */
import type { Row } from "./readRows.ts"

/** What the rows of the file add up to. */
export interface Recomputed {
  /** Units left of each code. */
  readonly levels: ReadonlyMap<string, number>
  readonly ordersFilled: number
  readonly ordersRefused: number
  readonly unitsShipped: number
  readonly adjustmentsRefused: number
}

interface Invoice {
  /** Units that came back, by code. */
  readonly back: Map<string, number>
  /** Units that the order wants, by code. */
  readonly wanted: Map<string, number>
  /** Units taken away, line by line. */
  readonly written: Array<readonly [code: string, units: number]>
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

const articleOf = (code: string): string | undefined => {
  const [digits, letters] = [code.slice(0, 5), code.slice(5)]
  const isNumbered =
    digits.length === 5 && [...digits].every((digit) => "0123456789".includes(digit))
  const isLettered =
    letters.length <= 2 && [...letters].every((letter) => alphabet.includes(letter))
  return isNumbered && isLettered ? digits + letters.toUpperCase() : undefined
}

const add = (units: Map<string, number>, code: string, more: number): void => {
  units.set(code, (units.get(code) ?? 0) + more)
}

const enter = (invoice: Invoice, isReturn: boolean, code: string, quantity: number): void => {
  if (isReturn) {
    if (quantity < 0) add(invoice.back, code, -quantity)
  } else if (quantity > 0) add(invoice.wanted, code, quantity)
  else invoice.written.push([code, -quantity])
}

/** Works out every level from the rows. */
export const recompute = async (
  rows: AsyncIterable<Row>,
  tightPercent = 100
): Promise<Recomputed> => {
  const invoices = new Map<string, Invoice>()
  const debts = new Map<string, { owed: number; deepest: number }>()

  for await (const row of rows) {
    const code = articleOf(row.code)
    const { quantity } = row
    const isCounted = Number.isInteger(quantity) && quantity !== 0 && Math.abs(quantity) <= 1e9
    if (code === undefined || row.invoice === "" || !isCounted) continue
    const isReturn = row.invoice.startsWith("C") || row.invoice.startsWith("c")
    if (isReturn && quantity > 0) continue
    const invoice = invoices.get(row.invoice) ?? {
      back: new Map(),
      wanted: new Map(),
      written: []
    }
    invoices.set(row.invoice, invoice)
    enter(invoice, isReturn, code, quantity)
    if (!debts.has(code)) debts.set(code, { owed: 0, deepest: 0 })
  }

  const owe = (code: string, units: number) => {
    const debt = debts.get(code) ?? { owed: 0, deepest: 0 }
    debt.owed += units
    debt.deepest = Math.max(debt.deepest, debt.owed)
  }
  for (const { back, wanted, written } of invoices.values()) {
    for (const [code, units] of back) owe(code, -units)
    for (const [code, units] of wanted) owe(code, units)
    for (const [code, units] of written) owe(code, units)
  }
  const levels = new Map<string, number>()
  for (const [code, { deepest }] of debts) {
    levels.set(code, (deepest * tightPercent - ((deepest * tightPercent) % 100)) / 100)
  }

  const counts = { ordersFilled: 0, ordersRefused: 0, unitsShipped: 0, adjustmentsRefused: 0 }
  const has = (code: string, units: number) => (levels.get(code) ?? 0) >= units
  for (const { back, wanted, written } of invoices.values()) {
    for (const [code, units] of back) add(levels, code, units)
    if (wanted.size > 0) {
      if ([...wanted].every(([code, units]) => has(code, units))) {
        counts.ordersFilled += 1
        for (const [code, units] of wanted) {
          add(levels, code, -units)
          counts.unitsShipped += units
        }
      } else counts.ordersRefused += 1
    }
    for (const [code, units] of written) {
      if (has(code, units)) add(levels, code, -units)
      else counts.adjustmentsRefused += 1
    }
  }
  return { levels, ...counts }
}
