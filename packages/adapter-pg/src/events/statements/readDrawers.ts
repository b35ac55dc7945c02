import { int8, type Query, query } from "../../connection/Query.ts"
import { auditBlock } from "../../schema/engineTables.ts"

/** What positions are drawn from: those of events, or those of records of the audit log. */
export type PositionSequence = "event_positions" | "audit_positions"

const readWriters = (relation: string) => {
  const sql = `
select coalesce(string_agg(l.virtualtransaction::text, ','), '') as drawers,
  pg_is_in_recovery() as is_replica
from pg_locks l
where l.locktype = 'relation' and l.mode = 'RowExclusiveLock'
  and l.relation = '${relation}'::regclass
  and l.database = (select d.oid from pg_database d where d.datname = current_database())`
  return (): Query => query(sql)
}

/**
 * Reads which transactions have drawn a position and not ended. Drawing locks the sequence until
 * the transaction ends, and the lock ends after the rows have become visible. A replica does not
 * see these locks, so the row says whether the server is a replica.
 * Index: none, the table of locks in memory (0.1 ms). Lock: none.
 */
export const readDrawers = (schema: string, sequence: PositionSequence = "event_positions") =>
  readWriters(`${schema}.${sequence}`)

/**
 * Reads which transactions have written locations and not ended, as `readDrawers` does. A batch
 * writes its locations before it draws positions for their events.
 * Index: none, the table of locks in memory (0.1 ms). Lock: none.
 */
export const readLocationWriters = (schema: string) => readWriters(`${schema}.locations`)

/** How many positions one draw stands for. */
const drawnAtOnce: Readonly<Record<PositionSequence, number>> = {
  event_positions: 1,
  audit_positions: auditBlock
}

/**
 * Reads the last position that any transaction may have drawn.
 * Index: none, a sequence is one row. Lock: none.
 */
export const readLastPosition = (
  schema: string,
  sequence: PositionSequence = "event_positions"
) => {
  const sql = `
select case when s.is_called then s.last_value + ${drawnAtOnce[sequence] - 1} else 0 end::float8
  as position
from ${schema}.${sequence} s`
  return (): Query => query(sql)
}

/**
 * Reads how far the log goes on without a gap after a position ($1), over 10,000 events at most.
 * Index: events_pkey. Lock: none.
 */
export const readContiguous = (schema: string) => {
  const sql = `
select coalesce(max(n.position) filter (where n.position = $1 + n.place), $1)::float8 as position
from (
  select e.position, row_number() over (order by e.position) as place
  from ${schema}.events e where e.position > $1 order by e.position limit 10000
) as n`
  return (after: number): Query => query(sql, int8(after))
}

/** Lets five milliseconds pass on the server. Index: none. Lock: none. */
export const waitAMoment: Query = query("select pg_sleep(0.005)::text")
