/** Subscriptions of the Promise door. No type of Effect is reachable from here. */

/** An open transaction of the host, such as a client of `pg` after `begin`. */
export interface OpenTransaction {
  query(sql: string, values: Array<string | null>): PromiseLike<unknown>
}

/** Moves the cursor of a subscription in a transaction of the host. */
export type MoveCursor = (transaction: OpenTransaction) => Promise<void>

/** What every subscription may have. */
export interface AnySubscribeOptions<Type extends string> {
  /** The types of event that are wanted: all. */
  readonly types?: ReadonlyArray<Type> | undefined
  /** The most events that are handled together, 1 to 1,000: 100. */
  readonly batchMax?: number | undefined
  /** Where a new name begins: FIRST, with the whole log, or LAST, with what happens from now on. */
  readonly from?: "FIRST" | "LAST" | undefined
  /** How long the name stays taken after a process died, in milliseconds, from 1,000: 5,000. */
  readonly leaseMillis?: number | undefined
}

/** A handler that sees each event at least once. */
export interface SubscribeOptions<Event, Type extends string> extends AnySubscribeOptions<Type> {
  /**
   * Takes events in order, all of them or none. When it rejects, it gets the same events again, for
   * ever, after longer and longer pauses.
   */
  readonly handler: (events: ReadonlyArray<Event>) => PromiseLike<void> | void
  readonly handlerInTransaction?: undefined
}

/** A handler whose rows and whose cursor move together, so that each event counts exactly once. */
export interface SubscribeInTransactionOptions<Event, Type extends string>
  extends AnySubscribeOptions<Type> {
  /**
   * Begins a transaction on the database of Holdfast, calls `moveCursor` with it first, writes its
   * own rows, and commits. A rejection of `moveCursor` must roll the transaction back.
   */
  readonly handlerInTransaction: (
    events: ReadonlyArray<Event>,
    moveCursor: MoveCursor
  ) => PromiseLike<void>
  readonly handler?: undefined
}

/**
 * What a subscription is doing: STANDING_BY while another process has its name, MOVING, RETRYING
 * after a failure, or STOPPED until a person has done what `problem` says. A closed one is STOPPED.
 */
export interface SubscriptionStatus {
  readonly state: "STANDING_BY" | "MOVING" | "RETRYING" | "STOPPED"
  /** The last position that was handled; null while another process has the name. */
  readonly position: number | null
  readonly problem: string | null
}

/** A subscription that is open. It holds the process alive until it is closed. */
export interface Subscription extends AsyncDisposable {
  readonly name: string
  readonly status: () => SubscriptionStatus
  /** Lets the handler end that is under way, for two seconds at most, and gives the name back. */
  readonly close: () => Promise<void>
}
