/**
 * What the metrics of this process were at one time, ready to be asked by name. A metric that nobody
 * has registered is undefined, so that a figure which needs it is left out and not shown as zero.
 */
import type * as Metric from "effect/Metric"

/** The labels that a series must have to be counted. */
export type Labels = Readonly<Record<string, string | RegExp>>

/** How often values came, by the buckets of one histogram or of several with the same bounds. */
export interface Distribution {
  readonly bounds: ReadonlyArray<number>
  /** How many values were at most each bound. */
  readonly below: ReadonlyArray<number>
  readonly count: number
}

const hasLabels = (snapshot: Metric.Metric.Snapshot, labels: Labels): boolean =>
  Object.entries(labels).every(([name, wanted]) => {
    const value = snapshot.attributes?.[name]
    if (value === undefined) return false
    return typeof wanted === "string" ? value === wanted : wanted.test(value)
  })

/** The metrics at one time. */
export class Reading {
  private readonly byName = new Map<string, Array<Metric.Metric.Snapshot>>()

  constructor(snapshots: ReadonlyArray<Metric.Metric.Snapshot>) {
    for (const snapshot of snapshots) {
      const series = this.byName.get(snapshot.id)
      if (series === undefined) this.byName.set(snapshot.id, [snapshot])
      else series.push(snapshot)
    }
  }

  /** The values of counters and gauges; undefined when there is no such metric at all. */
  private values(name: string, labels: Labels): ReadonlyArray<number> | undefined {
    return this.byName
      .get(name)
      ?.filter((snapshot) => hasLabels(snapshot, labels))
      .flatMap(({ state, type }) =>
        type === "Counter" ? [Number(state.count)] : type === "Gauge" ? [Number(state.value)] : []
      )
  }

  /** The sum over the series with these labels. */
  sum(name: string, labels: Labels = {}): number | undefined {
    return this.values(name, labels)?.reduce((sum, value) => sum + value, 0)
  }

  /** The largest over the series with these labels. */
  max(name: string, labels: Labels = {}): number | undefined {
    const values = this.values(name, labels)
    return values === undefined || values.length === 0 ? undefined : Math.max(...values)
  }

  /** The smallest over the series with these labels. */
  min(name: string, labels: Labels = {}): number | undefined {
    const values = this.values(name, labels)
    return values === undefined || values.length === 0 ? undefined : Math.min(...values)
  }

  /** All histograms of a name as one. */
  distribution(name: string): Distribution | undefined {
    let bounds: ReadonlyArray<number> | undefined
    let below: Array<number> = []
    let count = 0
    for (const { state, type } of this.byName.get(name) ?? []) {
      if (type !== "Histogram") continue
      if (bounds === undefined) {
        bounds = state.buckets.map(([bound]) => bound)
        below = bounds.map(() => 0)
      }
      for (const [index, [, sum]] of state.buckets.entries()) {
        below[index] = (below[index] ?? 0) + sum
      }
      count += state.count
    }
    return bounds && { bounds, below, count }
  }
}

/** By how much a number has grown. A counter that was registered meanwhile began at zero. */
export const growthOf = (now: number | undefined, before: number | undefined) =>
  now === undefined ? undefined : Math.max(0, now - (before ?? 0))

/**
 * The value that a share of those between two readings did not exceed, such as 0.99. It lies between the
 * bounds of its bucket as if values were spread evenly; beyond the last bound it is that bound.
 * Undefined when no value came.
 */
export const quantileBetween = (
  share: number,
  now: Distribution | undefined,
  before: Distribution | undefined
): number | undefined => {
  if (now === undefined) return undefined
  const count = now.count - (before?.count ?? 0)
  if (count <= 0) return undefined
  const wanted = share * count
  let [bound, below] = [0, 0]
  for (const [index, upper] of now.bounds.entries()) {
    const sum = (now.below[index] ?? 0) - (before?.below[index] ?? 0)
    if (sum >= wanted) {
      const inside = sum - below
      return inside <= 0 ? upper : bound + ((upper - bound) * (wanted - below)) / inside
    }
    ;[bound, below] = [upper, sum]
  }
  return bound
}
