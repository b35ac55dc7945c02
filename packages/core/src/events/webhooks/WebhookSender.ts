/** PORT. Sends one event to one address, once. */
import type * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"

/** What is sent. */
export interface WebhookMessage {
  readonly url: string
  /** The same whenever the event is sent again: a receiver drops what it has. */
  readonly id: string
  /** JSON. */
  readonly body: string
  /** The W3C trace context that goes along; none when the event has none. */
  readonly traceparent?: string | undefined
  /** The keys that sign it, the newest first. */
  readonly secrets: ReadonlyArray<Redacted.Redacted>
}

/** What came of it. */
export interface WebhookAnswer {
  /** The status of the answer; null when there was none. */
  readonly httpStatus: number | null
  /** What was wrong; null when the receiver took the event. */
  readonly problem: string | null
  readonly durationMillis: number
  /** How long the receiver asks to be left alone; null when it did not say. */
  readonly retryAfterMillis: number | null
}

/** A way to send events. */
export interface WebhookSender {
  /** Why nothing is ever sent to an address; undefined when something may be. */
  readonly objectionTo: (url: string) => string | undefined
  /** Sends an event and waits for the answer, for a bounded time. */
  readonly send: (message: WebhookMessage) => Effect.Effect<WebhookAnswer>
}
