/**
 * What may go wrong in any context, by name, and what each says in data: input that cannot be read, a
 * key that was used before, what the store could not do, and what went wrong around it.
 */

/** A bad field of a request: its path from the root of the input, and what is wrong with it. */
export interface FieldIssue {
  readonly path: string
  readonly message: string
}

/** Calls of one method that were not answered. */
export interface UnansweredCalls {
  readonly method: string
  readonly count: number
}

/** What a failure of the infrastructure says. */
export interface StoreFailure {
  readonly reason: string
}

/** The details of each code that any context may fail with. */
export interface EngineErrorDetails {
  /** Nobody vouches for who asks, and the operation is not for everybody. Nothing was written. */
  readonly Unauthenticated: { readonly operation: string }
  /**
   * Who asks may not do this: one of the roles and scopes of `needs` would do. `locationIds` are the
   * places that the principal is not bound to, and `field` is the field that it may not give, if that
   * is why. Nothing was written.
   */
  readonly Forbidden: {
    readonly operation: string
    readonly needs: ReadonlyArray<string>
    readonly locationIds: ReadonlyArray<string>
    readonly field: string | null
  }
  /** The input breaks a bound or lacks a field; every bad field is named. Nothing was written. */
  readonly InvalidInput: { readonly issues: ReadonlyArray<FieldIssue> }
  /** The idempotency key was used before, with another request. Nothing was written. */
  readonly IdempotencyMismatch: { readonly key: string }

  /** The store cannot be reached. Nothing was written. */
  readonly Unavailable: StoreFailure
  /** A lock or a conflict outlived its retries. Nothing was written. */
  readonly Busy: StoreFailure
  /** It took too long. Nothing was written. */
  readonly TimedOut: StoreFailure
  /** Too many requests are waiting. Nothing was written. */
  readonly Overloaded: StoreFailure
  /** The answer to COMMIT was lost: it may have been written. Ask again with the same key. */
  readonly OutcomeUnknown: StoreFailure
  /**
   * The first request with this key took effect, but this release cannot read its kept answer. Read
   * what the request changed; a repeat with the same key gets the same refusal.
   */
  readonly AnswerUnreadable: StoreFailure
  /** Holdfast is closed, or closing. Nothing was written. */
  readonly Closed: StoreFailure
  /** The database refused what Holdfast sent, which is a bug of Holdfast. */
  readonly Rejected: StoreFailure
  /**
   * The host's own transaction has not begun, has had its one engine call, has another isolation
   * level, or is read only. Or the host's query failed without an answer of the server. Nothing was
   * written.
   */
  readonly TransactionUnusable: StoreFailure

  /** Holdfast could not be opened; `reason` is the adapter's own word, as `FolderInUse`. */
  readonly StartFailed: { readonly reason: string; readonly explanation: string }
  /**
   * Closing took longer than its time-out. The calls that were left have been rejected. Without any,
   * the engine's own work was left, such as a sweep. Whether it took effect is not known.
   */
  readonly CloseTimedOut: {
    readonly timeout: number
    readonly calls: ReadonlyArray<UnansweredCalls>
  }
  /**
   * The call was ended from inside the engine, or by a close that waited no longer; whether it took
   * effect is not known.
   */
  readonly Interrupted: StoreFailure
  /** A bug: code threw that never should. `cause` is what it threw. */
  readonly Defect: StoreFailure
}
