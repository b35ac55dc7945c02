import { type Query, query, texts } from "../Query.ts"

/**
 * Locks orders that are decided on as a whole, before their holds are read.
 * Index: none, no table is read. Lock: advisory, of the transaction, in the order of the hashes.
 */
export const lockOrders = (schema: string) => {
  const sql = `
select pg_advisory_xact_lock(hash)::text
from (select distinct hashtextextended('${schema}/order/' || order_id, 0) as hash
      from unnest($1::text[]) as order_id order by hash) as hashes`
  return (orderIds: ReadonlyArray<string>): Query => query(sql, texts(orderIds))
}
