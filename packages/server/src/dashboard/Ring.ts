/**
 * The last so many samples of a fixed number of figures. Its memory is taken once: 8 bytes for each
 * value. A new sample takes the place of the oldest.
 */

/** One sample: when, in milliseconds since 1970, and the value of each figure. */
export interface Sample {
  readonly at: number
  readonly values: ReadonlyArray<number | undefined>
}

/** Samples in the order in which they came. */
export class Ring {
  private readonly times: Float64Array
  private readonly values: Float64Array
  private readonly width: number
  private added = 0

  constructor(width: number, samplesMax: number) {
    this.width = width
    this.times = new Float64Array(samplesMax)
    this.values = new Float64Array(samplesMax * width)
  }

  /** Adds a sample. */
  add({ at, values }: Sample): void {
    const { times, width } = this
    const slot = this.added % times.length
    times[slot] = at
    for (let index = 0; index < width; index += 1) {
      this.values[slot * width + index] = values[index] ?? Number.NaN
    }
    this.added += 1
  }

  /** The samples after a time, the oldest first. */
  after(millis: number): ReadonlyArray<Sample> {
    const { added, times, width } = this
    const samples: Array<Sample> = []
    for (let number = Math.max(0, added - times.length); number < added; number += 1) {
      const slot = number % times.length
      const at = times[slot] as number
      if (at <= millis) continue
      const values = [...this.values.subarray(slot * width, (slot + 1) * width)]
      samples.push({ at, values: values.map((value) => (Number.isNaN(value) ? undefined : value)) })
    }
    return samples
  }
}
