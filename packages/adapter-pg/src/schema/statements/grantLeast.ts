/**
 * The rights that a server needs on the tables of a context, and no others: it makes and drops
 * nothing, and of the log and the ledger it changes nothing that is written.
 */

/** A right on a table. A statement that locks rows for its own change needs UPDATE. */
export type TableRight = "SELECT" | "INSERT" | "UPDATE" | "DELETE"

/** The rights on the tables of a context, by the name of the table. */
export type TableRights = Readonly<Record<string, ReadonlyArray<TableRight>>>

/** Rows that are written once and stay. */
export const appended: ReadonlyArray<TableRight> = ["SELECT", "INSERT"]

/** Rows that are written and changed, and stay. */
export const changed: ReadonlyArray<TableRight> = [...appended, "UPDATE"]

/** Rows that come and go. */
export const kept: ReadonlyArray<TableRight> = [...changed, "DELETE"]

/** The rights on the tables that every context has. Partitions have those of their table. */
export const engineRights: TableRights = {
  migrations: ["SELECT"],
  events: appended,
  event_log: ["SELECT", "UPDATE"],
  event_cursors: kept,
  dead_letters: kept,
  receipts: kept,
  batches: kept,
  inbox: kept,
  webhooks: kept,
  webhook_deliveries: kept,
  imports: changed,
  import_problems: kept
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

/**
 * The script that gives a role these rights in a schema, and takes all others there from it. It is
 * for the owner of the tables to run, and may be run again.
 * Index: none, catalogs. Lock: none that stops writers.
 */
export const grantLeast = (
  schema: string,
  rights: TableRights,
  roleName: string
): ReadonlyArray<string> => {
  const role = quoted(roleName)
  return [
    `revoke all on schema ${schema} from ${role};`,
    `revoke all on all tables in schema ${schema} from ${role};`,
    `revoke all on all sequences in schema ${schema} from ${role};`,
    `grant usage on schema ${schema} to ${role};`,
    ...Object.entries({ ...engineRights, ...rights }).map(
      ([table, granted]) =>
        `grant ${granted.join(", ").toLowerCase()} on ${schema}.${table} to ${role};`
    ),
    `grant usage, select on sequence ${schema}.event_positions to ${role};`,
    `grant execute on function ${schema}.require_rows(bigint, bigint) to ${role};`
  ]
}
