import { type Query, query, text } from "../../connection/Query.ts"

/** A range of a table that is to have a partition of its own. */
export interface PartitionRange {
  readonly parent: string
  /** The column that decides which partition a row goes to. */
  readonly column: string
  readonly name: string
  readonly from: string
  readonly to: string
}

/**
 * Begins to make partitions, alone, and reads the clock, the newest position, and whether this user may make any.
 * Index: none, a sequence. Lock: an advisory one of the schema, to the end.
 */
export const beginPartitions = (schema: string): ReadonlyArray<Query> => [
  query("begin"),
  query(
    "select pg_advisory_xact_lock(hashtextextended($1, 0))::text",
    text(`${schema}/partitions`)
  ),
  query(`select extract(epoch from clock_timestamp())::float8 * 1000 as now,
  (select last_value from ${schema}.event_positions)::float8 as position,
  has_schema_privilege('${schema}', 'CREATE') as may_create`),
  query(
    `select c.relname::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname = $1`,
    text(schema)
  )
]

/**
 * Whether rows of a range went to the DEFAULT partition: it cannot be attached beside them.
 * Index: none, the DEFAULT partition has only rows that came before their partition. Lock: none.
 */
export const findOvertaken = (
  schema: string,
  { column, from, parent, to }: PartitionRange
): Query =>
  query(`select 1 as found from ${schema}.${parent}_default
where ${column} >= '${from}' and ${column} < '${to}' limit 1`)

/**
 * Makes a partition apart and attaches it. Row triggers come with the parent; a statement's do not.
 * Index: none. Lock: SHARE UPDATE EXCLUSIVE on the parent, which does not stop writers.
 */
export const makePartition = (
  schema: string,
  { from, name, parent, to }: PartitionRange
): ReadonlyArray<Query> => [
  query(
    `create table ${schema}.${name} (like ${schema}.${parent} including defaults including constraints)`
  ),
  query(`create trigger ${name}_no_truncate before truncate on ${schema}.${name}
  for each statement execute function ${schema}.refuse_change()`),
  query(`alter table ${schema}.${parent} attach partition ${schema}.${name}
  for values from ('${from}') to ('${to}')`)
]
