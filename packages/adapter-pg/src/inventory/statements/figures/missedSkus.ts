/** The statements of SKUs that were missed. */
import type { DayCount, RankingQuery } from "@holdfast/core/engine"
import { int8, int8s, type Query, query, text, texts } from "../../../connection/Query.ts"

/**
 * Adds shortages ($3) and their units ($4) of SKUs ($2) on days ($1).
 * Index: missed_skus_pkey. Lock: the rows, in the order of days and ids.
 */
export const addMissed = (schema: string) => {
  const sql = `
insert into ${schema}.missed_skus as m (day, sku_id, shortages, units)
select n.day::date, n.id, n.shortages, n.units
from unnest($1::text[], $2::text[], $3::int8[], $4::int8[]) as n(day, id, shortages, units)
order by n.day::date, n.id collate "C"
on conflict (day, sku_id) do update
set shortages = m.shortages + excluded.shortages, units = m.units + excluded.units`
  return (rows: ReadonlyArray<DayCount>): Query =>
    query(
      sql,
      texts(rows.map(({ day }) => day)),
      texts(rows.map(({ id }) => id)),
      int8s(rows.map(({ count }) => count)),
      int8s(rows.map(({ units }) => units))
    )
}

/**
 * The SKUs that were missed most from day $1 to day $2, at most $3 of them.
 * Index: missed_skus_pkey. Lock: none.
 */
export const readMostMissed = (schema: string) => {
  const sql = `
select m.sku_id::text, sum(m.shortages)::float8 as shortages, sum(m.units)::float8 as units
from ${schema}.missed_skus m
where m.day >= $1::text::date and m.day <= $2::text::date
group by m.sku_id
order by sum(m.units) desc, sum(m.shortages) desc, m.sku_id limit $3`
  return ({ from, limit, to }: RankingQuery): Query => query(sql, text(from), text(to), int8(limit))
}

/**
 * Forgets what was missed before day $1, at most $2 rows; how many they were.
 * Index: missed_skus_pkey. Lock: the rows, unless somebody has them.
 */
export const dropOldMissed = (schema: string) => {
  const sql = `
with gone as (
  delete from ${schema}.missed_skus m
  where (m.day, m.sku_id) in (
    select o.day, o.sku_id from ${schema}.missed_skus o
    where o.day < $1::text::date
    order by o.day, o.sku_id limit $2 for update skip locked)
  returning 1)
select count(*)::float8 as gone from gone`
  return (before: string, rowsMax: number): Query => query(sql, text(before), int8(rowsMax))
}
