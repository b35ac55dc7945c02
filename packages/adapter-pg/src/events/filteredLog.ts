/** A log that is read whole, or by a filter of its context. */
import type { AnyEvent, LoggedEvent } from "@holdfast/core/engine"
import type { PositionGone } from "@holdfast/core/events"
import * as Effect from "effect/Effect"
import type { Row } from "../connection/Query.ts"
import type { SqlFailure } from "../connection/SqlFailure.ts"
import { wholeLogOver } from "./PgEventLog.ts"
import type { Run } from "./settledPosition.ts"
import { wholePages } from "./wholePages.ts"

/** Reads the rows of a page that a filter wants, of which there may be more than `limit`. */
export type RowsOf<Filter> = (
  after: number,
  limit: number,
  filter: Filter,
  noting: Run
) => Effect.Effect<ReadonlyArray<Row>, SqlFailure>

/** Reads the log of one schema: whole without a filter, by `rowsOf` with one. */
export const filteredLogOver = <Event extends AnyEvent, Filter extends object>(
  schema: string,
  run: Run,
  toEvent: (row: Row) => LoggedEvent<Event>,
  rowsOf: RowsOf<Filter>
) => {
  const whole = wholePages(schema, run)
  const wholeLog = wholeLogOver(schema, run, toEvent)
  return (
    after: number,
    limit: number,
    filter?: Filter
  ): Effect.Effect<ReadonlyArray<LoggedEvent<Event>>, SqlFailure | PositionGone> =>
    whole(
      after,
      (noting) =>
        filter === undefined || Object.values(filter).every((part) => part === undefined)
          ? wholeLog(after, limit, noting)
          : Effect.map(rowsOf(after, limit, filter, noting), (rows) =>
              rows.slice(0, limit).map(toEvent)
            ),
      ({ event, position }, incarnation) => ({ position, event: { ...event, incarnation } })
    )
}
