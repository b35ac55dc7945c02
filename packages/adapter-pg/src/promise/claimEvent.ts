/** The inbox: a consumer that notes an event in the transaction of its effect handles it once. */
import { HoldfastError } from "@holdfast/core"
import { runOn } from "../events/cursorMove.ts"
import { markTransaction } from "../events/statements/changeCursors.ts"
import { claimEvent as claimStatement } from "../events/statements/claimEvent.ts"
import type { HostTransaction, WithinTransactionOptions } from "../transaction/HostTransaction.ts"
import { checkedOptions } from "./withinOptions.ts"

/** What cannot be kept as it is must not be claimed: two ids would become one. */
const textIssues = (path: string, value: unknown, max: number) => {
  if (typeof value !== "string" || value === "" || [...value].length > max) {
    return [{ path, message: `must be text of 1 to ${max} characters` }]
  }
  return value.isWellFormed() && !value.includes("\u0000")
    ? []
    : [{ path, message: "must be well-formed Unicode without NUL characters" }]
}

/**
 * Notes, in a transaction that the host has begun, that a consumer handles an event: true the first
 * time, and false when it was noted before, so that there is nothing left to do. What the host writes
 * in the same transaction then has its effect exactly once, however often the event arrives.
 *
 * Another transaction that claims the same event waits until this one ends. It gets false after a
 * COMMIT, and true after a ROLLBACK. Throws `InvalidInput` for a name or an id that cannot be kept,
 * and `TransactionUnusable` without a transaction; nothing is noted then. Claims are kept for 30 days:
 * an event that comes again later is handled again.
 *
 * ```ts no-run
 * await client.query("begin")
 * if (await claimEvent(client, "shipping", event.eventId)) await ship(client, event)
 * await client.query("commit")
 * ```
 */
export const claimEvent = async (
  transaction: HostTransaction,
  consumer: string,
  eventId: string,
  options: WithinTransactionOptions = {}
): Promise<boolean> => {
  const { schema } = checkedOptions(transaction, options)
  const issues = [...textIssues("consumer", consumer, 100), ...textIssues("eventId", eventId, 255)]
  if (issues.length > 0) throw new HoldfastError("InvalidInput", { issues })
  const mark = crypto.randomUUID()
  await runOn(transaction, markTransaction(mark))
  const row = await runOn(transaction, claimStatement(schema)(consumer, eventId, mark))
  if (row?.["mark"] !== mark) {
    throw new HoldfastError("TransactionUnusable", {
      reason: "there is no transaction on this connection; begin one, then claim the event in it"
    })
  }
  return row["is_claimed"] === "true"
}
