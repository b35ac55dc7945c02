import type { HoldsQuery, MovementsQuery } from "@holdfast/core/inventory"
import { instant, instants, int8s, type Query, query, texts } from "../../../connection/Query.ts"
import { movementColumns, reservationColumns } from "../scope.ts"

const lastId = "ffffffff-ffff-ffff-ffff-ffffffffffff"
const firstId = "00000000-0000-0000-0000-000000000000"

/**
 * Reads pages of the ledgers of many SKUs, each newest first and from before its own instant and id;
 * `page` says which page a row is of. Each page is read by itself, and no more than it is long.
 * Index: stock_movements_sku. Lock: none.
 */
export const readMovementPages = (schema: string) => {
  const sql = `
select asked.page::float8, found.* from unnest($1::text[], $2::timestamptz[], $3::text[], $4::int8[])
  with ordinality as asked(sku_id, before_at, before_id, size, page)
cross join lateral (
  select ${movementColumns} from ${schema}.stock_movements m
  where m.sku_id = asked.sku_id and (m.created_at, m.id)
    < (coalesce(asked.before_at, 'infinity'::timestamptz), asked.before_id::uuid)
  order by m.created_at desc, m.id desc
  limit asked.size
) as found
order by asked.page`
  return (pages: ReadonlyArray<Pick<MovementsQuery, "skuId" | "before" | "limit">>): Query =>
    query(
      sql,
      texts(pages.map(({ skuId }) => skuId)),
      instants(pages.map(({ before }) => before?.createdAt ?? null)),
      texts(pages.map(({ before }) => before?.id ?? lastId)),
      int8s(pages.map(({ limit }) => limit))
    )
}

/**
 * Reads pages of the open holds of many SKUs that have not lapsed, each oldest first and after its own
 * instant and id; `page` says which page a row is of. All open holds of the SKUs are read, as by
 * `readHoldsOfSku`.
 * Index: reservations_open. Lock: none.
 */
export const readHoldPages = (schema: string) => {
  const sql = `
select asked.page::float8, found.* from
  unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[], $5::int8[])
  with ordinality as asked(sku_id, statuses, after_at, after_id, size, page)
cross join lateral (
  select ${reservationColumns} from ${schema}.reservations r
  where r.sku_id = asked.sku_id and r.status in ('PENDING', 'CONFIRMED')
    and r.status = any(string_to_array(asked.statuses, ','))
    and (r.expires_at is null
      or r.expires_at > (select coalesce($6::timestamptz, clock_timestamp())))
    and (r.created_at, r.id)
      > (coalesce(asked.after_at, '-infinity'::timestamptz), asked.after_id::uuid)
  order by r.created_at, r.id
  limit asked.size
) as found
order by asked.page`
  const statuses = { open: "PENDING,CONFIRMED", pending: "PENDING", confirmed: "CONFIRMED" }
  return (pages: ReadonlyArray<HoldsQuery>, nowMillis: number | null): Query =>
    query(
      sql,
      texts(pages.map(({ skuId }) => skuId)),
      texts(pages.map(({ status }) => statuses[status])),
      instants(pages.map(({ after }) => after?.createdAt ?? null)),
      texts(pages.map(({ after }) => after?.id ?? firstId)),
      int8s(pages.map(({ limit }) => limit)),
      instant(nowMillis)
    )
}
