/**
 * PORT. Where a context keeps its state, as the engine sees it. One call is one transaction: it
 * locks what a batch touches, loads it, takes the decision once, writes and commits, or leaves
 * nothing. Each context says what its scope, its rows and its locks are.
 */
import type * as Effect from "effect/Effect"
import type { AuditDraft } from "../audit/AuditRecord.ts"
import type { DomainEvent } from "../kernel/DomainEvent.ts"
import type { Receipt } from "../kernel/Receipt.ts"
import type { StoreError } from "../kernel/StoreError.ts"

/** What the changes of every context hold beside its own rows. */
export interface BatchChanges {
  /** Whether nothing is to be written. */
  readonly isEmpty: boolean
  readonly events: ReadonlyArray<DomainEvent<string, unknown>>
  readonly receipts: ReadonlyArray<Receipt>
}

/** What a batch decided: the changes to write, and the answer to its callers. */
export interface BatchDecision<Changes, A> {
  readonly changes: Changes
  readonly answer: A
  /**
   * The records of the audit log, each of a command that has events in `changes`. They are written with
   * these events: a change without its record does not happen.
   */
  readonly audit?: ReadonlyArray<AuditDraft> | undefined
}

/** What is left of a batch after it shed the commands that want locks of others. */
export interface Remainder<Scope> {
  readonly scope: Scope
  /**
   * Whether every command that left is tried again at once, because a batch of an engine holds what
   * it wants.
   */
  readonly metEngines: boolean
}

/** How a batch treats locks of other transactions. */
export interface Locking<Scope, Locked, Obstacle> {
  /**
   * What to wait for before anything else is locked, as long as the store's time-outs allow; null
   * to wait for nothing.
   */
  readonly waitFor?: Obstacle | null | undefined
  /**
   * The latest at which a wait for it may begin, as `steadyMillis` tells the time. The last wait may
   * end one lock time-out later. The store may give up earlier.
   */
  readonly untilMillis?: number | undefined
  /**
   * Makes the commands that touch what is locked leave the batch, and returns what is left of it.
   * The store may call it before a decision, never after a COMMIT that went unanswered.
   */
  readonly shed: (locked: Locked) => Remainder<Scope>
}

/**
 * Why a batch was not committed: the same conflict kept coming back, and one of its commands may be
 * to blame. When they run apart, the others may succeed. Nothing was written.
 */
export class Contended {
  readonly _tag = "Contended"
  /** The error of the callers when no single command is to blame. */
  readonly error: StoreError
  constructor(error: StoreError) {
    this.error = error
  }
}

/** The store of one context. */
export interface BatchStore<Scope, Loaded, Changes, Locked, Obstacle> {
  /** How many transactions may run side by side; at least 1. */
  readonly lanes: number
  /** How many batches may wait beside the lanes for locks of others: 1 unless given. */
  readonly waiters?: number | undefined
  /**
   * Fails for a caller who would wait for itself, since its own fiber holds what every transaction of the
   * store needs. It is asked in that fiber, before a command is queued. Nobody would, unless given.
   */
  readonly admit?: Effect.Effect<void, StoreError> | undefined
  /**
   * Runs one decision in one transaction. Conflicts are retried with the same batch id, so `decide`
   * may run more than once, but only one of its results takes effect. `OutcomeUnknown` means that
   * the answer to COMMIT stayed unknown.
   *
   * Without `locking`, the store waits for locks of others. With it, a store that can see which
   * locks are taken waits shortly, then sheds the commands in the way and commits the rest. A store
   * that runs one transaction at a time may ignore it. After a COMMIT without an answer the batch
   * is frozen: the same scope under the same id, waiting for all locks, shedding nothing, and never
   * `Contended`, until the batch is found or decided again.
   */
  readonly transact: <A>(
    scope: Scope,
    decide: (loaded: Loaded) => BatchDecision<Changes, A>,
    locking?: Locking<Scope, Locked, Obstacle>
  ) => Effect.Effect<A, StoreError | Contended>
}
