// The settings that every database session of Holdfast has, on PostgreSQL and on PGlite alike.
import type { Query } from "./Query.ts"
import { setForTransaction } from "./statements/setForTransaction.ts"

/**
 * Server settings by name. A paused process must not hold a SKU, so a transaction that idles, waits
 * for a lock or runs for too long ends by itself (PGlite accepts the time-outs but has no clock
 * interrupts to keep them with; it has one session, so nobody waits). The statements take arrays,
 * and a new plan for each execution costs more than the execution: a generic plan halved the
 * latency of one reservation. Such a plan is often made while the tables are still empty and
 * reading them whole looks cheap; with that choice taken away it names an index, and stays right
 * when they grow (at 40,000 reservations the lock of one SKU took 6 ms). A session makes
 * new plans every 30 seconds (Session.ts), for tables that have outgrown them. The isolation
 * level is the one that the lock order of the stores was made for.
 */
export const sessionSettings: Readonly<Record<string, string>> = {
  application_name: "holdfast",
  default_transaction_isolation: "read committed",
  enable_seqscan: "off",
  idle_in_transaction_session_timeout: "5s",
  jit: "off",
  lock_timeout: "2s",
  plan_cache_mode: "force_generic_plan",
  statement_timeout: "10s",
  TimeZone: "UTC"
}

const { enable_seqscan: _seqscan, plan_cache_mode: _mode, ...settingsOfReaders } = sessionSettings

/**
 * The settings of sessions that only read, on a replica. They choose plans as the server does by
 * default: a list that is narrowed by what a person asks for has no plan that is right for all.
 */
export const readerSettings: Readonly<Record<string, string>> = settingsOfReaders

/**
 * Sets them for one transaction, where a session does not keep them. Its isolation is set as it
 * begins, and the name of the client belongs to the session.
 */
export const settingsOfTransactions = (settings: Readonly<Record<string, string>>): Query => {
  const { application_name: _, default_transaction_isolation: __, ...others } = settings
  return setForTransaction(others)
}
