/**
 * PORT. Where events go when they leave the house: a broker, a receiver of webhooks, a handler.
 */
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"
import type { KeptEvent } from "./EventLog.ts"

/** Events that could not be published, or not all of them. */
export class PublishError extends Data.TaggedError("PublishError")<{
  /** What went wrong, in words that hold no secret. */
  readonly message: string
  /** Whether the same events may be taken later: false when one of them can never be. */
  readonly isRetryable: boolean
  /** The event that is to blame, where it is known. */
  readonly eventId?: string | undefined
  /** The events that were taken all the same, and need not be sent again. */
  readonly acknowledged?: ReadonlySet<string> | undefined
  readonly cause?: unknown
}> {}

/** A destination for the events of a context. */
export interface EventPublisher {
  /**
   * Sends events, and answers when the destination has kept them all. The events of one aggregate
   * are kept in the order given. After a failure, any of them may have been kept.
   */
  readonly publish: (events: ReadonlyArray<KeptEvent>) => Effect.Effect<void, PublishError>
}
