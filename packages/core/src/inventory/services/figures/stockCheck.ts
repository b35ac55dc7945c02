/**
 * SERVICE. The check of stock: every level beside its ledger and its open holds, again and again, in the
 * background and by small pages. One process does it at a time, by a lease; when it ends in the middle,
 * another goes on where it was. It changes no stock: what it finds is kept, is in the report of
 * accuracy and in metrics, and is logged when stock and ledger disagree.
 */
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { CommandIds } from "../../../engine/CommandIds.ts"
import type { StoreError } from "../../../kernel/StoreError.ts"
import { steadyMillisNow } from "../../../metrics/steadyMillis.ts"
import type { KeptChecks, StockCheck } from "../../messages/InventoryQuery.ts"
import { StockReads } from "../../ports/StockReads.ts"
import { StockStore } from "../../ports/StockStore.ts"
import { layerSweeping } from "../sweeping.ts"
import { beginCheck, checkPage, endCheck } from "./checkPage.ts"
import { showChecks } from "./showChecks.ts"

/** How often stock is checked. */
export interface StockCheckOptions {
  /** The pause between two checks, and before the first at most 10 seconds: 1 minute. */
  readonly interval?: Duration.Input | undefined
}

/** How long a process may be silent in the middle of a check before another goes on with it. */
const leaseMillis = 30_000

/** The least pause between two pages. A page takes at most a tenth of the time. */
const pauseMillisMin = 50

const firstAfterMillis = 10_000

const warnOfDrift = ({ agreeing, drifted, levels, reservedDrift, totalDrift }: StockCheck) =>
  Effect.annotateLogs(Effect.logWarning("stock does not agree with its ledger"), {
    levels,
    disagreeing: levels - agreeing,
    totalDrift,
    reservedDrift,
    first: drifted[0] === undefined ? "" : `${drifted[0].skuId} at ${drifted[0].locationId}`
  })

/**
 * Goes on with the check that is kept, or begins one, and compares page after page until the last. What is
 * kept after it; null when another process has the check.
 */
export const checkStock = Effect.fnUntraced(function* (
  owner: string,
  intervalMillis = 0
): Effect.fn.Return<KeptChecks | null, StoreError, StockReads | StockStore> {
  const reads = yield* StockReads
  const { figures } = yield* StockStore
  const taken = yield* figures.takeCheck(owner, leaseMillis)
  if (taken === null) return null
  const giveBack = (kept: KeptChecks) => Effect.ignore(figures.saveCheck(owner, kept, 0))
  const now = yield* DateTime.now
  const { last } = taken
  // Another process may have made a check a moment ago.
  if (taken.underWay === null && last !== null) {
    const sinceMillis = now.epochMilliseconds - last.finishedAt.epochMilliseconds
    if (sinceMillis >= 0 && sinceMillis < intervalMillis / 2) {
      yield* giveBack(taken)
      return taken
    }
  }
  let progress = taken.underWay ?? beginCheck(now)
  const pages: Effect.Effect<KeptChecks | null, StoreError> = Effect.gen(function* () {
    while (true) {
      const begunAt = yield* steadyMillisNow
      const page = yield* checkPage(reads, progress)
      progress = page.progress
      if (page.isEnd) {
        const check = endCheck(progress, yield* DateTime.now)
        const kept = { last: check, underWay: null }
        if (!(yield* figures.saveCheck(owner, kept, 0))) return null
        if (check.agreeing < check.levels) yield* warnOfDrift(check)
        return kept
      }
      // A slow page is followed by a pause that may be longer than the lease, which must outlast it.
      const pauseMillis = Math.max(pauseMillisMin, 9 * ((yield* steadyMillisNow) - begunAt))
      const kept = { last, underWay: progress }
      if (!(yield* figures.saveCheck(owner, kept, pauseMillis + leaseMillis))) return null
      yield* Effect.sleep(pauseMillis)
    }
  })
  // A process that stops does not keep the next one waiting for the end of its lease.
  return yield* Effect.onInterrupt(pages, () => giveBack({ last, underWay: progress }))
})

/** Checks stock every `interval` for as long as the layer lives, and tells metrics what was found. */
export const layerStockCheck = ({
  interval = Duration.minutes(1)
}: StockCheckOptions = {}): Layer.Layer<never, never, StockReads | StockStore> =>
  Layer.unwrap(
    Effect.gen(function* () {
      const owner = (yield* CommandIds).next()
      const { checks } = yield* StockReads
      const show = yield* showChecks
      const intervalMillis = Duration.toMillis(interval)
      // Each process tells what was found last, whichever of them found it.
      const turn = Effect.flatMap(checkStock(owner, intervalMillis), (kept) =>
        kept === null ? checks : Effect.succeed(kept)
      )
      return layerSweeping(() => Effect.map(turn, ({ last }) => show(last)), {
        interval,
        delay: Math.min(intervalMillis, firstAfterMillis),
        whenFailing: "stock cannot be checked against its ledger; it is tried again",
        whenBack: "stock can be checked against its ledger again"
      })
    })
  )
