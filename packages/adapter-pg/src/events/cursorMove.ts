/** The move of a cursor in a transaction of the host, on the same database. */
import {
  type CursorMove,
  CursorNotMoved,
  type Delivery,
  type MoveState,
  type OpenTransaction
} from "@holdfast/core/events"
import { asText, type Query, type Row } from "../connection/Query.ts"
import { isForeignSchema } from "../connection/SqlFailure.ts"
import { markHandler, moveCursor } from "./statements/changeCursors.ts"

/** Runs a statement in a transaction of the host; its first row. */
export const runOn = async (
  host: OpenTransaction,
  { params, sql }: Query
): Promise<Row | undefined> => {
  const answered: unknown = await host.query(sql, params.map(asText))
  const rows: unknown = Array.isArray(answered) ? answered : Object(answered).rows
  return Array.isArray(rows) ? rows[0] : undefined
}

const elsewhere =
  "this transaction is not on the database of Holdfast; begin one there, then move the cursor in it"

/** Makes the moves of cursors in a schema. */
export const cursorMoves = (schema: string) => {
  const statement = moveCursor(schema)
  return ({ lease, upTo }: Delivery): CursorMove => {
    let state: MoveState = "NOT_ASKED"
    let movedIn: unknown
    const move = async (transaction: OpenTransaction) => {
      if (typeof Object(transaction).query !== "function") {
        throw new CursorNotMoved({
          message: "moveCursor needs an open transaction, such as fromPg(client)"
        })
      }
      const mark = crypto.randomUUID()
      await runOn(transaction, markHandler(mark))
      const row = await runOn(transaction, statement(lease, upTo, mark)).catch((cause: unknown) => {
        if (!isForeignSchema(cause)) throw cause
        throw new CursorNotMoved({ message: elsewhere })
      })
      if (row?.["is_moved"] === "true") {
        state = "MOVED"
        movedIn = row["transaction_id"]
        return
      }
      // Moved in this transaction before: once more changes nothing.
      if (state === "MOVED" && row?.["transaction_id"] === movedIn) return
      if (row === undefined) {
        throw new CursorNotMoved({ message: elsewhere })
      }
      if (row["mark"] !== mark) {
        throw new CursorNotMoved({
          message:
            "there is no transaction on this connection; begin one, then move the cursor in it"
        })
      }
      const isOurs = Number(row["epoch"]) === lease.epoch
      state = isOurs && Number(row["position"]) >= upTo.position ? "HANDLED" : "LOST"
      throw new CursorNotMoved({
        message:
          state === "HANDLED"
            ? "these events were handled before; this transaction must be rolled back"
            : "another process has this subscription now; this transaction must be rolled back"
      })
    }
    return { state: () => state, move }
  }
}
