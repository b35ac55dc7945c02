/** Whether a server holds more and more, by what it held now and then. Pure. */

/** What was seen at one moment. */
export interface Sample {
  /** Since the load began, in milliseconds. */
  readonly atMillis: number
  readonly heapBytes: number
  /** Files and sockets that the process has open. */
  readonly files: number
  /** What keeps its event loop busy. */
  readonly handles: number
  /** Its connections to the database. */
  readonly connections: number
}

/** What the samples say. */
export interface Judgement {
  /** By how much the heap grew after the warm-up, in MiB a minute: the slope of the line through all samples. */
  readonly heapSlope: number
  /** The middle of the first third of what counts, and of the last. */
  readonly files: readonly [number, number]
  readonly handles: readonly [number, number]
  readonly connections: readonly [number, number]
  /** What is not as it should be, in sentences. */
  readonly faults: ReadonlyArray<string>
}

/** The heap may grow by so much a minute. */
export const heapSlopeMax = 1

/** Fewer samples say nothing. */
export const samplesMin = 6

/** So many more of anything, or a tenth, may be chance. */
const moreMax = 4

const mebibyte = 1_048_576

/** The slope of the line through points with the least squares. */
const slopeOf = (points: ReadonlyArray<readonly [number, number]>): number => {
  const mean = (at: 0 | 1) => points.reduce((sum, point) => sum + point[at], 0) / points.length
  const [meanX, meanY] = [mean(0), mean(1)]
  const over = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0)
  const under = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0)
  return over / under
}

const middleOf = (numbers: ReadonlyArray<number>): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN

/** Judges the samples that were taken after the warm-up. */
export const judge = (samples: ReadonlyArray<Sample>, warmUpMillis: number): Judgement => {
  const counted = samples.filter(({ atMillis }) => atMillis >= warmUpMillis)
  if (counted.length < samplesMin)
    throw new Error(`${counted.length} samples after the warm-up say nothing`)
  const third = Math.floor(counted.length / 3)
  const ends = (of: (sample: Sample) => number): readonly [number, number] => [
    middleOf(counted.slice(0, third).map(of)),
    middleOf(counted.slice(-third).map(of))
  ]
  const heapSlope = slopeOf(
    counted.map(({ atMillis, heapBytes }) => [atMillis / 60_000, heapBytes / mebibyte])
  )
  const found = {
    files: ends(({ files }) => files),
    handles: ends(({ handles }) => handles),
    connections: ends(({ connections }) => connections)
  }
  const grown = Object.entries(found).flatMap(([what, [first, last]]) =>
    last - first > Math.max(moreMax, first / 10) ? [`${what} grew from ${first} to ${last}`] : []
  )
  const steep =
    heapSlope > heapSlopeMax ? [`the heap grew by ${heapSlope.toFixed(2)} MiB a minute`] : []
  return { heapSlope, ...found, faults: [...steep, ...grown] }
}
