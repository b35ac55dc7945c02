import { instant, type Query, query } from "../../../connection/Query.ts"

/**
 * Makes the movements that carry balances over an instant ($1): for each level with a movement
 * before it, one of type OPENING at that instant. It stands for all of them, so it has the sequence
 * and the balance of the last one.
 * Index: none, it reads whole months that go afterwards. Lock: the new rows.
 */
export const carryForward = (schema: string, untilMillis: number): Query =>
  query(
    `
with made as (
  insert into ${schema}.stock_movements
    (id, sku_id, location_id, sequence, type, quantity, balance_after, created_at)
  select gen_random_uuid(), l.sku_id, l.location_id, l.sequence, 'OPENING', l.balance_after,
    l.balance_after, $1
  from (
    select distinct on (m.sku_id, m.location_id) m.sku_id, m.location_id, m.sequence,
      m.balance_after
    from ${schema}.stock_movements m where m.created_at < $1
    order by m.sku_id, m.location_id, m.created_at desc, m.sequence desc
  ) as l
  returning 1)
select count(*)::float8 as count from made`,
    instant(untilMillis)
  )
