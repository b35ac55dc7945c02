/**
 * Whether Redis is asked at all. It is not once it has refused something, or has failed a few times in a
 * row over more than a moment; then nobody waits for it, until a probe finds it well again. Pure: time is
 * given.
 */
import type { Failure } from "./failures.ts"

/** A single late answer may be the fault of this process, which was busy. */
const failuresMax = 3

/** What changed. */
export type BreakerChange = "opened" | "closed" | undefined

/** How often each thing went wrong. */
export type FailureCounts = Readonly<Record<Failure["kind"], number>>

/** The state of one Redis. */
export class Breaker {
  /** Undefined while Redis is asked; else why it is not. */
  problem: string | undefined = "it is not connected yet"

  /** False until it is known for the first time whether Redis is there. */
  isSettled = false

  readonly counts = { late: 0, gone: 0, refused: 0 }

  /** How often it has opened. */
  openings = 0

  private inARow = 0

  private firstAt = 0

  private readonly momentMillis: number

  constructor(momentMillis: number) {
    this.momentMillis = momentMillis
  }

  /** Redis answered a request. */
  answered(): void {
    this.inARow = 0
  }

  /** Redis failed a request. */
  failed({ kind, problem }: Failure, now: number): BreakerChange {
    this.counts[kind] += 1
    if (this.problem !== undefined) {
      if (this.isSettled) this.problem = problem
      return undefined
    }
    this.inARow += 1
    if (this.inARow === 1) this.firstAt = now
    const isRow = this.inARow >= failuresMax && now - this.firstAt >= this.momentMillis
    return kind === "refused" || isRow ? this.open(problem) : undefined
  }

  /** A probe found Redis well. */
  probed(): BreakerChange {
    this.inARow = 0
    if (this.problem === undefined) return undefined
    const wasSettled = this.isSettled
    this.problem = undefined
    this.isSettled = true
    return wasSettled ? "closed" : undefined
  }

  /** Redis was not there when it was looked for first. */
  missing(problem: string): BreakerChange {
    return this.isSettled ? undefined : this.open(problem)
  }

  private open(problem: string): BreakerChange {
    this.problem = problem
    this.isSettled = true
    this.openings += 1
    return "opened"
  }
}
