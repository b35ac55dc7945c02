/**
 * A host's own transaction: its rows and one engine call commit together, or not at all. Its terms:
 *
 * - the host has begun it, as READ COMMITTED, and makes one engine call in it, the last before its
 *   COMMIT, because the call locks stock; several lines go into one call, and a second is refused;
 * - the engine's time-outs apply from that call on: 2 seconds for a lock, 10 for a statement, 5 of
 *   idling before COMMIT;
 * - the answer is provisional until the host commits, and nothing is retried for the host;
 * - a refusal of the engine has written nothing, and leaves the transaction to the host; any other
 *   failure in the middle of a call leaves one that can only be rolled back.
 *
 * No type of Effect is reachable from here.
 */
import type { Principal } from "@holdfast/core"

/** Rows by column name, as drivers give them: an array, or an object that holds it. */
export type HostRows =
  | ReadonlyArray<Readonly<Record<string, unknown>>>
  | { readonly rows: ReadonlyArray<Readonly<Record<string, unknown>>> }

/**
 * The one thing that the engine asks of a host: run a statement with `$1`-style parameters on the
 * connection of its transaction. Each value is a text or null. A client of `pg` has this shape.
 * `@holdfast/adapter-pg/transactions` gives it to the transactions of other drivers and ORMs.
 */
export interface HostTransaction {
  query(sql: string, values: Array<string | null>): PromiseLike<HostRows>
}

/** Where the engine's tables are, and who asks. */
export interface WithinTransactionOptions {
  /** The database schema that holds the tables: `inventory`. */
  readonly schema?: string | undefined
  /** Who is asked for permission. Without a principal the host is trusted. */
  readonly as?: Principal | undefined
  /**
   * Which changes get a record in the audit log, as `engine.audit` of `createHoldfast` says it of the others:
   * `PRINCIPALS`, those under a principal, unless given. The record is written in your transaction.
   */
  readonly audit?: "ALL" | "PRINCIPALS" | "NONE" | undefined
  /**
   * An open engine of `createHoldfast`, `createInventory` or `createCatalog` with a `keyRing`: that ring encrypts
   * the `customer` and the `sender` of the call. It counts its encryptions on the engine's own connections, so
   * that no two transactions of yours wait for each other, and one that is rolled back counts too.
   */
  readonly keyRingOf?: object | undefined
  /**
   * Where the request came from. The audit log keeps it encrypted, beside the record of the call. Needs
   * `keyRingOf`.
   */
  readonly sender?: HostSender | undefined
}

/** Where a request came from: texts, of which at most 500 characters are kept. */
export interface HostSender {
  readonly address?: string | null | undefined
  readonly userAgent?: string | null | undefined
}
