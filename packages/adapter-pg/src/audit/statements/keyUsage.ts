import { int8, type Query, query, text } from "../../connection/Query.ts"

/**
 * Reserves encryptions ($2) under a key ($1), and says how many are reserved by now, and whether these are the
 * first.
 * Index: key_usage_pkey. Lock: the row.
 */
export const reserveEncryptions = (schema: string) => {
  const sql = `
insert into ${schema}.key_usage as k (key_id, encryptions) values ($1, $2)
on conflict (key_id) do update set encryptions = k.encryptions + $2
returning k.encryptions::float8 as encryptions, (k.xmax = 0) as is_new`
  return (keyId: string, count: number): Query => query(sql, text(keyId), int8(count))
}

/**
 * Reads how often each key has encrypted.
 * Index: key_usage_pkey. Lock: none.
 */
export const readKeyUsage = (schema: string) => {
  const sql = `
select k.key_id::text as key_id, k.encryptions::float8 as encryptions
from ${schema}.key_usage k order by k.key_id`
  return (): Query => query(sql)
}
