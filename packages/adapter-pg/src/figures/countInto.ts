/** Counts by day that are added to a table many at once, and forgotten after a while. */
import {
  type DayCount,
  type DayCounts,
  makeDayCounts,
  reportDayBefore,
  type StoreError
} from "@holdfast/core/engine"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Query } from "../connection/Query.ts"

/** How counts are written, and what is forgotten. */
export interface CountedTable {
  readonly add: (rows: ReadonlyArray<DayCount>) => Query
  /** Forgets what is of days before one. */
  readonly dropOld: (before: string) => Query
  /** Runs a statement that needs no transaction. */
  readonly write: (query: Query) => Effect.Effect<unknown, StoreError>
  readonly whenFailing: string
}

/** Counts on their way to a table. Once a day, after the first write, what no report covers goes. */
export const countInto = ({
  add,
  dropOld,
  whenFailing,
  write
}: CountedTable): Effect.Effect<DayCounts, never, Scope.Scope> =>
  Effect.suspend(() => {
    let droppedBefore = ""
    return makeDayCounts(
      (rows) =>
        Effect.andThen(
          write(add(rows)),
          Effect.flatMap(Clock.currentTimeMillis, (millis) => {
            const before = reportDayBefore(millis)
            if (before === droppedBefore) return Effect.void
            droppedBefore = before
            return Effect.ignore(write(dropOld(before)))
          })
        ),
      { whenFailing }
    )
  })
