import { instant, type Query, query } from "../../connection/Query.ts"
import { millis } from "../../connection/sqlText.ts"

/** Reads the clock, or takes the given instant ($1) in its place. Index: none. Lock: none. */
export const readClock = (nowMillis: number | null): Query =>
  query(
    `select ${millis("coalesce($1::timestamptz, clock_timestamp())")} as now`,
    instant(nowMillis)
  )
