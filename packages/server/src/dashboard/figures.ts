/**
 * The figures of the page: what each is called, its unit, how it is read from the metrics, and from which
 * value on it needs attention. This table is all that the page knows of metrics.
 */
import { growthOf, type Labels, quantileBetween, type Reading } from "./Reading.ts"

/** What a value is counted in. */
export type FigureUnit = "bytes" | "events" | "ms" | "perSecond" | "ratio" | "seconds" | "things"

/** Two readings, and the seconds between them. */
export interface Step {
  readonly now: Reading
  readonly before: Reading
  readonly seconds: number
}

/** One figure of the page. */
export interface Figure {
  readonly id: string
  readonly group: "Events" | "Process" | "Requests" | "Stock"
  readonly title: string
  readonly unit: FigureUnit
  /** It needs attention when it is above; below, where `isLow`. */
  readonly attention?: number | undefined
  readonly isLow?: boolean | undefined
  /** The metrics that it is made of. */
  readonly metrics: ReadonlyArray<string>
  /** Its value; undefined when there is none. */
  readonly read: (step: Step) => number | undefined
}

type About = Omit<Figure, "metrics" | "read">

/** How often something happened in a second. */
const rate = (about: About, name: string, labels?: Labels): Figure => ({
  ...about,
  metrics: [name],
  read: ({ before, now, seconds }) => {
    const growth = growthOf(now.sum(name, labels), before.sum(name, labels))
    return growth === undefined ? undefined : growth / seconds
  }
})

/** A number that is so now: the sum of its series, or the largest or the smallest of them. */
const level = (
  about: About,
  of: "max" | "min" | "sum",
  name: string,
  { labels, times = 1 }: { readonly labels?: Labels; readonly times?: number } = {}
): Figure => ({
  ...about,
  metrics: [name],
  read: ({ now }) => {
    const value = now[of](name, labels)
    return value === undefined ? undefined : value * times
  }
})

/** What a share of the values of a histogram of seconds did not exceed, in milliseconds. */
const within = (about: About, share: number, name: string): Figure => ({
  ...about,
  metrics: [name],
  read: ({ before, now }) => {
    const value = quantileBetween(share, now.distribution(name), before.distribution(name))
    return value === undefined ? undefined : value * 1_000
  }
})

const requests = "holdfast_http_requests_total"

const failing: Figure = {
  id: "errors",
  group: "Requests",
  title: "Answers with a server error",
  unit: "ratio",
  attention: 0.01,
  metrics: [requests],
  read: ({ before, now }) => {
    const all = growthOf(now.sum(requests), before.sum(requests))
    if (all === undefined) return undefined
    const status = /^5/
    const failed = growthOf(now.sum(requests, { status }), before.sum(requests, { status })) ?? 0
    return all === 0 ? 0 : failed / all
  }
}

const ofRequests: ReadonlyArray<Figure> = [
  rate({ id: "requests", group: "Requests", title: "Requests", unit: "perSecond" }, requests),
  within(
    { id: "median", group: "Requests", title: "Half are answered within", unit: "ms" },
    0.5,
    "holdfast_http_request_duration_seconds"
  ),
  within(
    {
      id: "p99",
      group: "Requests",
      title: "99 % are answered within",
      unit: "ms",
      attention: 1_000
    },
    0.99,
    "holdfast_http_request_duration_seconds"
  ),
  failing,
  rate(
    { id: "refusals", group: "Requests", title: "Commands refused", unit: "perSecond" },
    "holdfast_refusals_total"
  ),
  rate(
    { id: "limits", group: "Requests", title: "Limits hit", unit: "perSecond" },
    "holdfast_limits_hit_total"
  ),
  level(
    { id: "queue", group: "Requests", title: "Commands waiting", unit: "things" },
    "sum",
    "holdfast_batch_queue"
  ),
  within(
    { id: "commit", group: "Requests", title: "99 % of batches commit within", unit: "ms" },
    0.99,
    "holdfast_batch_commit_seconds"
  )
]

const ofStock: ReadonlyArray<Figure> = [
  rate(
    { id: "reserved", group: "Stock", title: "Reservations made", unit: "perSecond" },
    "holdfast_reservations_total",
    { outcome: "made" }
  ),
  rate(
    { id: "bought", group: "Stock", title: "Reservations confirmed", unit: "perSecond" },
    "holdfast_reservations_total",
    { outcome: "confirmed" }
  ),
  rate(
    { id: "missed", group: "Stock", title: "Units asked for and not there", unit: "perSecond" },
    "holdfast_shortage_units_total"
  ),
  level(
    { id: "soldOut", group: "Stock", title: "SKUs sold out", unit: "things" },
    "max",
    "holdfast_skus_sold_out"
  ),
  level(
    {
      ...{ id: "accuracy", group: "Stock", title: "Levels that agree with the ledger" },
      ...{ unit: "ratio", attention: 1, isLow: true }
    },
    "min",
    "holdfast_inventory_accuracy_ratio"
  ),
  level(
    { id: "drift", group: "Stock", title: "Units of drift", unit: "things", attention: 0 },
    "max",
    "holdfast_inventory_drift_units"
  )
]

const ofEvents: ReadonlyArray<Figure> = [
  level(
    {
      id: "relayLag",
      group: "Events",
      title: "The relay is behind by",
      unit: "seconds",
      attention: 60
    },
    "max",
    "holdfast_relay_lag_seconds"
  ),
  level(
    { id: "relayEvents", group: "Events", title: "Events not yet relayed", unit: "events" },
    "max",
    "holdfast_relay_lag_events"
  ),
  level(
    { id: "consumerLag", group: "Events", title: "Order events waiting", unit: "events" },
    "max",
    "holdfast_consumer_lag_events"
  ),
  level(
    { id: "deadLetters", group: "Events", title: "Dead letters", unit: "things", attention: 0 },
    "sum",
    "holdfast_dead_letters"
  ),
  level(
    { id: "paused", group: "Events", title: "Webhooks paused", unit: "things", attention: 0 },
    "sum",
    "holdfast_webhooks_paused"
  )
]

const ofProcess: ReadonlyArray<Figure> = [
  rate(
    { id: "cpu", group: "Process", title: "Processor time used", unit: "ratio", attention: 0.95 },
    "process_cpu_seconds_total"
  ),
  level(
    { id: "memory", group: "Process", title: "Memory", unit: "bytes" },
    "max",
    "process_resident_memory_bytes"
  ),
  level(
    { id: "loop", group: "Process", title: "Delay of the event loop", unit: "ms", attention: 200 },
    "max",
    "nodejs_eventloop_delay_seconds",
    { times: 1_000 }
  ),
  level(
    { id: "waiting", group: "Process", title: "Waiting for a connection", unit: "things" },
    "sum",
    "holdfast_database_waiting"
  )
]

/** Every figure, in the order of the page. */
export const figures: ReadonlyArray<Figure> = [...ofRequests, ...ofStock, ...ofEvents, ...ofProcess]
