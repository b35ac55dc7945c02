/**
 * The report of a replay: one value that `--json` prints as it is, and the page that a person
 * reads. Every number of the page is in the value.
 */
import type { Checked } from "./check.ts"
import type { NotStock, Plan } from "./plan.ts"
import type { Shortage, Tally } from "./replay.ts"

/** Units that left in a day or a week; `from` is its first day. */
export interface Stretch {
  readonly from: string
  readonly units: number
}

/** The result of a replay. */
export interface Report {
  readonly source: {
    readonly file: string
    readonly rows: number
    readonly invoices: number
    readonly from: string
    readonly to: string
    /** Stock codes that the file writes in upper and in lower case; each is one SKU. */
    readonly respelledCodes: number
  }
  readonly store: string
  readonly openingStock: {
    readonly skus: number
    readonly units: number
    readonly tightPercent: number
    readonly rule: string
  }
  readonly orders: {
    readonly filled: number
    readonly refused: number
    readonly lines: number
    readonly units: number
  }
  readonly shortages: {
    readonly orders: number
    readonly shortLines: number
    readonly refusedUnits: number
    readonly first: ReadonlyArray<Shortage>
  }
  readonly returns: { readonly invoices: number; readonly lines: number; readonly units: number }
  readonly adjustments: {
    readonly taken: number
    readonly units: number
    readonly refused: number
  }
  readonly notStock: {
    readonly rows: number
    readonly codes: ReadonlyArray<NotStock>
  }
  readonly throughput: {
    readonly concurrency: number
    readonly registerSeconds: number
    readonly replaySeconds: number
    readonly ordersPerSecond: number
    readonly linesPerSecond: number
    /** Calls that were repeated because the store could not take them just then. */
    readonly repeats: number
  }
  readonly busiestSkus: ReadonlyArray<{
    readonly skuId: string
    readonly name: string
    readonly units: number
    readonly orders: number
  }>
  readonly shipped: { readonly per: "day" | "week"; readonly stretches: ReadonlyArray<Stretch> }
  readonly check: Checked
}

/** How the opening stock was made up, in words. */
export const openingRule =
  "made up, since the file has no opening stock and no deliveries: for each SKU the least with " +
  "which nothing runs short when the invoices are taken in their order"

const dayMillis = 86_400_000

/** Units by day, or by week when the period is longer than a hundred days; idle ones count zero. */
export const stretchesOf = (
  unitsOf: ReadonlyMap<string, number>,
  from: string,
  to: string
): Report["shipped"] => {
  const first = Date.parse(from)
  const days = from === "" ? 0 : Math.round((Date.parse(to) - first) / dayMillis) + 1
  const length = days > 100 ? 7 : 1
  const stretches = Array.from({ length: Math.ceil(days / length) }, (_, index) => ({
    from: new Date(first + index * length * dayMillis).toISOString().slice(0, 10),
    units: 0
  }))
  for (const [day, units] of unitsOf) {
    const stretch = stretches[Math.floor((Date.parse(day) - first) / dayMillis / length)]
    if (stretch !== undefined) stretch.units += units
  }
  return { per: length === 7 ? "week" : "day", stretches }
}

/** The ten SKUs of which the most units left. */
export const busiestOf = (tally: Tally, plan: Plan): Report["busiestSkus"] => {
  const names = new Map(plan.skus.map(({ name, skuId }) => [skuId, name]))
  return [...tally.shippedOf]
    .map(([skuId, shipped]) => ({ skuId, name: names.get(skuId) ?? skuId, ...shipped }))
    .sort((a, b) => b.units - a.units || (a.skuId < b.skuId ? -1 : 1))
    .slice(0, 10)
}

const levels = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

/** One bar for each value, by its share of the highest; a dot for none. */
export const sparkline = (values: ReadonlyArray<number>): string => {
  const highest = Math.max(1, ...values)
  return values
    .map((value) => (value <= 0 ? "·" : levels[Math.ceil((value / highest) * 8) - 1]))
    .join("")
}

const whole = (value: number): string => value.toLocaleString("en", { maximumFractionDigits: 0 })

const columns = (rows: ReadonlyArray<ReadonlyArray<string | number>>): ReadonlyArray<string> => {
  const cells = rows.map((row) =>
    row.map((cell) => (typeof cell === "number" ? whole(cell) : cell))
  )
  const widths = cells.reduce<ReadonlyArray<number>>(
    (widest, row) => row.map((cell, index) => Math.max(cell.length, widest[index] ?? 0)),
    []
  )
  return cells.map((row, line) =>
    `  ${row
      .map((cell, index) =>
        typeof rows[line]?.[index] === "number"
          ? cell.padStart(widths[index] ?? 0)
          : cell.padEnd(widths[index] ?? 0)
      )
      .join("  ")}`.trimEnd()
  )
}

