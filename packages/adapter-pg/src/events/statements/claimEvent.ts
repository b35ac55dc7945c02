import { type Query, query, text } from "../../connection/Query.ts"

/**
 * Notes that a consumer ($1) handles an event ($2), in a transaction that has the mark ($3), unless
 * it was noted before. The row says whether it was noted now, and which mark there is.
 * Index: inbox_pkey. Lock: the row, until the transaction ends: another that claims it waits.
 */
export const claimEvent = (schema: string) => {
  const mark = "current_setting('holdfast.cursor', true)"
  const sql = `
with claimed as (
  insert into ${schema}.inbox (consumer, event_id, handled_at)
  select $1, $2, clock_timestamp() where ${mark} = $3
  on conflict (consumer, event_id) do nothing
  returning 1
)
select (exists (select 1 from claimed))::text as is_claimed, ${mark} as mark`
  return (consumer: string, eventId: string, transactionMark: string): Query =>
    query(sql, text(consumer), text(eventId), text(transactionMark))
}
