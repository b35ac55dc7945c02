import type { Receipt } from "@holdfast/core/engine"
import { instant, int8, int8s, type Query, query, texts } from "../../connection/Query.ts"

/**
 * Keeps the answers to idempotency keys. A key older than 24 hours is free again; a younger one
 * that was not there at load fails the transaction, whose next try finds it.
 * Index: receipts_pkey. Lock: the new rows, in key order.
 */
export const insertReceipts = (schema: string) => {
  const sql = `
with written as (
  insert into ${schema}.receipts (caller, key, fingerprint, answer, answer_version, created_at)
  select caller, key, fingerprint, answer, answer_version, $6
  from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int8[])
    as n(caller, key, fingerprint, answer, answer_version) order by caller, key
  on conflict (caller, key) do update set fingerprint = excluded.fingerprint,
    answer = excluded.answer, answer_version = excluded.answer_version,
    created_at = excluded.created_at
    where ${schema}.receipts.created_at <= excluded.created_at - interval '24 hours'
  returning 1)
select ${schema}.require_rows((select count(*) from written), $7)::text`
  return (receipts: ReadonlyArray<Receipt>, nowMillis: number): Query =>
    query(
      sql,
      texts(receipts.map((receipt) => receipt.caller)),
      texts(receipts.map((receipt) => receipt.key)),
      texts(receipts.map((receipt) => receipt.fingerprint)),
      texts(receipts.map((receipt) => receipt.answer)),
      int8s(receipts.map((receipt) => receipt.answerVersion)),
      instant(nowMillis),
      int8(receipts.length)
    )
}
