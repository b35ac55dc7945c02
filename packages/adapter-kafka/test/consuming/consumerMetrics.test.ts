import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as PrometheusMetrics from "effect/observability/PrometheusMetrics"
import { expect, it } from "vitest"
import { showConsumer } from "../../src/consuming/consumerMetrics.ts"

it("a consumer shows its lag as last known, and its dead letters, until it ends", () => {
  const context = Context.make(Metric.MetricRegistry, new Map()) as Context.Context<never>
  const text = () => PrometheusMetrics.formatUnsafe(context)
  let status: { lag: number | null; deadLettered: number } = { lag: null, deadLettered: 0 }
  const look = Effect.gen(function* () {
    yield* showConsumer("orders", () => status)
    expect(text()).toContain('holdfast_consumer_lag_events{group="orders"} 0')
    status = { lag: 7, deadLettered: 2 }
    expect(text()).toContain('holdfast_consumer_lag_events{group="orders"} 7')
    status = { lag: null, deadLettered: 2 }
    expect(text()).toContain('holdfast_consumer_lag_events{group="orders"} 7')
    expect(text()).toContain('holdfast_consumer_dead_letters_total{group="orders"} 2')
  })
  Effect.runSyncWith(context)(Effect.scoped(look))
  expect(text()).not.toContain("holdfast_consumer_lag_events")
  expect(text()).toContain('holdfast_consumer_dead_letters_total{group="orders"} 2')
})
