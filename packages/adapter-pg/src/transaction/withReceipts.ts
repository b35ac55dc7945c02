/** Loads the clock and the receipts of keys beside the rows of a context. */
import type { Receipt } from "@holdfast/core/engine"
import * as DateTime from "effect/DateTime"
import type { RoundTrip } from "./BatchStatements.ts"
import { toReceipt } from "./receiptRow.ts"
import { loadReceipts } from "./statements/loadReceipts.ts"
import { readClock } from "./statements/readClock.ts"

/** What every batch loads beside the rows of its context. */
export interface LoadedKit {
  readonly now: DateTime.Utc
  readonly receipts: ReadonlyArray<Receipt>
}

/**
 * The trip with the clock and the receipts beside what it loads. The clock is the given instant, if
 * there is one.
 */
export const withReceipts = <A extends object>(
  schema: string,
  keys: ReadonlyArray<Pick<Receipt, "caller" | "key">>,
  nowMillis: number | null,
  { queries, read }: RoundTrip<A>
): RoundTrip<A & LoadedKit> => ({
  queries: [...queries, readClock(nowMillis), loadReceipts(schema)(keys, nowMillis)],
  read: (results) => {
    const [[clock] = [], receipts = []] = results.slice(queries.length)
    const now = DateTime.makeUnsafe(Number(clock?.["now"]))
    return { ...read(results), now, receipts: receipts.map(toReceipt) }
  }
})