const shortagesPage = ({ shortages }: Report): ReadonlyArray<string> => {
  if (shortages.orders === 0) return []
  const first = shortages.first.map(({ available, invoice, requested, skuId }) => [
    `order ${invoice}`,
    skuId,
    `wanted ${whole(requested)}`,
    `there were ${whole(available)}`
  ])
  const { orders, refusedUnits, shortLines } = shortages
  return [
    "",
    `Short: ${whole(orders)} orders for ${whole(refusedUnits)} units were refused whole, for ` +
      `${whole(shortLines)} short lines. The first:`,
    ...columns(first)
  ]
}

const notStockPage = ({ notStock }: Report): ReadonlyArray<string> =>
  notStock.rows === 0
    ? []
    : [
        "",
        `Rows that are no stock, and were not replayed: ${whole(notStock.rows)}`,
        ...columns(
          notStock.codes.map(({ code, name, reason, rows, units }) => [
            code === "" ? "(empty)" : code,
            rows,
            "rows",
            units,
            "units",
            reason,
            name
          ])
        )
      ]

const checkPage = ({ check }: Report): ReadonlyArray<string> =>
  check.differences.length === 0
    ? [
        `Check: ${whole(check.skus)} SKUs recomputed from the file, 0 differences; ` +
          `${whole(check.reconciled.agreeing)} of ${whole(check.reconciled.levels)} levels agree ` +
          "with the ledger."
      ]
    : [
        `Check: ${whole(check.differences.length)} DIFFERENCES in ${whole(check.skus)} SKUs:`,
        ...columns(
          check.differences
            .slice(0, 20)
            .map(({ actual, expected, of }) => [
              of,
              `expected ${expected ?? "no such SKU"}`,
              `found ${actual ?? "no such SKU"}`
            ])
        )
      ]

/** The report as a page of text. */
export const pageOf = (report: Report): string => {
  const { adjustments, openingStock, orders, returns, shipped, source, throughput } = report
  const peak = shipped.stretches.reduce<Stretch>((a, b) => (b.units > a.units ? b : a), {
    from: "",
    units: 0
  })
  return [
    `${source.file}: ${whole(source.rows)} rows, ${whole(source.invoices)} invoices, ` +
      `${source.from} to ${source.to}, on ${report.store}`,
    ...`Opening stock ${openingStock.rule}`.split(/(?<=:) /),
    ...(openingStock.tightPercent === 100 ? [] : [`and of that, ${openingStock.tightPercent} %`]),
    "",
    ...columns([
      ["opening", openingStock.skus, "SKUs", openingStock.units, "units"],
      [
        "orders filled",
        orders.filled,
        "orders",
        orders.units,
        `units in ${whole(orders.lines)} lines`
      ],
      ["orders refused", orders.refused, "orders", report.shortages.refusedUnits, "units"],
      [
        "returns",
        returns.invoices,
        "invoices",
        returns.units,
        `units in ${whole(returns.lines)} lines`
      ],
      ["adjustments", adjustments.taken, "lines", adjustments.units, "units written off"],
      ["  refused", adjustments.refused, "lines", "", ""]
    ]),
    ...shortagesPage(report),
    "",
    `Units shipped per ${shipped.per}, ${source.from} to ${source.to}; the most from ` +
      `${peak.from}: ${whole(peak.units)}`,
    `  ${sparkline(shipped.stretches.map(({ units }) => units))}`,
    "",
    "Busiest SKUs",
    ...columns(
      report.busiestSkus.map(({ name, orders: count, skuId, units }) => [
        skuId,
        units,
        "units",
        count,
        "orders",
        name
      ])
    ),
    ...notStockPage(report),
    "",
    `Throughput: ${whole(throughput.ordersPerSecond)} orders/s, ` +
      `${whole(throughput.linesPerSecond)} lines/s, ${throughput.concurrency} invoices at a time, ` +
      `${throughput.replaySeconds.toFixed(1)} s (and ${throughput.registerSeconds.toFixed(1)} s to ` +
      `register the SKUs)`,
    ...(throughput.repeats === 0
      ? []
      : [
          `${whole(throughput.repeats)} calls were repeated: the store could not take them at once.`
        ]),
    "",
    ...checkPage(report),
    ""
  ].join("\n")
}
