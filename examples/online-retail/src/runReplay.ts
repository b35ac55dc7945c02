/**
 * One replay from the file to the report: read, register, replay, recompute, compare. The store is
 * the caller's; nothing here knows which one it is.
 */
import { basename } from "node:path"
import { type CheckedOn, checkCounts, checkLevels } from "./check.ts"
import { type Plan, planOf } from "./plan.ts"
import { type Screen, showProgress } from "./progress.ts"
import { readRows } from "./readRows.ts"
import { recompute } from "./recompute.ts"
import { type ReplayedOn, register, replay, type Shortage, type Tally } from "./replay.ts"
import { busiestOf, openingRule, type Report, stretchesOf } from "./report.ts"

/** What to replay and how. */
export interface ReplayOptions {
  readonly file: string
  readonly concurrency: number
  /** Invoices to replay, from the first: all of them. */
  readonly limit?: number | undefined
  /** The share of enough stock to open with, in percent: 100. */
  readonly tightPercent?: number | undefined
  /** The store's name in the report. */
  readonly store: string
  /** Where progress is drawn. */
  readonly screen: Screen
}

const timed = async <A>(task: () => Promise<A>): Promise<readonly [A, seconds: number]> => {
  const startMillis = performance.now()
  const answer = await task()
  return [answer, (performance.now() - startMillis) / 1_000]
}

const replayShown = (inventory: ReplayedOn, plan: Plan, options: ReplayOptions) => {
  const startMillis = performance.now()
  let now: Pick<Tally, "lines" | "orders"> | undefined
  const progress = showProgress(options.screen, () => ({
    linesDone: now?.lines ?? 0,
    linesTotal: plan.steps.reduce((sum, { lines }) => sum + lines.length, 0),
    ordersDone: (now?.orders.filled ?? 0) + (now?.orders.refused ?? 0),
    elapsedMillis: performance.now() - startMillis
  }))
  const seen = replay(inventory, plan, options.concurrency, (tally) => {
    now = tally
  })
  return seen.finally(progress.stop)
}

const byInvoice = (a: Shortage, b: Shortage): number =>
  a.invoice.localeCompare(b.invoice, "en", { numeric: true })

const perSecond = (count: number, seconds: number): number =>
  seconds === 0 ? 0 : Math.round((10 * count) / seconds) / 10

/** Replays a file on an inventory that has none of its SKUs, and checks what came of it. */
export const runReplay = async (
  inventory: ReplayedOn & CheckedOn,
  options: ReplayOptions
): Promise<Report> => {
  const rows = () => readRows(options.file, { invoicesMax: options.limit })
  const tightPercent = options.tightPercent ?? 100
  const plan = await planOf(rows(), tightPercent)
  if (plan.steps.length === 0) throw new Error(`${options.file} has no invoice to replay`)
  options.screen.write(`Registering ${plan.skus.length} SKUs with their opening stock\n`)
  const [, registerSeconds] = await timed(() => register(inventory, plan.skus))
  const [tally, replaySeconds] = await timed(() => replayShown(inventory, plan, options))
  options.screen.write("Recomputing every level from the file\n")
  const expected = await recompute(rows(), tightPercent)
  const levels = await checkLevels(inventory, expected.levels)
  const { filled, refused } = tally.orders
  return {
    source: {
      file: basename(options.file),
      rows: plan.rows,
      invoices: plan.invoices,
      from: plan.from,
      to: plan.to,
      respelledCodes: plan.respelled
    },
    store: options.store,
    openingStock: {
      skus: plan.skus.length,
      units: plan.skus.reduce((sum, { openingQuantity }) => sum + openingQuantity, 0),
      tightPercent,
      rule: openingRule
    },
    orders: tally.orders,
    shortages: {
      orders: refused,
      shortLines: tally.shortages.length,
      refusedUnits: tally.refused.units,
      first: tally.shortages.sort(byInvoice).slice(0, 5)
    },
    returns: tally.returns,
    adjustments: tally.adjustments,
    notStock: {
      rows: plan.notStock.reduce((sum, seen) => sum + seen.rows, 0),
      codes: plan.notStock
    },
    throughput: {
      concurrency: options.concurrency,
      registerSeconds: Math.round(registerSeconds * 1_000) / 1_000,
      replaySeconds: Math.round(replaySeconds * 1_000) / 1_000,
      ordersPerSecond: perSecond(filled + refused, replaySeconds),
      linesPerSecond: perSecond(tally.lines, replaySeconds),
      repeats: tally.repeats
    },
    busiestSkus: busiestOf(tally, plan),
    shipped: stretchesOf(tally.unitsOf, plan.from, plan.to),
    check: {
      ...levels,
      differences: [...levels.differences, ...checkCounts(tally, expected)]
    }
  }
}
