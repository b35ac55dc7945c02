import { instant, int8, type Query, query, text } from "../../connection/Query.ts"
import { millis } from "../../connection/sqlText.ts"
import { drawnOf } from "../../events/statements/scope.ts"

/**
 * Begins to drop partitions. No lock is waited for longer than 100 ms: those that come later wait
 * behind this one for as long. Index: none. Lock: none.
 */
export const beginPruning: ReadonlyArray<Query> = [
  query("begin"),
  query("set local lock_timeout = '100ms'"),
  query("set local statement_timeout = 0")
]

/** Begins a part that may be undone. Index: none. Lock: none. */
export const beginPart: Query = query("savepoint part")

/** Undoes a part, with its locks. Index: none. Lock: none. */
export const undoPart: Query = query("rollback to savepoint part")

/**
 * Keeps others from making and dropping partitions.
 * Index: none. Lock: the advisory one of the schema that makers of partitions take, to the end.
 */
export const lockPartitions = (schema: string): Query =>
  query("select pg_advisory_xact_lock(hashtextextended($1, 0))::text", text(`${schema}/partitions`))

/**
 * Reads the partitions of a table, the clock, and whether this user may drop them.
 * Index: none, catalogs. Lock: none.
 */
export const readPartitions = (schema: string, table: string): Query =>
  query(
    `
select c.relname::text as name, extract(epoch from clock_timestamp())::float8 * 1000 as now,
  pg_has_role(p.relowner, 'usage') as may_drop, pg_get_userbyid(p.relowner)::text as owner
from pg_class p
join pg_namespace n on n.oid = p.relnamespace
left join pg_inherits i on i.inhparent = p.oid
left join pg_class c on c.oid = i.inhrelid
where n.nspname = $1 and p.relname = $2
order by c.relname`,
    text(schema),
    text(table)
  )

/**
 * Reads the last event of a partition, and the first position in the DEFAULT partition.
 * Index: the key of the two partitions. Lock: none.
 */
export const readLastEvent = (schema: string, partition: string): Query =>
  query(`
select e.position::float8 as position, ${millis('e."timestamp"')} as instant,
  (select d.position from ${schema}.events_default d order by d.position limit 1)::float8
    as in_default
from (select 1) as one
left join (
  select * from ${schema}.${partition} order by position desc limit 1
) as e on true`)

/**
 * Whether rows of before an instant went to the DEFAULT partition.
 * Index: none, the DEFAULT partition has only rows that came before their partition. Lock: none.
 */
export const findInDefault = (
  schema: string,
  table: string,
  column: string,
  untilMillis: number
): Query =>
  query(
    `select 1 as found from ${schema}.${table}_default where ${column} < $1 limit 1`,
    instant(untilMillis)
  )

/**
 * Keeps cursors where they are. Index: none. Lock: SHARE ROW EXCLUSIVE on the cursors, which stops
 * those who take or move one, to the end.
 */
export const lockCursors = (schema: string): Query =>
  query(`lock table ${schema}.event_cursors in share row exclusive mode`)

/**
 * Raises the horizon to the last event that is dropped ($1), and notes how far runs that began
 * before may go on: to the first event that is a minute younger, since a run takes half of that.
 * Index: none for the minute of the log that it reads, by its key. Lock: the one row of the log.
 */
export const raiseHorizon = (schema: string, position: number): Query =>
  query(
    `
update ${schema}.event_log set horizon = $1, open_runs_until = coalesce((
  select e.position from ${schema}.events e
  where e.position > $1 and e."timestamp" > (
    select last."timestamp" + interval '1 minute' from ${schema}.events last
    where last.position = $1)
  order by e.position limit 1), ${drawnOf(schema)})
where is_only_row`,
    int8(position)
  )

/**
 * Locks a table for the removal of partitions, then these, which nobody reads without the table.
 * Index: none. Lock: ACCESS EXCLUSIVE on the table, its DEFAULT partition and the partitions; only
 * for the first is anything waited for.
 */
export const lockForDrop = (
  schema: string,
  table: string,
  partitions: ReadonlyArray<string>
): ReadonlyArray<Query> => [
  query(`lock table only ${schema}.${table} in access exclusive mode`),
  query(
    `lock table ${[`${table}_default`, ...partitions].map((name) => `${schema}.${name}`).join(", ")}
in access exclusive mode nowait`
  )
]

/** Drops partitions. Index: none. Lock: ACCESS EXCLUSIVE, taken before. */
export const dropPartitions = (schema: string, partitions: ReadonlyArray<string>): Query =>
  query(`drop table ${partitions.map((name) => `${schema}.${name}`).join(", ")}`)
