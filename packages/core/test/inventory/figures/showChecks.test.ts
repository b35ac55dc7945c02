/** What metrics say about checks of stock, when engines are closed and opened in one process. */
import { expect, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as TestClock from "effect/testing/TestClock"
import { beginCheck, endCheck } from "../../../src/inventory/services/figures/checkPage.ts"
import { showChecks } from "../../../src/inventory/services/figures/showChecks.ts"

const age = Effect.map(Metric.snapshot, (all) =>
  all
    .filter(({ id }) => id === "holdfast_inventory_checked_age_seconds")
    .map(({ state }) => (state as Metric.GaugeState<number>).value)
)

it.effect("the age of the last check is that of the engine that is open, and of no other", () =>
  Effect.gen(function* () {
    const shown = Effect.scoped(
      Effect.gen(function* () {
        const show = yield* showChecks
        const now = yield* DateTime.now
        show(endCheck(beginCheck(now), now))
        yield* TestClock.adjust("1 minute")
        return yield* age
      })
    )
    expect(yield* shown).toEqual([60])
    expect(yield* age).toEqual([])
    expect(yield* shown).toEqual([60])
  }).pipe(Effect.provideService(Metric.MetricRegistry, new Map()))
)
