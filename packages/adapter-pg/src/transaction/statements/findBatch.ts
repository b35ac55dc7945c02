import { type Query, query, text } from "../../connection/Query.ts"
import { millis } from "../../connection/sqlText.ts"

/**
 * Asks whether a batch has committed, and at which `now` it was decided: that tells its tries apart.
 * Sent after the lock, by a batch whose COMMIT went unanswered.
 * Index: batches_pkey. Lock: none.
 */
export const findBatch = (schema: string) => {
  const sql = `
select ${millis("b.created_at")} as decided_at from ${schema}.batches b where b.id = $1::text::uuid`
  return (batchId: string): Query => query(sql, text(batchId))
}
