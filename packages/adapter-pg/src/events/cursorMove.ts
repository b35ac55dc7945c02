/**
 * The move of a subscription's cursor in the transaction of its handler: the rows of the handler and
 * the move commit together, or not at all. So each event has its effect exactly once.
 */
import type { Delivery } from "@holdfast/core/events"
import * as Data from "effect/Data"
import { asText, type Query, type Row } from "../connection/Query.ts"
import type { HostTransaction } from "../transaction/HostTransaction.ts"
import { markTransaction, moveCursor } from "./statements/changeCursors.ts"

/** Why a cursor is not moved. The handler lets it pass, so that its transaction is rolled back. */
export class CursorNotMoved extends Data.TaggedError("CursorNotMoved")<{
  readonly message: string
}> {}

/** How far a move has come. HANDLED: these events were committed before, and nothing is to be done. */
export type MoveState = "NOT_ASKED" | "MOVED" | "HANDLED" | "LOST"

/** The move of one delivery. */
export interface CursorMove {
  readonly state: () => MoveState
  /** Moves the cursor in a transaction; rejects with `CursorNotMoved` when it may not be moved. */
  readonly move: (transaction: HostTransaction) => Promise<void>
}

const run = async (host: HostTransaction, { params, sql }: Query): Promise<Row | undefined> => {
  const answered: unknown = await host.query(sql, params.map(asText))
  const rows: unknown = Array.isArray(answered) ? answered : Object(answered).rows
  return Array.isArray(rows) ? rows[0] : undefined
}

/** Makes the move of a delivery. */
export const cursorMove = (schema: string, { lease, upTo }: Delivery): CursorMove => {
  let state: MoveState = "NOT_ASKED"
  const statement = moveCursor(schema)
  const move = async (transaction: HostTransaction) => {
    const mark = crypto.randomUUID()
    await run(transaction, markTransaction(mark))
    const row = await run(transaction, statement(lease, upTo, mark))
    if (row?.["is_moved"] === "true") {
      state = "MOVED"
      return
    }
    if (row === undefined) {
      throw new CursorNotMoved({ message: `there is no cursor ${lease.name} in this database` })
    }
    if (row["mark"] !== mark) {
      throw new CursorNotMoved({
        message: "there is no transaction on this connection; begin one, then move the cursor in it"
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
