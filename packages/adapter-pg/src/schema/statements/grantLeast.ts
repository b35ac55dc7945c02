import { appended, engineRights, type TableRights } from "../engineTables.ts"

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** What a role may do in a schema: these rights on these tables, and nothing else. */
const grantTables = (schema: string, rights: TableRights, role: string): ReadonlyArray<string> => [
  `revoke all on schema ${schema} from ${role};`,
  `revoke all on all tables in schema ${schema} from ${role};`,
  `revoke all on all sequences in schema ${schema} from ${role};`,
  `grant usage on schema ${schema} to ${role};`,
  ...Object.entries(rights).map(
    ([table, granted]) =>
      `grant ${granted.join(", ").toLowerCase()} on ${schema}.${table} to ${role};`
  )
]

/**
 * The script that gives a role the rights that a server needs in the schema of a context, and takes
 * all others there from it. It is for the owner of the tables to run, and may be run again.
 * Index: none, catalogs. Lock: none that stops writers.
 */
export const grantLeast = (
  schema: string,
  rights: TableRights,
  roleName: string
): ReadonlyArray<string> => {
  const role = quoted(roleName)
  return [
    ...grantTables(schema, { ...engineRights, ...rights }, role),
    ...["event_positions", "audit_positions"].map(
      (sequence) => `grant usage, select on sequence ${schema}.${sequence} to ${role};`
    ),
    `grant execute on function ${schema}.require_rows(bigint, bigint) to ${role};`
  ]
}

/** What a server does with the tables of access. */
const keyRights: TableRights = {
  migrations: ["SELECT"],
  api_keys: ["SELECT"],
  audit: ["SELECT"],
  audit_marks: appended,
  audit_private: ["SELECT"],
  seals: appended,
  seal_anchors: ["SELECT"],
  key_usage: ["SELECT"]
}

/**
 * The same for the keys of services: a server looks a key up and notes its use, and seals the records about
 * keys. It makes none, and takes back no revocation.
 * Index: none, catalogs. Lock: none that stops writers.
 */
export const grantKeyUse = (schema: string, roleName: string): ReadonlyArray<string> => {
  const role = quoted(roleName)
  return [
    ...grantTables(schema, keyRights, role),
    `grant select on sequence ${schema}.audit_positions to ${role};`,
    `grant update (last_used_at) on ${schema}.api_keys to ${role};`
  ]
}
