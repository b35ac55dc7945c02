/** The statements of the check of stock against its ledger. */
import type { SkuId } from "@holdfast/core/inventory"
import { int8, type Query, query, text, texts } from "../../../connection/Query.ts"

/**
 * Takes the check for an owner ($1) for $2 milliseconds, unless another has it.
 * Index: stock_checks_pkey. Lock: the row.
 */
export const takeCheck = (schema: string) => {
  const sql = `
update ${schema}.stock_checks c
set owner = $1, leased_until = clock_timestamp() + $2 * interval '1 millisecond'
where c.id = 1
  and (c.owner is null or c.owner = $1 or c.leased_until <= clock_timestamp())
returning c.under_way::text, c.last::text`
  return (owner: string, leaseMillis: number): Query => query(sql, text(owner), int8(leaseMillis))
}

/**
 * Keeps what an owner ($1) has found ($2, $3), and lengthens the lease by $4 milliseconds from now; with 0
 * the check is free for others.
 * Index: stock_checks_pkey. Lock: the row.
 */
export const saveCheck = (schema: string) => {
  const sql = `
update ${schema}.stock_checks c
set under_way = $2::text::json, last = $3::text::json,
  owner = case when $4 = 0 then null else c.owner end,
  leased_until = clock_timestamp() + $4 * interval '1 millisecond'
where c.id = 1 and c.owner = $1
returning true as is_kept`
  return (
    owner: string,
    kept: { readonly underWay: string | null; readonly last: string | null },
    leaseMillis: number
  ): Query => query(sql, text(owner), text(kept.underWay), text(kept.last), int8(leaseMillis))
}

/**
 * What is kept of the checks.
 * Index: stock_checks_pkey. Lock: none.
 */
export const readChecks = (schema: string) => {
  const sql = `
select c.under_way::text, c.last::text from ${schema}.stock_checks c where c.id = 1`
  return (): Query => query(sql)
}

/**
 * The units of SKUs ($1) that left by shipments in the last $2 days.
 * Index: stock_movements_sku. Lock: none.
 */
export const readShipped = (schema: string) => {
  const sql = `
select m.sku_id::text, (-sum(m.quantity))::float8 as units
from ${schema}.stock_movements m
where m.sku_id = any($1::text[])
  and m.created_at >= statement_timestamp() - $2 * interval '1 day'
  and m.type = 'SHIPMENT'
group by m.sku_id`
  return (skuIds: ReadonlyArray<SkuId>, days: number): Query =>
    query(sql, texts(skuIds), int8(days))
}
