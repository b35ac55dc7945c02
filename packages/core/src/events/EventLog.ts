/**
 * PORT. The log of a context's events: every committed change, in an order in which nothing is
 * added before what was read. Each context has its own log.
 */
import type * as Effect from "effect/Effect"
import type { DomainEvent } from "../kernel/DomainEvent.ts"
import type { StoreError } from "../kernel/StoreError.ts"

/** Any event. */
export type AnyEvent = DomainEvent<string, unknown>

/** An event and its place in the log. */
export interface LoggedEvent<Event extends AnyEvent = AnyEvent> {
  readonly position: number
  readonly event: Event
}

/**
 * Reads the events after a position, in order, at most `limit`: a prefix of what the log will ever
 * have there. Positions may have gaps; what was committed is never skipped.
 */
export type ReadLog<Event extends AnyEvent = AnyEvent> = (
  after: number,
  limit: number
) => Effect.Effect<ReadonlyArray<LoggedEvent<Event>>, StoreError>
