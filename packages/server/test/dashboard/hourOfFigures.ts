/** An hour of a shop in made-up metrics, sampled by the dashboard under a clock that tests move. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import { type AnswerDashboard, makeDashboard, sampleMillis } from "../../src/dashboard/Dashboard.ts"
import { type DashboardList, DashboardLists } from "../../src/dashboard/DashboardLists.ts"

/** When the hour begins, in milliseconds since 1970. */
export const beginning = Date.UTC(2026, 0, 5, 9)

/** What goes wrong in the hour. */
export interface Trouble {
  /** Units by which the ledger and the levels differ at the end. */
  readonly drift?: number
  readonly lists?: ReadonlyArray<DashboardList>
  /** How many samples are taken; an hour of them unless given. */
  readonly samples?: number
}

const counter = (name: string, attributes: Record<string, string> = {}) =>
  Metric.counter(name, { attributes, incremental: true })

const durations = Metric.histogram("holdfast_http_request_duration_seconds", {
  attributes: { method: "POST", route: "/api/inventory/reservations" },
  boundaries: [0.005, 0.01, 0.025, 0.1]
})

/** What happens in five seconds: 50 requests, one of them slow. */
const fiveSeconds = (number: number, { drift = 0 }: Trouble) =>
  Effect.gen(function* () {
    const busy = 25 + Math.round(25 * Math.sin(number / 40) ** 2)
    yield* Metric.update(counter("holdfast_http_requests_total", { status: "201" }), busy)
    for (let request = 0; request < busy; request += 1) {
      yield* Metric.update(durations, request === 0 ? 0.08 : 0.004)
    }
    yield* Metric.update(counter("holdfast_refusals_total", { refusal: "InsufficientStock" }), 2)
    yield* Metric.update(counter("holdfast_reservations_total", { outcome: "made" }), busy - 5)
    yield* Metric.update(counter("holdfast_reservations_total", { outcome: "confirmed" }), 12)
    yield* Metric.update(Metric.gauge("holdfast_skus_sold_out"), Math.floor(number / 100))
    yield* Metric.update(Metric.gauge("holdfast_inventory_accuracy_ratio"), drift === 0 ? 1 : 0.998)
    yield* Metric.update(Metric.gauge("holdfast_inventory_drift_units"), drift)
    yield* Metric.update(
      Metric.gauge("holdfast_relay_lag_seconds", { attributes: { cursor: "kafka" } }),
      0.4
    )
    yield* TestClock.adjust(sampleMillis)
  })

/** What the dashboard answers after such an hour. */
export const hourOfFigures = (trouble: Trouble = {}): Promise<AnswerDashboard> =>
  Effect.gen(function* () {
    yield* TestClock.setTime(beginning)
    const lists = new DashboardLists()
    const answer = yield* makeDashboard({ version: "1.2.3", lists })
    yield* Effect.forEach(trouble.lists ?? [], (list) => lists.show(list))
    for (let number = 0; number < (trouble.samples ?? 720); number += 1) {
      yield* fiveSeconds(number, trouble)
    }
    return answer
  }).pipe(
    // The scope stays open: the page is asked for afterwards.
    Effect.provideService(Scope.Scope, Scope.makeUnsafe()),
    Effect.provideContext(Context.make(Metric.MetricRegistry, new Map())),
    Effect.provide(TestClock.layer()),
    Effect.runPromise
  )
