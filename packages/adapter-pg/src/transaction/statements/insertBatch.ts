import { instant, type Query, query, text } from "../../connection/Query.ts"

/**
 * Records that a batch took effect.
 * Index: batches_pkey. Lock: the new row; a second commit of the same batch waits and then fails.
 */
export const insertBatch = (schema: string) => {
  const sql = `
insert into ${schema}.batches (id, created_at) values ($1::text::uuid, $2)`
  return (batchId: string, nowMillis: number): Query =>
    query(sql, text(batchId), instant(nowMillis))
}
