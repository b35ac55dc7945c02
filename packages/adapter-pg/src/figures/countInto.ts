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
import type { Query, Row } from "../connection/Query.ts"

/** Rows that one statement forgets. */
export const forgottenMax = 10_000

/** How counts are written, and what is forgotten. */
export interface CountedTable {
  readonly add: (rows: ReadonlyArray<DayCount>) => Query
  /** Forgets what is of days before one, at most so many rows, and tells how many as `gone`. */
  readonly dropOld: (before: string, rowsMax: number) => Query
  /** Runs a statement that needs no transaction; its rows. */
  readonly write: (query: Query) => Effect.Effect<ReadonlyArray<Row>, StoreError>
  readonly whenFailing: string
}

/**
 * Counts on their way to a table. Each day what no report covers any more goes, a part of it after each write
 * until none is left: a shop may have had more rows a day than one statement forgets.
 */
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
            const dropped = Effect.map(write(dropOld(before, forgottenMax)), ([row]) => {
              if (Number(row?.["gone"]) < forgottenMax) droppedBefore = before
            })
            return Effect.ignore(dropped)
          })
        ),
      { whenFailing }
    )
  })
