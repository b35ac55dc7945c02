/**
 * The tables of one context, as the schema's machinery needs them. Each context has a schema of its
 * own with its own log of events, its own receipts and its own batches.
 */

import type { Query } from "../connection/Query.ts"

/** One step of a schema: its statements for a schema name, one a text. */
export interface Migration {
  readonly id: number
  readonly name: string
  readonly statements: (schema: string) => ReadonlyArray<string>
}

/** A table with a partition for each month of a column. */
export interface MonthlyTable {
  readonly table: string
  readonly column: string
  /**
   * Makes the rows that stand for everything before an instant, at that instant, and answers with
   * their `count`. Without it no month of the table is ever dropped.
   */
  readonly carryForward?: (schema: string, untilMillis: number) => Query
}

/** The tables of a context. */
export interface ContextTables {
  /** Every migration, in order. One that has landed is never changed. */
  readonly migrations: ReadonlyArray<Migration>
  /** Tables with a partition for each month of a column; the log has its own. */
  readonly monthly: ReadonlyArray<MonthlyTable>
}
