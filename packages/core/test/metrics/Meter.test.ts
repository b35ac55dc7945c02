import { assert, describe, it } from "@effect/vitest"
import {
  counter,
  declaredInstruments,
  gauge,
  histogram,
  readNowAndThen
} from "@holdfast/core/metrics"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as PrometheusMetrics from "effect/observability/PrometheusMetrics"
import { TestClock } from "effect/testing"

const fresh = () => Context.make(Metric.MetricRegistry, new Map()) as Context.Context<never>
const text = (context: Context.Context<never>) => PrometheusMetrics.formatUnsafe(context)

const sold = counter("test_sold_total", "Things that were sold", { labels: ["kind", "place"] })
const waiting = gauge("test_waiting", "Things that wait", { labels: ["kind"] })
const took = histogram("test_took_seconds", "How long it took", {
  unit: "seconds",
  buckets: [0.1, 1]
})

describe("instruments", () => {
  it("are counted without a fiber, and read by whoever reads Effect's metrics", () => {
    const context = fresh()
    sold.in(context).with("mug", "shop").add()
    sold.in(context).with("mug", "shop").add(2)
    waiting.in(context).with("mug").set(4)
    for (const seconds of [0.1, 0.5, 7]) took.in(context).with().observe(seconds)
    assert.strictEqual(
      text(context),
      [
        "# HELP test_sold_total Things that were sold",
        "# TYPE test_sold_total counter",
        'test_sold_total{kind="mug",place="shop"} 3',
        "# HELP test_waiting Things that wait",
        "# TYPE test_waiting gauge",
        'test_waiting{kind="mug"} 4',
        "# HELP test_took_seconds How long it took",
        "# TYPE test_took_seconds histogram",
        'test_took_seconds_bucket{le="0.1"} 1',
        'test_took_seconds_bucket{le="1"} 2',
        'test_took_seconds_bucket{le="+Inf"} 3',
        "test_took_seconds_sum 7.6",
        "test_took_seconds_count 3",
        ""
      ].join("\n")
    )
  })

  it("have as many series as they may, and one for all others", () => {
    const few = counter("test_few_total", "Few", { labels: ["kind"], seriesMax: 3 })
    const context = fresh()
    for (let n = 0; n < 100_000; n++) few.in(context).with(`kind ${n}`).add()
    assert.strictEqual(few.in(context).size, 4)
    assert.include(text(context), 'test_few_total{kind="other"} 99997')
    assert.notInclude(text(context), 'kind="kind 3"')
  })

  it("are of one registry: another one has series of its own", () => {
    const [one, two] = [fresh(), fresh()]
    sold.in(one).with("mug", "shop").add()
    assert.strictEqual(text(two), "")
    assert.strictEqual(sold.in(one).with("mug", "shop"), sold.in(one).with("mug", "shop"))
  })

  it("refuse a wrong number of labels", () => {
    assert.throws(() => sold.in(fresh()).with("mug"), "test_sold_total has the labels kind, place")
  })

  it("sum what is read of several engines, and forget it when the last has gone", () => {
    const context = fresh()
    const stop = [3, 4].map((value) => waiting.in(context).reading(() => value, "mug"))
    assert.include(text(context), 'test_waiting{kind="mug"} 7')
    stop[0]?.()
    assert.include(text(context), 'test_waiting{kind="mug"} 4')
    stop[1]?.()
    assert.strictEqual(text(context), "")
  })

  it("add what is counted elsewhere, and keep it when that ends", () => {
    const context = fresh()
    let elsewhere = 5
    const stop = sold.in(context).reading(() => elsewhere, "mug", "shop")
    sold.in(context).with("mug", "shop").add()
    elsewhere = 7
    assert.include(text(context), 'test_sold_total{kind="mug",place="shop"} 8')
    stop()
    stop()
    elsewhere = 100
    assert.include(text(context), 'test_sold_total{kind="mug",place="shop"} 8')
  })

  it("are declared with all that a page says of them", () => {
    const declared = declaredInstruments().find(({ name }) => name === "test_took_seconds")
    assert.deepInclude(declared, { kind: "histogram", unit: "seconds", labels: [] })
  })
})

describe("readings", () => {
  it.effect("read at once, then now and then; a failure is counted and keeps what was told", () =>
    Effect.gen(function* () {
      const context = fresh()
      let times = 0
      const read = Effect.suspend(() => {
        times += 1
        if (times === 2) return Effect.fail("away")
        waiting.in(context).with("mug").set(times)
        return Effect.void
      })
      yield* Effect.provideContext(
        Effect.scoped(
          Effect.gen(function* () {
            yield* readNowAndThen({ name: "database", read, every: "15 seconds" })
            yield* TestClock.adjust(0)
            assert.include(text(context), 'test_waiting{kind="mug"} 1')
            yield* TestClock.adjust("15 seconds")
            assert.include(text(context), 'test_waiting{kind="mug"} 1')
            assert.include(text(context), 'holdfast_readings_failed_total{reading="database"} 1')
            yield* TestClock.adjust("15 seconds")
            assert.include(text(context), 'test_waiting{kind="mug"} 3')
            assert.include(text(context), 'reading_timestamp_seconds{reading="database"} 30')
          })
        ),
        context
      )
    })
  )
})
