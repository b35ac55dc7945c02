/**
 * The move of a cursor in the transaction of a handler: what the handler writes and the move commit
 * together, or not at all. So each event has its effect exactly once.
 */
import * as Data from "effect/Data"

/** A transaction that is open: it runs a statement with `$1`-style parameters. */
export interface OpenTransaction {
  query(sql: string, values: Array<string | null>): PromiseLike<unknown>
}

/** Why a cursor is not moved. The handler lets it pass, so that its transaction is rolled back. */
export class CursorNotMoved extends Data.TaggedError("CursorNotMoved")<{
  readonly message: string
}> {}

/** How far a move has come. HANDLED: these events were committed before, and nothing is to be done. */
export type MoveState = "NOT_ASKED" | "MOVED" | "HANDLED" | "LOST"

/** The move for one page of events. */
export interface CursorMove {
  readonly state: () => MoveState
  /** Moves the cursor in a transaction; rejects with `CursorNotMoved` when it may not be moved. */
  readonly move: (transaction: OpenTransaction) => Promise<void>
}
