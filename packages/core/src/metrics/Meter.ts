/**
 * Instruments: what is counted and measured, as plain objects. Counting is one addition and needs no
 * fiber. Each series stands in Effect's registry of metrics, which reads it when somebody asks: as
 * Prometheus text, over OTLP, or in a host's own way. No instrument has a label without a bound: past
 * the most series that it may have, further ones are counted together as `other`.
 */
import * as Context from "effect/Context"
import * as Metric from "effect/Metric"

/** What an instrument is called, what it counts or measures, and what its labels are. */
export interface Instrument {
  readonly kind: "counter" | "gauge" | "histogram"
  /** The name, with its unit at its end: `_seconds`, `_bytes`; `_total` for what only grows. */
  readonly name: string
  /** What it counts or measures, in a sentence without its end. */
  readonly help: string
  /** The unit, such as `seconds`; a number of things unless given. */
  readonly unit?: string | undefined
  /** The names of the labels, in the order in which their values are given. */
  readonly labels: ReadonlyArray<string>
  /** The upper bounds of the buckets of a histogram, ascending. */
  readonly buckets: ReadonlyArray<number>
  /** How many series it may have: 1,000. */
  readonly seriesMax: number
}

/** What an instrument may have beside its name and its help. */
export interface InstrumentOptions {
  readonly unit?: string | undefined
  readonly labels?: ReadonlyArray<string> | undefined
  readonly seriesMax?: number | undefined
}

/** A number that only grows. */
export class CounterSeries {
  count = 0
  /** What is asked when somebody looks, of what is counted elsewhere; their sum is added. */
  readonly readings = new Set<() => number>()

  /** Adds one, or as many as are given. */
  add(many = 1): void {
    this.count += many
  }

  /** What the registry asks. */
  state(): Metric.CounterState<number> {
    let { count } = this
    for (const read of this.readings) count += read()
    return { count, incremental: true }
  }
}

/** A number that is so now. */
export class GaugeSeries {
  value = 0
  /** What is asked when somebody looks; the value is their sum. */
  readonly readings = new Set<() => number>()

  /** Says what it is now. */
  set(value: number): void {
    this.value = value
  }

  /** Says how much more it is, or less. */
  add(change: number): void {
    this.value += change
  }

  /** What the registry asks. */
  state(): Metric.GaugeState<number> {
    let value = this.value
    for (const read of this.readings) value += read()
    return { value }
  }
}

/** How often values came that are at most so large. */
export class HistogramSeries {
  count = 0
  sum = 0
  private min = 0
  private max = 0
  private readonly buckets: ReadonlyArray<number>
  private readonly counts: Float64Array

  constructor({ buckets }: Instrument) {
    this.buckets = buckets
    this.counts = new Float64Array(buckets.length)
  }

  /** Notes a value. */
  observe(value: number): void {
    const { buckets, counts } = this
    let index = 0
    // Buckets are few, and most values are in the first of them.
    while (index < buckets.length && value > (buckets[index] as number)) index += 1
    if (index < buckets.length) counts[index] = (counts[index] as number) + 1
    if (this.count === 0 || value < this.min) this.min = value
    if (value > this.max) this.max = value
    this.count += 1
    this.sum += value
  }

  /** What the registry asks. */
  state(): Metric.HistogramState {
    let below = 0
    const buckets = this.buckets.map((bound, index): [number, number] => {
      below += this.counts[index] ?? 0
      return [bound, below]
    })
    return { buckets, count: this.count, min: this.min, max: this.max, sum: this.sum }
  }
}

type Series = CounterSeries | GaugeSeries | HistogramSeries

const other = "other"

/** The series of an instrument in one registry, by the values of its labels. */
class Family<S extends Series> {
  private readonly series = new Map<string, S>()
  private readonly registrations = new Map<string, Metric.Registration>()
  private readonly instrument: Instrument
  private readonly context: Context.Context<never>
  private readonly make: () => S

  constructor(instrument: Instrument, registry: Metric.MetricRegistry, make: () => S) {
    this.instrument = instrument
    this.context = Context.make(Metric.MetricRegistry, registry) as Context.Context<never>
    this.make = make
  }

  /** The series with these values of the labels, in their order. */
  with(...values: ReadonlyArray<string>): S {
    const key = values.length === 1 ? (values[0] as string) : values.join("\u0000")
    return this.series.get(key) ?? this.added(key, values)
  }

  /** Forgets a series: nobody sees it until it is set again. */
  clear(...values: ReadonlyArray<string>): void {
    const key = values.join("\u0000")
    this.registrations.get(key)?.remove()
    this.registrations.delete(key)
    this.series.delete(key)
  }

  /** How many series there are. */
  get size(): number {
    return this.series.size
  }

  private added(key: string, values: ReadonlyArray<string>): S {
    const { labels, name, seriesMax } = this.instrument
    if (values.length !== labels.length) {
      throw new Error(`${name} has the labels ${labels.join(", ")}, not ${values.length} values`)
    }
    if (this.series.size >= seriesMax) {
      const others = labels.map(() => other)
      const key = others.join("\u0000")
      return this.series.get(key) ?? this.register(key, others)
    }
    return this.register(key, values)
  }

