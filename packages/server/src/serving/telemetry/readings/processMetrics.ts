/**
 * What the process itself uses: processor, memory, pauses of the garbage collector, and how late its
 * event loop is. All but the pauses is read when somebody asks.
 */
import { monitorEventLoopDelay, PerformanceObserver } from "node:perf_hooks"
import { getHeapStatistics } from "node:v8"
import { counter, gauge, histogram } from "@holdfast/core/metrics"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

const cpu = counter("process_cpu_seconds_total", "Processor time of the process", {
  unit: "seconds"
})

const resident = gauge("process_resident_memory_bytes", "Memory of the process", { unit: "bytes" })

const started = gauge(
  "process_start_time_seconds",
  "When the process began, in seconds since 1970",
  { unit: "seconds" }
)

const handles = gauge(
  "process_open_handles",
  "What keeps the event loop busy: sockets, timers, files"
)

const heap = gauge("nodejs_heap_used_bytes", "JavaScript heap in use", { unit: "bytes" })

const heapMax = gauge("nodejs_heap_limit_bytes", "Where the JavaScript heap ends", {
  unit: "bytes"
})

const external = gauge("nodejs_external_memory_bytes", "Memory of buffers, beside the heap", {
  unit: "bytes"
})

const pauses = histogram("nodejs_gc_pause_seconds", "Pauses for garbage collection", {
  unit: "seconds",
  labels: ["kind"],
  buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1],
  seriesMax: 5
})

const delays = gauge(
  "nodejs_eventloop_delay_seconds",
  "How late the event loop was in the last half minute or so",
  { unit: "seconds", labels: ["quantile"], seriesMax: 5 }
)

const used = gauge(
  "nodejs_eventloop_utilization_ratio",
  "The share of its time in which the event loop was busy since it was last asked"
)

/** What Node calls the kinds of garbage collection. */
const kinds: Readonly<Record<number, string>> = {
  1: "minor",
  2: "minor_mark_sweep",
  4: "major",
  8: "incremental",
  16: "weak_callbacks"
}

/** How long a look at the delay reaches back at most, in milliseconds. */
const delayMillis = 30_000

/** The delay of the event loop over the last half minute or so: two halves, of which the older is dropped. */
const delayReader = () => {
  const watch = monitorEventLoopDelay({ resolution: 20 })
  watch.enable()
  let last = { p50: 0, p99: 0, max: 0 }
  let readAt = performance.now()
  const now = () => ({
    p50: watch.percentile(50) / 1e9,
    p99: watch.percentile(99) / 1e9,
    max: watch.max / 1e9
  })
  const read = () => {
    // Without a sample yet, the histogram has no minimum that means anything.
    if (watch.count === 0) return last
    const current = now()
    if (performance.now() - readAt < delayMillis) return current
    last = current
    readAt = performance.now()
    watch.reset()
    return last
  }
  return { read, stop: () => watch.disable() }
}

/** Watches the pauses of the garbage collector; answers how to stop. */
const watchPauses = (observe: (kind: string, seconds: number) => void) => {
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const { detail, duration } = entry as typeof entry & { readonly detail?: { kind?: number } }
      const { kind = 0 } = detail ?? {}
      observe(kinds[kind] ?? "other", duration / 1_000)
    }
  })
  observer.observe({ entryTypes: ["gc"] })
  return () => observer.disconnect()
}

const heapLimit = (): number => getHeapStatistics().heap_size_limit

/** Shows what the process uses, until the scope closes. */
export const showProcess: Effect.Effect<void, never, Scope.Scope> = Effect.flatMap(
  Effect.context<never>(),
  (context) => {
    const delay = delayReader()
    const pause = pauses.in(context)
    const late = delays.in(context)
    let busy = performance.eventLoopUtilization()
    const utilization = () => {
      const current = performance.eventLoopUtilization()
      const { utilization: share } = performance.eventLoopUtilization(current, busy)
      busy = current
      return Number.isFinite(share) ? share : 0
    }
    started
      .in(context)
      .with()
      .set(Date.now() / 1_000 - process.uptime())
    const stops = [
      cpu.in(context).reading(() => {
        const { system, user } = process.cpuUsage()
        return (system + user) / 1e6
      }),
      resident.in(context).reading(() => process.memoryUsage.rss()),
      heap.in(context).reading(() => process.memoryUsage().heapUsed),
      heapMax.in(context).reading(heapLimit),
      external.in(context).reading(() => process.memoryUsage().external),
      handles.in(context).reading(() => process.getActiveResourcesInfo().length),
      used.in(context).reading(utilization),
      late.reading(() => delay.read().p50, "0.5"),
      late.reading(() => delay.read().p99, "0.99"),
      late.reading(() => delay.read().max, "1"),
      delay.stop,
      watchPauses((kind, seconds) => pause.with(kind).observe(seconds))
    ]
    return Effect.addFinalizer(() =>
      Effect.sync(() => {
        for (const stop of stops) stop()
      })
    )
  }
)
