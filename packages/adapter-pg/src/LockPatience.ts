/**
 * How long a batch waits for a lock before it looks who holds it: short enough that nobody waits
 * long for what somebody else wants, and longer where batches of engines are in each other's way.
 */

/** The patience of one store, by what its batches met of late. */
export class LockPatience {
  private millis = millisMin

  /** In milliseconds. */
  get lockMillisMax(): number {
    return Math.round(this.millis)
  }

  /** A batch has its locks. */
  gotLocks(): void {
    this.millis = Math.max(millisMin, this.millis * 0.9)
  }

  /** Only batches of engines were in the way, of this one or of another: they need more time. */
  metEngines(): void {
    this.millis = Math.min(this.millis * 2, millisMax)
  }
}

const millisMin = 60

const millisMax = 1_000
