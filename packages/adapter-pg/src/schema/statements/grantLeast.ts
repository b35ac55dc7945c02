import { engineRights, type TableRights } from "../engineTables.ts"

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

/**
 * The script that gives a role the rights that a server needs in a schema, and takes all others there from it. It is
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
