import { type Query, query } from "../Query.ts"

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`

/**
 * Sets parameters for the rest of a transaction, in one statement.
 * Index: none, no table is read. Lock: none.
 */
export const setForTransaction = (settings: Readonly<Record<string, string>>): Query =>
  query(
    `select ${Object.entries(settings)
      .map(([name, value]) => `set_config(${quoted(name)}, ${quoted(value)}, true)`)
      .join(",\n  ")}`
  )
