/**
 * What the rows of the file mean to a warehouse: orders, returns and adjustments in the order in
 * which they were written down, the SKUs they touch, and the rows that are no stock at all. Every row
 * ends up in exactly one of them.
 *
 * An invoice is one order. An invoice whose number begins with C is a return. A negative line of any
 * other invoice is an adjustment of its own. A stock code is five digits and up to two letters,
 * whose case does not matter (the file has 15056BL and 15056bl for one parasol): the upper-cased
 * code is the SKU.
 */
import type { Row } from "./readRows.ts"

/** One line of an invoice. `lineId` counts the rows of the invoice from 1; `quantity` is above 0. */
export interface Line {
  readonly lineId: string
  readonly skuId: string
  readonly quantity: number
  readonly description: string
}

/** Something that happened to the stock, as one invoice tells it. */
export interface Step {
  readonly kind: "order" | "return" | "adjustment"
  readonly invoice: string
  readonly day: string
  readonly lines: ReadonlyArray<Line>
}

/** A SKU of the file, with the stock that it opens with. */
export interface PlannedSku {
  readonly skuId: string
  readonly name: string
  readonly openingQuantity: number
}

/** Why a row is no stock. */
export type NotStockReason =
  | "no stock code"
  | "no invoice number"
  | "no whole quantity"
  | "a return above zero"

/** Rows that are no stock, by their code and the reason. `units` is their sum, signed. */
export interface NotStock {
  readonly code: string
  readonly name: string
  readonly reason: NotStockReason
  readonly rows: number
  readonly units: number
}

/** The file as a warehouse reads it. */
export interface Plan {
  readonly rows: number
  readonly invoices: number
  readonly from: string
  readonly to: string
  /** Stock codes that are written in more than one way. */
  readonly respelled: number
  readonly steps: ReadonlyArray<Step>
  readonly skus: ReadonlyArray<PlannedSku>
  readonly notStock: ReadonlyArray<NotStock>
}

/** The most units that one line of one command may name. */
const quantityMax = 1_000_000_000

const notStockReason = (row: Row): NotStockReason | undefined => {
  if (!/^\d{5}[A-Z]{0,2}$/i.test(row.code)) return "no stock code"
  if (row.invoice === "") return "no invoice number"
  if (!(Math.abs(row.quantity) <= quantityMax) || row.quantity === 0) return "no whole quantity"
  return isReturn(row.invoice) && row.quantity > 0 ? "a return above zero" : undefined
}

const isReturn = (invoice: string): boolean => /^C/i.test(invoice)

const kindOf = (row: Row): Step["kind"] => {
  if (isReturn(row.invoice)) return "return"
  return row.quantity < 0 ? "adjustment" : "order"
}

/** Counts how often each name was seen, to find the one most used. */
class Names {
  private readonly counts = new Map<string, number>()

  add(name: string): void {
    if (name !== "") this.counts.set(name, (this.counts.get(name) ?? 0) + 1)
  }

  mostUsed(otherwise: string): string {
    let best: readonly [string, number] = [otherwise, 0]
    for (const entry of this.counts) if (entry[1] > best[1]) best = entry
    return best[0]
  }
}

interface Known {
  readonly names: Names
  readonly spellings: Set<string>
  balance: number
  lowest: number
}

/**
 * Reads the rows into a plan. The file knows no opening stock, so it is made up: the least with
 * which nothing runs short when the invoices are replayed in their order, and of that
 * `tightPercent`, rounded down.
 */
export const planOf = async (rows: AsyncIterable<Row>, tightPercent = 100): Promise<Plan> => {
  const invoices = new Map<string, Map<Step["kind"], Step & { readonly lines: Array<Line> }>>()
  const known = new Map<string, Known>()
  const notStock = new Map<string, NotStock & { rows: number; units: number; names: Names }>()
  const rowsOf = new Map<string, number>()
  let [count, from, to] = [0, "", ""]

  for await (const row of rows) {
    count += 1
    if (row.day !== "" && (from === "" || row.day < from)) from = row.day
    if (row.day > to) to = row.day
    const place = (rowsOf.get(row.invoice) ?? 0) + 1
    rowsOf.set(row.invoice, place)
    const reason = notStockReason(row)
    if (reason !== undefined) {
      const key = `${row.code}\n${reason}`
      const seen = notStock.get(key) ?? { ...none(row.code, reason), names: new Names() }
      seen.rows += 1
      seen.units += Number.isNaN(row.quantity) ? 0 : row.quantity
      seen.names.add(row.description)
      notStock.set(key, seen)
      continue
    }
    const { day, description, invoice } = row
    const skuId = row.code.toUpperCase()
    const kind = kindOf(row)
    const stepsOf = invoices.get(invoice) ?? new Map()
    invoices.set(invoice, stepsOf)
    const step = stepsOf.get(kind) ?? { kind, invoice, day, lines: [] }
    stepsOf.set(kind, step)
    const quantity = Math.abs(row.quantity)
    step.lines.push({ lineId: String(place), skuId, quantity, description })
    const sku = known.get(skuId) ?? unseen()
    known.set(skuId, sku)
    sku.spellings.add(row.code)
    if (kind === "order") sku.names.add(description)
  }

  // An invoice that is not in one piece counts where it began: its order first, whole.
  const steps = [...invoices.values()].flatMap((stepsOf) =>
    (["return", "order", "adjustment"] as const).flatMap((kind) => stepsOf.get(kind) ?? [])
  )
  return {
    rows: count,
    invoices: rowsOf.size,
    from,
    to,
    respelled: [...known.values()].filter(({ spellings }) => spellings.size > 1).length,
    steps,
    skus: openedWith(steps, known, tightPercent),
    notStock: [...notStock.values()]
      .map(({ names, ...seen }) => ({ ...seen, name: names.mostUsed("") }))
      .sort((a, b) => b.rows - a.rows || (a.code < b.code ? -1 : 1))
  }
}

const none = (code: string, reason: NotStockReason) => ({
  code,
  name: "",
  reason,
  rows: 0,
  units: 0
})

const unseen = (): Known => ({
  names: new Names(),
  spellings: new Set(),
  balance: 0,
  lowest: 0
})

const openedWith = (
  steps: Iterable<Step>,
  known: ReadonlyMap<string, Known>,
  tightPercent: number
): ReadonlyArray<PlannedSku> => {
  for (const { kind, lines } of steps) {
    for (const { quantity, skuId } of lines) {
      const sku = known.get(skuId)
      if (sku === undefined) continue
      sku.balance += kind === "return" ? quantity : -quantity
      sku.lowest = Math.min(sku.lowest, sku.balance)
    }
  }
  return [...known].map(([skuId, { lowest, names }]) => ({
    skuId,
    name: names.mostUsed(skuId),
    openingQuantity: Math.floor((Math.abs(lowest) * tightPercent) / 100)
  }))
}