  private register(key: string, values: ReadonlyArray<string>): S {
    const made = this.make()
    this.series.set(key, made)
    this.registrations.set(key, registered(this.instrument, values, this.context, made))
    return made
  }
}

const nothing = () => undefined

/** Puts a series into the registry, which reads it when somebody asks. */
const registered = (
  { buckets, help, kind, labels, name, unit }: Instrument,
  values: ReadonlyArray<string>,
  context: Context.Context<never>,
  series: Series
): Metric.Registration => {
  const attributes: Record<string, string> = unit === undefined ? {} : { unit }
  for (const [index, label] of labels.entries()) attributes[label] = values[index] ?? ""
  const about = { description: help, attributes }
  const hooks = { get: () => series.state() as never, update: nothing, modify: nothing }
  if (kind === "counter") {
    return Metric.registerUnsafe(
      Metric.counter(name, { ...about, incremental: true }),
      context,
      hooks
    )
  }
  if (kind === "gauge") return Metric.registerUnsafe(Metric.gauge(name, about), context, hooks)
  return Metric.registerUnsafe(
    Metric.histogram(name, { ...about, boundaries: buckets }),
    context,
    hooks
  )
}

const families = new WeakMap<Metric.MetricRegistry, Map<string, Family<Series>>>()

const familyIn = <S extends Series>(
  instrument: Instrument,
  context: Context.Context<never>,
  make: () => S
): Family<S> => {
  const registry = Context.get(context, Metric.MetricRegistry)
  const known = families.get(registry) ?? new Map<string, Family<Series>>()
  families.set(registry, known)
  const family = known.get(instrument.name) ?? new Family<Series>(instrument, registry, make)
  known.set(instrument.name, family)
  return family as unknown as Family<S>
}

const declared = new Map<string, Instrument>()

/** Every instrument of the modules that are loaded, for a page that names them. */
export const declaredInstruments = (): ReadonlyArray<Instrument> => [...declared.values()]

const declare = (
  kind: Instrument["kind"],
  name: string,
  help: string,
  { labels = [], seriesMax = 1_000, unit }: InstrumentOptions,
  buckets: ReadonlyArray<number> = []
): Instrument => {
  const instrument = { kind, name, help, unit, labels, buckets, seriesMax }
  declared.set(name, instrument)
  return instrument
}

/** The counters of one registry, by the values of their labels. */
export interface Counters extends Pick<Family<CounterSeries>, "with" | "size"> {
  /**
   * Has a count read that is kept elsewhere, whenever somebody looks, until it is removed; what it was by then
   * stays. Several readings are summed.
   */
  readonly reading: (read: () => number, ...values: ReadonlyArray<string>) => () => void
}

/** A number that only grows. `in` gives its series in the registry of a context. */
export const counter = (name: string, help: string, options: InstrumentOptions = {}) => {
  const instrument = declare("counter", name, help, options)
  return {
    in: (context: Context.Context<never>): Counters => {
      const family = familyIn(instrument, context, () => new CounterSeries())
      return {
        with: (...values) => family.with(...values),
        get size() {
          return family.size
        },
        reading: (read, ...values) => {
          const series = family.with(...values)
          series.readings.add(read)
          return () => {
            if (series.readings.delete(read)) series.add(read())
          }
        }
      }
    }
  }
}

/** The gauges of one registry, by the values of their labels. */
export interface Gauges extends Pick<Family<GaugeSeries>, "with" | "clear" | "size"> {
  /** Has a number read whenever somebody looks, until it is removed; several readings are summed. */
  readonly reading: (read: () => number, ...values: ReadonlyArray<string>) => () => void
}

/** A number that is so now. `in` gives its series in the registry of a context. */
export const gauge = (name: string, help: string, options: InstrumentOptions = {}) => {
  const instrument = declare("gauge", name, help, options)
  return {
    in: (context: Context.Context<never>): Gauges => {
      const family = familyIn(instrument, context, () => new GaugeSeries())
      return {
        with: (...values) => family.with(...values),
        clear: (...values) => family.clear(...values),
        get size() {
          return family.size
        },
        reading: (read, ...values) => {
          const { readings } = family.with(...values)
          readings.add(read)
          return () => {
            readings.delete(read)
            if (readings.size === 0) family.clear(...values)
          }
        }
      }
    }
  }
}

/** The histograms of one registry, by the values of their labels. */
export type Histograms = Pick<Family<HistogramSeries>, "with" | "size">

/** How often values came that are at most so large. `in` gives its series in the registry of a context. */
export const histogram = (
  name: string,
  help: string,
  options: InstrumentOptions & { readonly buckets: ReadonlyArray<number> }
) => {
  const instrument = declare("histogram", name, help, options, options.buckets)
  return {
    in: (context: Context.Context<never>): Histograms =>
      familyIn(instrument, context, () => new HistogramSeries(instrument))
  }
}
