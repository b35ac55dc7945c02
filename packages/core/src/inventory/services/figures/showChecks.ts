/** What the last check of stock found, as metrics. Before the first check there are none. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { gauge } from "../../../metrics/Meter.ts"
import type { StockCheck } from "../../messages/InventoryQuery.ts"

const accuracies = gauge(
  "holdfast_inventory_accuracy_ratio",
  "The share of levels that agreed with their ledger and open holds in the last check, 0 to 1"
)

const drifts = gauge(
  "holdfast_inventory_drift_units",
  "Units of totals and of holds by which levels disagreed in the last check, without sign",
  { unit: "units" }
)

const ages = gauge("holdfast_inventory_checked_age_seconds", "How long ago the last check ended", {
  unit: "seconds"
})

const soldOut = gauge(
  "holdfast_skus_sold_out",
  "SKUs in use of which no unit was available in the last check"
)

const covers = gauge(
  "holdfast_low_stock_cover_days",
  "SKUs in low stock by the days that they last, up to so many and above the bound before; by the last check",
  { labels: ["up_to"], seriesMax: 6 }
)

/** Shows metrics what the last check found, and how old it is until the scope closes. */
export const showChecks = Effect.gen(function* () {
  const context = yield* Effect.context<never>()
  const clock = yield* Clock.Clock
  let finishedAtMillis: number | undefined
  let stop = () => undefined as void
  yield* Effect.addFinalizer(() => Effect.sync(() => stop()))
  return (last: StockCheck | null): void => {
    if (last === null) return
    accuracies.in(context).with().set(last.accuracy)
    drifts
      .in(context)
      .with()
      .set(last.totalDrift + last.reservedDrift)
    soldOut.in(context).with().set(last.soldOutSkus)
    for (const { daysUpTo, skus } of last.cover) {
      covers
        .in(context)
        .with(daysUpTo === null ? "more" : String(daysUpTo))
        .set(skus)
    }
    if (finishedAtMillis === undefined) {
      stop = ages
        .in(context)
        .reading(
          () => Math.max(0, clock.currentTimeMillisUnsafe() - (finishedAtMillis ?? 0)) / 1_000
        )
    }
    finishedAtMillis = last.finishedAt.epochMilliseconds
  }
})
