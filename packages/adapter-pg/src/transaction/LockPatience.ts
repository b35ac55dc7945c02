/**
 * How long a batch waits for a lock before it checks who holds the lock. The wait is short, so that
 * a batch is not delayed by one lock. It is longer while batches of engines are in each other's
 * way.
 */

/** The patience of one store, which follows what its batches met lately. */
export class LockPatience {
  private millis = millisMin

  /** In milliseconds. */
  get lockMillisMax(): number {
    return Math.round(this.millis)
  }

  /** Notes that a batch got its locks. */
  gotLocks(): void {
    this.millis = Math.max(millisMin, this.millis * 0.9)
  }

  /** Notes that only batches of this or another engine were in the way: they need more time. */
  metEngines(): void {
    this.millis = Math.min(this.millis * 2, millisMax)
  }
}

const millisMin = 60

const millisMax = 1_000
