/**
 * What is measured and how. Contenders of one race take turns, round after round, so that whatever
 * drifts on the machine drifts for all of them; the first round only warms up; of the others the
 * median counts. A ratio is always of medians of one race.
 */
import * as Effect from "effect/Effect"

/** How much one turn does: for so long, or so many operations (which is for smoke tests). */
export type Budget = { readonly seconds: number } | { readonly operations: number }

/** The result of one turn. */
export interface Sample {
  readonly perSecond: number
  readonly p50Micros?: number
  readonly p99Micros?: number
}

/** Something that can be asked to do its work for a while. */
export interface Contender {
  readonly name: string
  readonly turn: (budget: Budget) => Effect.Effect<Sample>
}

/** How long a race is. */
export interface RaceOptions {
  readonly warmUps: number
  readonly rounds: number
  readonly budget: Budget
  /** Called before each turn. */
  readonly onTurn?: (contender: string, round: number) => void
}

/** The median of each contender by name. */
export type Medians = ReadonlyMap<string, Sample>

/** The median of numbers; of an even count, the mean of the two in the middle. */
export const median = (values: ReadonlyArray<number>): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const half = sorted.length / 2
  const low = sorted[Math.ceil(half) - 1] ?? Number.NaN
  const high = sorted[Math.floor(half)] ?? Number.NaN
  return (low + high) / 2
}

const percentile = (sorted: ReadonlyArray<number>, share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN

/** The sample of latencies in microseconds, measured one after another in so many seconds. */
export const sampleOfLatencies = (latencies: ReadonlyArray<number>, seconds: number): Sample => {
  const sorted = latencies.toSorted((a, b) => a - b)
  return {
    perSecond: latencies.length / seconds,
    p50Micros: percentile(sorted, 0.5),
    p99Micros: percentile(sorted, 0.99)
  }
}

const medianOf = (samples: ReadonlyArray<Sample>): Sample => {
  const of = (read: (sample: Sample) => number | undefined) => {
    const values = samples.flatMap((sample) => read(sample) ?? [])
    return values.length === 0 ? undefined : median(values)
  }
  const p50Micros = of((sample) => sample.p50Micros)
  const p99Micros = of((sample) => sample.p99Micros)
  return {
    perSecond: of((sample) => sample.perSecond) ?? Number.NaN,
    ...(p50Micros === undefined ? {} : { p50Micros }),
    ...(p99Micros === undefined ? {} : { p99Micros })
  }
}

/** Lets the contenders take turns: first the rounds that warm up, then those that count. */
export const race = Effect.fnUntraced(function* (
  contenders: ReadonlyArray<Contender>,
  { budget, onTurn, rounds, warmUps }: RaceOptions
) {
  const samples = new Map<string, Array<Sample>>(contenders.map(({ name }) => [name, []]))
  for (let round = 1 - warmUps; round <= rounds; round++) {
    for (const contender of contenders) {
      onTurn?.(contender.name, round)
      const sample = yield* contender.turn(budget)
      if (round > 0) samples.get(contender.name)?.push(sample)
    }
  }
  return new Map([...samples].map(([name, all]) => [name, medianOf(all)])) as Medians
})
