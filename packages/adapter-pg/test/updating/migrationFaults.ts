/**
 * What a migration does to tables that were there before it, as the server itself tells it, and what of
 * that would keep others waiting while a big table is read or written whole.
 */
import * as Effect from "effect/Effect"
import type { Migration } from "../../src/schema/ContextTables.ts"
import type { Connected } from "../engines.ts"

/** Tables that stay small, however big a shop is. They may be changed and locked. */
const smallTables = [
  ...["migrations", "servers", "event_log", "event_cursors", "stock_checks", "webhooks"],
  ...["locations", "key_usage", "api_keys", "seal_anchors", "followed_stock", "imports"]
]

const isSmall = (table: unknown) => smallTables.includes(String(table))

/** Tables of a schema by their ids, and the files that hold their rows. */
const files = `
select c.oid::text as id, c.relname::text as name, pg_relation_filenode(c.oid)::text as file
from pg_class c where c.relnamespace = $1::regnamespace and c.relkind in ('r', 'p')`

const indexes = `
select x.indexrelid::text as id, c.relname::text as table, i.relname::text as name
from pg_index x join pg_class c on c.oid = x.indrelid join pg_class i on i.oid = x.indexrelid
where c.relnamespace = $1::regnamespace`

const constraints = `
select k.oid::text || k.convalidated::text as id, c.relname::text as table, k.conname::text as name
from pg_constraint k join pg_class c on c.oid = k.conrelid
where c.relnamespace = $1::regnamespace and k.convalidated and k.contype in ('c', 'f')`

const notNulls = `
select a.attrelid::text || '.' || a.attname as id, c.relname::text as table, a.attname::text as name
from pg_attribute a join pg_class c on c.oid = a.attrelid
where c.relnamespace = $1::regnamespace and c.relkind in ('r', 'p') and a.attnum > 0
  and not a.attisdropped and a.attnotnull`

const columns = `
select a.attrelid::text || '.' || a.attnum || '.' || a.attname || '.' || a.atttypid as id,
  c.relname::text as table, a.attname::text as name
from pg_attribute a join pg_class c on c.oid = a.attrelid
where c.relnamespace = $1::regnamespace and c.relkind in ('r', 'p') and a.attnum > 0
  and not a.attisdropped`

/** Tables of which this transaction writes rows. */
const written = `
select distinct c.relname::text as table from pg_locks l join pg_class c on c.oid = l.relation
where l.pid = pg_backend_pid() and l.mode = 'RowExclusiveLock' and c.relkind in ('r', 'p')
  and c.relnamespace = $1::regnamespace`

const states = { files, indexes, constraints, notNulls, columns }

const stateOf = Effect.fnUntraced(function* (sql: Connected, schema: string) {
  const rows = yield* Effect.all({
    files: sql(states.files, [schema]),
    indexes: sql(states.indexes, [schema]),
    constraints: sql(states.constraints, [schema]),
    notNulls: sql(states.notNulls, [schema]),
    columns: sql(states.columns, [schema])
  })
  return rows
})

/**
 * Applies a migration in a transaction that it then commits, and says what is wrong with it: `lock` of
 * what reads or writes a whole table while others wait, `shape` of what earlier releases lose though the
 * migration says that they can work beside it.
 */
export const faultsOf = Effect.fnUntraced(function* (
  sql: Connected,
  schema: string,
  migration: Migration
) {
  yield* sql("begin")
  const before = yield* stateOf(sql, schema)
  for (const statement of migration.statements(schema)) yield* sql(statement)
  const after = yield* stateOf(sql, schema)
  const touched = yield* sql(written, [schema])
  yield* sql("commit")
  const old = new Map(before.files.map(({ file, id, name }) => [String(name), { file, id }]))
  const isBigOld = (table: unknown) => old.has(String(table)) && !isSmall(table)
  const added = (key: "constraints" | "indexes" | "notNulls") => {
    const known = new Set(before[key].map(({ id }) => id))
    return after[key].filter((row) => !known.has(row["id"]) && isBigOld(row["table"]))
  }
  const newColumns = new Set(
    after.columns
      .filter(({ id }) => !before.columns.some((row) => row["id"] === id))
      .map((row) => `${String(row["table"])}.${String(row["name"])}`)
  )
  const lock = [
    ...after.files
      .filter(({ file, id, name }) => {
        const was = old.get(String(name))
        return was?.id === id && was?.file !== file && !isSmall(name)
      })
      .map(({ name }) => `rewrites ${String(name)}`),
    ...added("indexes").map(
      ({ name, table }) =>
        `builds ${String(name)} on ${String(table)}: put it into indexes of ContextTables`
    ),
    ...added("constraints").map(
      ({ name, table }) =>
        `checks all rows of ${String(table)} for ${String(name)}: add it "not valid"`
    ),
    ...added("notNulls")
      .filter((row) => !newColumns.has(`${String(row["table"])}.${String(row["name"])}`))
      .map(({ name, table }) => `checks all rows of ${String(table)} for ${String(name)} not null`),
    ...touched
      .filter(({ table }) => isBigOld(table))
      .map(({ table }) => `writes rows of ${String(table)}: leave that to a background step`)
  ]
  const kept = new Set(after.columns.map(({ id }) => id))
  const gone = before.columns
    .filter(({ id }) => !kept.has(id))
    .map((row) => `${String(row["table"])}.${String(row["name"])}`)
  const { id, worksFrom } = migration
  const shape =
    worksFrom === undefined
      ? ["does not say from which migration on a server works beside it (worksFrom)"]
      : worksFrom < id && gone.length > 0
        ? [`takes ${gone.join(", ")} away from servers that know less than it`]
        : []
  return { lock, shape }
})
