/**
 * Writes while a primary is lost: what their callers meet, and what of the acknowledged is there afterwards. Every
 * write has a key, and is repeated under it until it is answered. Its reference is in the ledger, once, if it took
 * effect.
 */
import { setTimeout as pause } from "node:timers/promises"
import { HoldfastError } from "@holdfast/core"
import { runOn } from "@holdfast/test-servers"
import type { createInventory } from "../../../src/index.ts"

/** What came of it. */
export interface FailoverReport {
  readonly writes: number
  /** Writes that were answered, and those among them that were before the standby took over. */
  readonly acknowledged: number
  readonly acknowledgedBefore: number
  /** Acknowledged, and not on the new primary. */
  readonly lost: number
  /** Of those, acknowledged by the new primary. */
  readonly lostAfter: number
  /** How long before the loss the first of them was acknowledged, in milliseconds; 0 when none is lost. */
  readonly lostMillis: number
  /** In the ledger more than once. */
  readonly twice: number
  /** Not acknowledged to the end. */
  readonly unanswered: number
  /** How often a try failed, by its code; and what failed that no caller may simply repeat. */
  readonly failures: ReadonlyMap<string, number>
  readonly notRetryable: number
  /** The longest time in which no write was acknowledged. */
  readonly outageMillis: number
  readonly slowestMillis: number
  /** The longest time until a single try was answered, in whatever way. */
  readonly slowestTryMillis: number
  /** Whether each total is what the ledger of the new primary says. */
  readonly isConsistent: boolean
}

/** The SKUs that are written to. */
export const skuIds: ReadonlyArray<string> = Array.from({ length: 20 }, (_, n) => `sku-${n}`)

const retryable = new Set(["Unavailable", "OutcomeUnknown", "Busy", "TimedOut", "Overloaded"])

interface Written {
  readonly reference: string
  readonly acknowledgedAt: number | undefined
  readonly tookMillis: number
}

/** What a load came to. */
export interface LoadOutcome {
  readonly written: ReadonlyArray<Written>
  readonly failures: ReadonlyMap<string, number>
  readonly notRetryable: number
  readonly slowestTryMillis: number
}

type Inventory = Awaited<ReturnType<typeof createInventory>>

/** How a load is written. */
export interface WritesOptions {
  readonly writesPerSecond: number
  /** Begins the references of this load. */
  readonly name?: string
  /** How long a write is repeated, in milliseconds. */
  readonly repeatMillisMax?: number
}

/** Writes at a steady rate, whatever becomes of the writes before. */
export const startWrites = (
  inventory: Inventory,
  { name = "write", repeatMillisMax = 20_000, writesPerSecond }: WritesOptions
): { readonly stop: () => Promise<LoadOutcome> } => {
  const failures = new Map<string, number>()
  let notRetryable = 0
  let slowestTryMillis = 0
  const writes: Array<Promise<Written>> = []
  const write = async (n: number): Promise<Written> => {
    const reference = `${name}-${n}`
    const startedAt = performance.now()
    while (performance.now() - startedAt < repeatMillisMax) {
      const triedAt = performance.now()
      try {
        await inventory.receive(
          { skuId: skuIds[n % skuIds.length] as string, quantity: 1, reference },
          { idempotencyKey: reference }
        )
        const acknowledgedAt = performance.now()
        return { reference, acknowledgedAt, tookMillis: acknowledgedAt - startedAt }
      } catch (error) {
        const code = error instanceof HoldfastError ? error.code : String(error)
        failures.set(code, (failures.get(code) ?? 0) + 1)
        if (!retryable.has(code)) notRetryable += 1
        await pause(100)
      } finally {
        slowestTryMillis = Math.max(slowestTryMillis, performance.now() - triedAt)
      }
    }
    return { reference, acknowledgedAt: undefined, tookMillis: performance.now() - startedAt }
  }
  const startedAt = performance.now()
  const timer = setInterval(() => {
    const due = ((performance.now() - startedAt) * writesPerSecond) / 1_000
    while (writes.length < due) writes.push(write(writes.length))
  }, 5)
  return {
    stop: async () => {
      clearInterval(timer)
      const written = await Promise.all(writes)
      return { written, failures, notRetryable, slowestTryMillis: Math.round(slowestTryMillis) }
    }
  }
}

/** The number that a statement calls `n`. */
export const numberOf = async (url: string, sql: string): Promise<number> =>
  Number((await runOn(url, sql))[0]?.["n"])

/** What the new primary has. */
const ledgerOf = async (url: string, name: string) => {
  const rows = await runOn(
    url,
    `select reference, count(*)::int as times from inventory.stock_movements
     where reference like '${name}-%' group by reference`
  )
  const drift = await numberOf(
    url,
    `select count(*)::int as n from inventory.inventory i where total_quantity <> (
       select coalesce(sum(m.quantity), 0) from inventory.stock_movements m
       where m.sku_id = i.sku_id and m.location_id = i.location_id)`
  )
  return {
    times: new Map(rows.map((row) => [String(row["reference"]), Number(row["times"])])),
    isConsistent: drift === 0
  }
}

/** Compares what was acknowledged with what the new primary has; `lostAt` is when the old one went. */
export const reportOf = async (
  { failures, notRetryable, slowestTryMillis, written }: LoadOutcome,
  place: { readonly url: string; readonly name?: string; readonly lostAt: number }
): Promise<FailoverReport> => {
  const { lostAt, name = "write", url } = place
  const { isConsistent, times } = await ledgerOf(url, name)
  const acknowledged = written.filter((one) => one.acknowledgedAt !== undefined)
  const before = acknowledged.filter(({ acknowledgedAt = 0 }) => acknowledgedAt < lostAt)
  const after = acknowledged.filter(({ acknowledgedAt = 0 }) => acknowledgedAt >= lostAt)
  const isLost = ({ reference }: Written) => !times.has(reference)
  const lost = acknowledged.filter(isLost)
  const firstLost = Math.min(lostAt, ...lost.map(({ acknowledgedAt = lostAt }) => acknowledgedAt))
  const instants = acknowledged
    .map(({ acknowledgedAt = 0 }) => acknowledgedAt)
    .sort((a, b) => a - b)
  const gaps = instants.map((at, n) => at - (instants[n - 1] ?? at))
  return {
    writes: written.length,
    acknowledged: acknowledged.length,
    acknowledgedBefore: before.length,
    lost: lost.length,
    lostAfter: after.filter(isLost).length,
    lostMillis: Math.round(lostAt - firstLost),
    twice: [...times.values()].filter((count) => count > 1).length,
    unanswered: written.length - acknowledged.length,
    failures,
    notRetryable,
    outageMillis: Math.round(Math.max(...gaps)),
    slowestMillis: Math.round(Math.max(...written.map(({ tookMillis }) => tookMillis))),
    slowestTryMillis,
    isConsistent
  }
}

/** What a report says, for a line of a drill. */
export const wordsOf = (it: FailoverReport): string => {
  const failures = [...it.failures].map(([code, count]) => `${count} × ${code}`).join(", ")
  return (
    `${it.writes} writes, ${it.acknowledged} acknowledged ` +
    `(${it.acknowledgedBefore} before), ${it.lost} of them lost, ${it.twice} twice, ` +
    `${it.unanswered} unanswered; tries that failed: ${failures === "" ? "none" : failures}; ` +
    `no write for ${it.outageMillis} ms, the slowest took ${it.slowestMillis} ms; ` +
    `ledger and totals ${it.isConsistent ? "agree" : "DISAGREE"}`
  )
}
