import { type Query, query, text } from "../../connection/Query.ts"
import type { LaterIndex } from "../ContextTables.ts"

/** How long a step waits that those who write could wait behind. */
const shortWait = "set lock_timeout = '500ms'"

/** The name of the index of a partition of a table. */
const namesOfParts = (schema: string, { name, table }: LaterIndex): string =>
  `to_regclass('${schema}.${name}' || substr(c.relname::text, ${table.length + 1}))`

/**
 * The parts of a table that an index needs: its partitions, or else itself alone. Of each its name, the
 * name that its index gets, whether that index is there and whole, and whether it is part of the whole;
 * and of the whole whether it is whole. Index: none, catalogs. Lock: none.
 */
export const readIndexParts = (schema: string, index: LaterIndex): Query =>
  query(
    `
with whole as (
  select to_regclass($1) as table_id, to_regclass($2) as index_id
)
select c.relname::text as part, t.relkind = 'p' as is_partitioned,
  coalesce(w.indisvalid, false) as is_whole, w.indexrelid is not null as is_begun,
  substr(c.relname::text, ${index.table.length + 1})::text as suffix,
  coalesce((select x.indisvalid from pg_index x
    where x.indexrelid = ${namesOfParts(schema, index)}), false) as is_built,
  ${namesOfParts(schema, index)} is not null as is_there,
  exists (select 1 from pg_inherits h join pg_index x on x.indexrelid = h.inhrelid
    where h.inhparent = s.index_id and x.indrelid = c.oid) as is_attached
from whole s
join pg_class t on t.oid = s.table_id
left join pg_index w on w.indexrelid = s.index_id
join pg_class c on c.oid = t.oid and t.relkind = 'r'
  or c.oid in (select p.relid from pg_partition_tree(s.table_id) p where p.isleaf and t.relkind = 'p')
order by c.relname`,
    text(`${schema}.${index.table}`),
    text(`${schema}.${index.name}`)
  )

/** How much of the indexes of a schema is being built now: rows that were read, of all. Index: none, views of activity. Lock: none. */
export const readIndexProgress = (schema: string): Query =>
  query(
    `
select c.relname::text as part, p.blocks_done::float8 as blocks_done, p.blocks_total::float8 as blocks_total
from pg_stat_progress_create_index p join pg_class c on c.oid = p.relid
where p.datname = current_database() and c.relnamespace = to_regnamespace($1)`,
    text(schema)
  )

/**
 * Begins to build, alone: true for the one who may. A build may take long.
 * Index: none. Lock: an advisory one of the schema, until the connection closes.
 */
export const beginIndexes = (schema: string): ReadonlyArray<Query> => [
  query("set statement_timeout = 0"),
  query(
    "select pg_try_advisory_lock(hashtextextended($1, 0)) as is_alone",
    text(`${schema}/indexes`)
  )
]

/** Makes the index of the whole of a partitioned table, which has nothing yet. Index: none. Lock: SHARE on the table, shortly. */
export const beginWhole = (
  schema: string,
  { name, on, table }: LaterIndex
): ReadonlyArray<Query> => [
  query(shortWait),
  query(`create index if not exists ${name} on only ${schema}.${table} ${on}`)
]

/** Drops what a build that was broken off has left. Index: none. Lock: SHARE UPDATE EXCLUSIVE, beside which others write. */
export const dropBroken = (schema: string, name: string): ReadonlyArray<Query> => [
  query("set lock_timeout = 0"),
  query(`drop index concurrently if exists ${schema}.${name}`)
]

/** Builds an index beside those who write. Index: none. Lock: SHARE UPDATE EXCLUSIVE, beside which others write. */
export const buildBeside = (
  schema: string,
  { name, on, part }: { readonly name: string; readonly on: string; readonly part: string }
): ReadonlyArray<Query> => [
  query("set lock_timeout = 0"),
  query(`create index concurrently ${name} on ${schema}.${part} ${on}`)
]

/** Makes an index of a part one of the whole. Index: none. Lock: ACCESS EXCLUSIVE on the index of the part, shortly. */
export const attachPart = (schema: string, whole: string, part: string): ReadonlyArray<Query> => [
  query(shortWait),
  query(`alter index ${schema}.${whole} attach partition ${schema}.${part}`)
]

/** Builds an index where nobody else is. Index: none. Lock: SHARE on the table. */
export const buildAlone = (schema: string, { name, on, table }: LaterIndex): Query =>
  query(`create index if not exists ${name} on ${schema}.${table} ${on}`)
