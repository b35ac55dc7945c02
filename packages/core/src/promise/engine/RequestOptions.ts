/** What a caller may say beside the input of a method. */

/** The options of any request. */
export interface ReadOptions {
  /** Rejects the call with the signal's own reason as soon as it aborts. */
  readonly signal?: AbortSignal | undefined
}

/** The options of a request that writes. */
export interface RequestOptions extends ReadOptions {
  /**
   * A key of your choice, 1–255 characters, by which a repeat of this request gets the first answer
   * instead of a second effect. Kept for 24 hours, and only for what took effect. The key with
   * another request is `IdempotencyMismatch`.
   */
  readonly idempotencyKey?: string | undefined
  /** Whose key it is; keys of different callers never meet. The empty text by default. */
  readonly caller?: string | undefined
  /** Carried into the events that the request causes. */
  readonly correlationId?: string | undefined
  /** A W3C `traceparent`, carried into the events that the request causes. */
  readonly traceparent?: string | undefined
  /** Who acts. It is written into movements that name no actor, and nowhere else. */
  readonly actor?: string | undefined
}
