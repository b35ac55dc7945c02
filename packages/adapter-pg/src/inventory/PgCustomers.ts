/**
 * What is kept about the customers of orders, in its table. To read and to erase is a transaction with
 * the record of it.
 */
import { type AuditDraft, keptRecord } from "@holdfast/core/audit"
import type { CustomerStore, KeptCustomer, OrderId, StoreError } from "@holdfast/core/inventory"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import { insertRecords, insertSenders } from "../audit/statements/writeAudit.ts"
import type { Query, Row } from "../connection/Query.ts"
import { eraseCustomer, readCustomer } from "./statements/customers/readCustomer.ts"

/** Runs queries in one transaction; the rows of each. */
export type InTransaction = (
  queries: ReadonlyArray<Query>
) => Effect.Effect<ReadonlyArray<ReadonlyArray<Row>>, StoreError>

/** Makes the customers of a schema. `nowMillis` is the clock of the records, null for the database's own. */
export const makePgCustomers = (
  schema: string,
  inTransaction: InTransaction,
  nowMillis: Effect.Effect<number | null>
): CustomerStore => {
  const write = { record: insertRecords(schema), senders: insertSenders(schema) }
  const read = readCustomer(schema)
  const erase = eraseCustomer(schema)
  const recorded = (query: Query, record: AuditDraft | null) =>
    Effect.flatMap(nowMillis, (now) =>
      Effect.map(
        inTransaction([
          ...(record === null ? [] : [write.record([keptRecord(record)], now)]),
          ...(record?.sender == null ? [] : [write.senders([record])]),
          query
        ]),
        (results) => results.at(-1)?.[0]
      )
    )
  return {
    read: (orderId: OrderId, record) =>
      Effect.map(recorded(read(orderId), record), (row): KeptCustomer | undefined =>
        row === undefined
          ? undefined
          : {
              ciphertext: row["ciphertext"] as string,
              changedAt: DateTime.makeUnsafe(row["changed_at"] as number)
            }
      ),
    erase: (orderId: OrderId, record) =>
      Effect.map(recorded(erase(orderId), record), (row) => row !== undefined)
  }
}
