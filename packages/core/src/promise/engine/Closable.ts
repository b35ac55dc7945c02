/** How what is open is closed. */

/** How long closing may take. */
export interface CloseOptions {
  /** In milliseconds, 0 to 2,147,483,647; without an end when left out. */
  readonly timeout?: number | undefined
}

/**
 * What is open until you close it. Close it when you are done, or write `await using`: calls that
 * are under way are answered first, later ones reject with `Closed`. Closing again is allowed.
 */
export interface Closable {
  /**
   * Closes it. With a `timeout`, in milliseconds, every call is answered or rejected by then. Rejects
   * with `CloseTimedOut` when it took longer, naming the calls that were left.
   */
  readonly close: (options?: CloseOptions) => Promise<void>
  readonly [Symbol.asyncDispose]: () => Promise<void>
}
