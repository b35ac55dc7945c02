/** What a caller may say beside a command: who asks, and by which key a repeat is known. */

/** What a caller may say beside a command. */
export interface RequestOptions {
  /** A key by which a repeat of this request gets the first answer; kept 24 hours. */
  readonly idempotencyKey?: string | undefined
  /** Whose key it is; keys of different callers never meet. The empty text when nothing is said. */
  readonly caller?: string | undefined
  readonly correlationId?: string | undefined
  readonly traceparent?: string | undefined
  /** Who acts; written into movements that name no actor. */
  readonly actor?: string | undefined
}
