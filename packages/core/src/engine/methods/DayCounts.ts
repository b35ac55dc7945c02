/**
 * Counts by day and id that are kept in memory and written many at once: a write now and then, never
 * one for each thing that is counted. They are exact but for a stated bound: a process that is killed
 * loses what it had not written, and a write whose answer is lost may be written twice. What comes
 * while nothing can be written is kept, for a bounded number of ids.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import type * as Scope from "effect/Scope"
import { dayNumber, dayText } from "../../kernel/Page.ts"
import type { StoreError } from "../../kernel/StoreError.ts"

/** How often something happened to one id on one day, and the sum of its units. */
export interface DayCount {
  readonly day: string
  readonly id: string
  readonly count: number
  readonly units: number
}

/** When counts are written, and how many are kept. */
export interface DayCountsOptions {
  /** What is logged when they cannot be written. */
  readonly whenFailing: string
  /** The longest that a count waits, in milliseconds, while they can be written: 5,000. */
  readonly everyMillis?: number | undefined
  /** Counts that begin a write at once: 1,000. */
  readonly countMax?: number | undefined
  /** Different ids that may wait: 10,000. Further ones are left out, and counted as such. */
  readonly idsMax?: number | undefined
}

/** Counts on their way to a store. */
export interface DayCounts {
  /** Counts something of an id, as of now. */
  readonly add: (id: string, units?: number) => void
  /** Writes what waits. Fails when it could not be written; it then waits on. */
  readonly flush: Effect.Effect<void, StoreError>
  /** How many counts there were, how many of them wait, and how many were left out. */
  readonly read: () => {
    readonly counted: number
    readonly waiting: number
    readonly leftOut: number
  }
}

interface Sum {
  count: number
  units: number
}

/** What waits, by the number of the day and the id. */
class Waiting {
  private days = new Map<number, Map<string, Sum>>()
  private ids = 0
  count = 0

  /** Whether there was room for it. */
  add(day: number, id: string, count: number, units: number, idsMax: number): boolean {
    let sums = this.days.get(day)
    if (sums === undefined) {
      sums = new Map()
      this.days.set(day, sums)
    }
    const sum = sums.get(id)
    if (sum !== undefined) {
      sum.count += count
      sum.units += units
    } else {
      if (this.ids >= idsMax) return false
      this.ids += 1
      sums.set(id, { count, units })
    }
    this.count += count
    return true
  }

  /** Sorted, so that writers who meet lock rows in one order. */
  rows(): ReadonlyArray<DayCount> {
    const rows = [...this.days].flatMap(([number, sums]) => {
      const day = dayText(number)
      return [...sums].map(([id, sum]) => ({ day, id, ...sum }))
    })
    return rows.sort((a, b) => (`${a.day} ${a.id}` < `${b.day} ${b.id}` ? -1 : 1))
  }

  /** Takes in what another has, as far as there is room; the counts that there was none for. */
  absorb(other: Waiting, idsMax: number): number {
    let leftOut = 0
    for (const [day, sums] of other.days) {
      for (const [id, { count, units }] of sums) {
        if (!this.add(day, id, count, units, idsMax)) leftOut += count
      }
    }
    return leftOut
  }
}

/** Counts that are written by `write` until the scope closes, and then once more. */
export const makeDayCounts = Effect.fnUntraced(function* (
  write: (rows: ReadonlyArray<DayCount>) => Effect.Effect<void, StoreError>,
  { countMax = 1_000, everyMillis = 5_000, idsMax = 10_000, whenFailing }: DayCountsOptions
): Effect.fn.Return<DayCounts, never, Scope.Scope> {
  const clock = yield* Clock.Clock
  const isSome = Latch.makeUnsafe(false)
  const isDue = Latch.makeUnsafe(false)
  let waiting = new Waiting()
  let underWay = 0
  let counted = 0
  let leftOut = 0

  // What was taken is written or put back, so an interruption waits.
  const flush = Effect.uninterruptible(
    Effect.suspend(() => {
      isDue.closeUnsafe()
      isSome.closeUnsafe()
      if (waiting.count === 0) return Effect.void
      const taken = waiting
      waiting = new Waiting()
      underWay += taken.count
      return Effect.onExit(write(taken.rows()), (exit) =>
        Effect.sync(() => {
          underWay -= taken.count
          if (exit._tag === "Success") return
          // What came meanwhile had a place of its own; together they have no more than one of them.
          leftOut += taken.absorb(waiting, idsMax)
          waiting = taken
          isSome.openUnsafe()
        })
      )
    })
  )

  let isFailing = false
  const logged = Effect.matchCauseEffect(flush, {
    onSuccess: () =>
      Effect.sync(() => {
        isFailing = false
      }),
    onFailure: (cause) => {
      const isFirst = !isFailing
      isFailing = true
      return Effect.andThen(
        isFirst ? Effect.logWarning(whenFailing, cause) : Effect.void,
        // Nothing is due again before the pause is over.
        Effect.sleep(everyMillis)
      )
    }
  })

  yield* Effect.addFinalizer(() =>
    Effect.catchCause(flush, (cause) => Effect.logWarning(whenFailing, cause))
  )
  yield* isSome.await.pipe(
    Effect.andThen(Effect.raceFirst(Effect.sleep(everyMillis), isDue.await)),
    Effect.andThen(logged),
    Effect.forever,
    Effect.forkScoped
  )

  return {
    add: (id, units = 0) => {
      const day = dayNumber(clock.currentTimeMillisUnsafe())
      counted += 1
      if (!waiting.add(day, id, 1, units, idsMax)) {
        leftOut += 1
        return
      }
      if (waiting.count === 1) isSome.openUnsafe()
      if (waiting.count >= countMax) isDue.openUnsafe()
    },
    flush,
    read: () => ({ counted, waiting: waiting.count + underWay, leftOut })
  }
})
