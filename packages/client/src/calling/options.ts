/** What a caller may decide about all calls and about one, and what a call ends as. Types only. */

/** What holds for all calls of a client. */
export interface ClientOptions {
  /** Where the server is, such as `https://shop.example`; with its base path, where it has one. */
  readonly baseUrl: string | URL
  /**
   * A token, or the key of a service, or how to get one: it is asked for each time something is sent. What it
   * throws, the call throws: nothing was sent.
   */
  readonly bearer?: string | (() => string | Promise<string>) | undefined
  /** The token of the cart of a guest. */
  readonly cart?: string | undefined
  /** More headers of every request. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** In place of the global `fetch`. */
  readonly fetch?: typeof fetch | undefined
  /** How long one try may take until its answer is read, in milliseconds: 15,000. */
  readonly tryMillisMax?: number | undefined
  /** How often a call is sent again, where it may be: 3. */
  readonly retriesMax?: number | undefined
  /** The longest pause before a call is sent again, in milliseconds: 10,000. */
  readonly pauseMillisMax?: number | undefined
}

/** What holds for one call. */
export interface CallOptions {
  /** Ends the call; it is then rejected with the reason of the signal. */
  readonly signal?: AbortSignal | undefined
  /**
   * The key of a command: with the same key it takes effect once, however often it is sent. One is made
   * unless given, so that a try that was not answered can be repeated; give your own to repeat a call.
   */
  readonly idempotencyKey?: string | undefined
  /** An id that goes along into the events and into the answer. */
  readonly correlationId?: string | undefined
  /** The `etag` of what is to be changed: the command is refused when somebody else has changed it. */
  readonly ifMatch?: string | undefined
  /** The least versions that an answer may be as old as, as `If-Min-Version` takes them. */
  readonly ifMinVersion?: string | undefined
  /** The token of a cart, in place of that of the client. */
  readonly cart?: string | undefined
}

/** What a call ends as: an answer, or a refusal. */
export type Result<Answer, Refusal> =
  | {
      readonly ok: true
      readonly answer: Answer
      /** Whether it is the first answer to the key, given once more. */
      readonly isReplayed: boolean
      /** What identifies the state that was answered, for `ifMatch`; null where there is none. */
      readonly etag: string | null
    }
  | { readonly ok: false; readonly refusal: Refusal }
