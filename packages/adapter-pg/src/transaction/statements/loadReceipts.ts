import { instant, type Query, query, texts } from "../../connection/Query.ts"

/**
 * Loads the receipts of named keys ($1 callers, $2 keys) that are younger than 24 hours.
 * Index: receipts_pkey. Lock: none. A request with the same key and the same SKU has ended before
 * the lock on the SKU is granted. A request with the same key and another SKU conflicts when its
 * receipt is inserted.
 */
export const loadReceipts = (schema: string) => {
  const sql = `
select r.caller::text, r.key::text, r.fingerprint, r.answer,
  r.answer_version::float8
from unnest($1::text[], $2::text[]) as named(caller, key)
cross join lateral (select * from ${schema}.receipts r
  where r.caller = named.caller and r.key = named.key limit 1) as r
where r.created_at > coalesce($3::timestamptz, clock_timestamp()) - interval '24 hours'`
  return (
    keys: ReadonlyArray<{ readonly caller: string; readonly key: string }>,
    nowMillis: number | null
  ): Query =>
    query(
      sql,
      texts(keys.map(({ caller }) => caller)),
      texts(keys.map(({ key }) => key)),
      instant(nowMillis)
    )
}
