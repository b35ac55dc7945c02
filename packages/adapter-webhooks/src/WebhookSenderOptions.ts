/** How events are sent; the defaults suit receivers anywhere on the internet. */
export interface WebhookSenderOptions {
  /** How long a receiver may take to answer, in milliseconds: 5,000. */
  readonly timeoutMillis?: number | undefined
  /**
   * Whether events may go to addresses that are not public: loopback, private networks, link-local
   * addresses such as those of cloud metadata. Off unless you need it, for tests say: who manages
   * webhooks could otherwise reach what only your servers can reach.
   */
  readonly allowPrivate?: boolean | undefined
  /** Whether addresses may begin with http, so that others on the way can read the events. */
  readonly allowHttp?: boolean | undefined
}
