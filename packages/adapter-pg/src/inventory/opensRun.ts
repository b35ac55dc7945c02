/** Which events of a batch are in the index of runs, by which a SKU's events are found. */
import { isOfOrdering, type StockChanges } from "@holdfast/core/inventory"

/** A SKU that changes more often than this, in milliseconds, has few of its events in the index. */
const quietMillis = 4_000

/** How many versions of a SKU share one event in `events_runs`; a batch may have more. */
const versionsPerRun = 8

/**
 * Which events open a run, and so are in `events_runs`; the events that follow are found from
 * there. Every event of a location opens one, and no event of
 * an order: those are found by the order. The first event of a SKU here does, unless the SKU changed within four seconds before,
 * in the same eight versions. So a run is at most eight batches, each within four seconds of the one
 * before, and ends at the end of a batch.
 */
export const opensRun = (
  { events, updatedLevels }: Pick<StockChanges, "events" | "updatedLevels">,
  nowMillis: number
): ReadonlyArray<boolean> => {
  const lately = new Set<string>()
  for (const { level, loadedAt } of updatedLevels) {
    if (loadedAt.epochMilliseconds >= nowMillis - quietMillis) lately.add(level.skuId)
  }
  const last = new Map<string, number>()
  for (const event of events) {
    if (!isOfOrdering(event)) last.set(event.aggregateId, event.version)
  }
  const known = new Set<string>()
  return events.map((event) => {
    const { aggregateId, payload, version } = event
    if (isOfOrdering(event)) return false
    if ("location" in payload) return true
    if (known.size === known.add(aggregateId).size) return false
    const runOf = (ofVersion: number) => Math.floor(ofVersion / versionsPerRun)
    return !lately.has(aggregateId) || runOf(version - 1) !== runOf(last.get(aggregateId) ?? 0)
  })
}
