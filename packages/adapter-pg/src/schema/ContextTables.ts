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
  /**
   * The newest migration that a server must know at least, to go on working once this step is
   * applied: an earlier one for a step that only adds, its own for one that takes away what earlier
   * releases use. Its own unless given.
   */
  readonly worksFrom?: number
  /**
   * What the step leaves for servers of earlier releases alone, and the release from which on a
   * later step may take it away; nothing unless given.
   */
  readonly leaves?: { readonly shape: string; readonly untilRelease: string }
}

/**
 * An index that is added to a table which may be big by then. No migration makes it: it is built
 * beside those who write, after the migrations, and a build that was broken off is begun again.
 * Until it is there, what needs it is slow and right.
 */
export interface LaterIndex {
  readonly name: string
  readonly table: string
  /** What it has: `(sku_id, created_at)`, and what may follow. */
  readonly on: string
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
  /** Indexes that are built in the background; none unless given. */
  readonly indexes?: ReadonlyArray<LaterIndex>
}
