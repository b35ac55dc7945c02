/**
 * The tables of one context, as the schema's machinery needs them. Each context has a schema of its
 * own with its own log of events, its own receipts and its own batches.
 */

/** One step of a schema: its statements for a schema name, one a text. */
export interface Migration {
  readonly id: number
  readonly name: string
  readonly statements: (schema: string) => ReadonlyArray<string>
}

/** The tables of a context. */
export interface ContextTables {
  /** Every migration, in order. One that has landed is never changed. */
  readonly migrations: ReadonlyArray<Migration>
  /** Tables with a partition for each month of a column; the log has its own. */
  readonly monthly: ReadonlyArray<{ readonly table: string; readonly column: string }>
}
