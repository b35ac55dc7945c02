/** The statements of product views. */
import type { DayCount, RankingQuery } from "@holdfast/core/engine"
import { int8, int8s, type Query, query, text, texts } from "../../../connection/Query.ts"

/**
 * Adds views of products ($2) on days ($1), as many as $3 says.
 * Index: product_views_pkey. Lock: the rows, in the order of days and ids.
 */
export const addViews = (schema: string) => {
  const sql = `
insert into ${schema}.product_views as v (day, product_id, views)
select n.day::date, n.id::uuid, n.views
from unnest($1::text[], $2::text[], $3::int8[]) as n(day, id, views)
order by n.day::date, n.id::uuid
on conflict (day, product_id) do update set views = v.views + excluded.views`
  return (rows: ReadonlyArray<DayCount>): Query =>
    query(
      sql,
      texts(rows.map(({ day }) => day)),
      texts(rows.map(({ id }) => id)),
      int8s(rows.map(({ count }) => count))
    )
}

/**
 * The products with the most views from day $1 to day $2, at most $3 of them.
 * Index: product_views_pkey, products_pkey. Lock: none.
 */
export const readMostViewed = (schema: string) => {
  const sql = `
with most as materialized (
  select v.product_id, sum(v.views) as views
  from ${schema}.product_views v
  where v.day >= $1::text::date and v.day <= $2::text::date
  group by v.product_id
  order by views desc, v.product_id limit $3)
select most.product_id::text, p.name::text, most.views::float8
from most left join ${schema}.products p on p.id = most.product_id
order by most.views desc, most.product_id`
  return ({ from, limit, to }: RankingQuery): Query => query(sql, text(from), text(to), int8(limit))
}

/**
 * Forgets views of days before $1, at most $2 rows; how many they were.
 * Index: product_views_pkey. Lock: the rows, unless somebody has them.
 */
export const dropOldViews = (schema: string) => {
  const sql = `
with gone as (
  delete from ${schema}.product_views v
  where (v.day, v.product_id) in (
    select o.day, o.product_id from ${schema}.product_views o
    where o.day < $1::text::date
    order by o.day, o.product_id limit $2 for update skip locked)
  returning 1)
select count(*)::float8 as gone from gone`
  return (before: string, rowsMax: number): Query => query(sql, text(before), int8(rowsMax))
}
