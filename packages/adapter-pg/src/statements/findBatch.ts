import { type Query, query, text } from "../Query.ts"

/**
 * Asks whether a batch has committed. Sent after the lock, by a batch whose COMMIT went unanswered.
 * Index: batches_pkey. Lock: none.
 */
export const findBatch = (schema: string) => {
  const sql = `select 1 as found from ${schema}.batches where id = $1::text::uuid`
  return (batchId: string): Query => query(sql, text(batchId))
}
