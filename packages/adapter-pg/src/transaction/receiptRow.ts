/** A row of the table of receipts. */
import type { Receipt } from "@holdfast/core/engine"
import type { Row } from "../connection/Query.ts"

/** A row as a receipt. */
export const toReceipt = (row: Row): Receipt => ({
  caller: row["caller"] as string,
  key: row["key"] as string,
  fingerprint: row["fingerprint"] as string,
  answer: row["answer"] as string,
  answerVersion: row["answer_version"] as number
})
