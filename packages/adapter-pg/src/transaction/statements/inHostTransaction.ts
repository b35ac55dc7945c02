import { type Query, query, text } from "../../connection/Query.ts"
import { sessionSettings } from "../../connection/sessionSettings.ts"

const mark = "holdfast.engine_call"

/**
 * Marks the host's transaction with a call's own id, unless it has a mark: two calls at once cannot
 * both. Index: none. Lock: none.
 */
export const claimTransaction = (callId: string): Query =>
  query(
    `select set_config('${mark}',
  coalesce(nullif(current_setting('${mark}', true), ''), $1), true) as mark`,
    text(callId)
  )

/**
 * What the transaction is, by a statement of its own: outside one the mark is gone by then.
 * Index: none. Lock: none.
 */
export const inspectTransaction: Query = query(
  `select coalesce(current_setting('${mark}', true), '') as mark,
  current_setting('transaction_isolation') as isolation,
  current_setting('transaction_read_only') as read_only`
)

/** The engine's settings, for what is left of the transaction. Index: none. Lock: none. */
export const applySettings: Query = query(
  `select ${[
    "lock_timeout",
    "statement_timeout",
    "idle_in_transaction_session_timeout",
    "enable_seqscan",
    // Without sequential scans a plan may look costly enough to be compiled first.
    "jit"
  ]
    .map((name) => `set_config('${name}', '${sessionSettings[name]}', true)`)
    .join(",\n  ")}`
)

/**
 * Fails on purpose. A statement that the server refused has done it already, which is no matter.
 * Index: none. Lock: none.
 */
export const spoilTransaction: Query = query(
  "do $$ begin raise exception 'an engine call did not end well: only ROLLBACK is left'; end $$"
)
