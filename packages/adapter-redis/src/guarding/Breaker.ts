/**
 * Whether Redis is asked at all. It is not once it has refused something, or has failed a few times in a
 * row over more than a moment; then nobody waits for it, until a probe finds it well again. In a cluster
 * a row is one of a place: an answer of one node says nothing of another. Pure: time is given.
 */
import type { Failure } from "./failures.ts"

/** A single late answer may be the fault of this process, which was busy. */
const failuresMax = 3

/** A failure so long ago counts for no row: its place was not asked again since. In milliseconds. */
const rememberedMillis = 10_000

/** Failures of a place since it last answered. */
interface Row {
  readonly count: number
  readonly firstAt: number
}

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

  private readonly rows = new Map<number, Row>()

  private readonly momentMillis: number

  constructor(momentMillis: number) {
    this.momentMillis = momentMillis
  }

  /** Redis answered a request, at a place. */
  answered(place = 0): void {
    if (this.rows.size > 0) this.rows.delete(place)
  }

  /** A place that has failed since it last answered; undefined when none has. */
  get suspect(): number | undefined {
    const [place] = this.rows.keys()
    return place
  }

  /** Redis failed a request, at a place. */
  failed({ kind, problem }: Failure, now: number, place = 0): BreakerChange {
    this.counts[kind] += 1
    if (this.problem !== undefined) {
      if (this.isSettled) this.problem = problem
      return undefined
    }
    return kind === "refused" || this.isRow(now, place) ? this.open(problem) : undefined
  }

  /** Counts a failure; whether those of all places that fail make a row. */
  private isRow(now: number, failing: number): boolean {
    const { count, firstAt } = this.rows.get(failing) ?? { count: 0, firstAt: now }
    this.rows.set(failing, { count: count + 1, firstAt })
    let failures = 0
    let from = now
    for (const [place, row] of this.rows) {
      if (place !== failing && now - row.firstAt > rememberedMillis) {
        this.rows.delete(place)
        continue
      }
      failures += row.count
      from = Math.min(from, row.firstAt)
    }
    return failures >= failuresMax && now - from >= this.momentMillis
  }

  /** A probe found Redis well. */
  probed(): BreakerChange {
    this.rows.clear()
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
