/**
 * How long a batch waits for a lock before it looks which are not free: short enough that nobody
 * waits long for what somebody else wants, long enough that batches do not break off for each other.
 */

/** The patience of one store, by what its batches saw of late. */
export class LockPatience {
  private readonly lanes: number
  private heldMillis = 0
  private leastMillis = leastMillisMin

  constructor(lanes: number) {
    this.lanes = lanes
  }

  /** In milliseconds: 60, or as long as the other lanes may need one after another. */
  get lockMillisMax(): number {
    const lanesMillis = 1.5 * this.lanes * this.heldMillis
    return Math.round(Math.min(Math.max(lanesMillis, this.leastMillis), lockMillisMax))
  }

  /** A batch has its locks; answers what to call when it lets them go. */
  hold(nowMillis: number): (nowMillis: number) => void {
    this.leastMillis = Math.max(leastMillisMin, this.leastMillis * 0.9)
    return (endMillis) => {
      this.heldMillis += (endMillis - nowMillis - this.heldMillis) / 8
    }
  }

  /** Only batches of engines were in the way, of this one or of another: they need more time. */
  metEngines(): void {
    this.leastMillis = Math.min(this.leastMillis * 2, lockMillisMax)
  }
}

const leastMillisMin = 60

const lockMillisMax = 1_000
