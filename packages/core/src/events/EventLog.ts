/**
 * PORT. The log of a context's events: every committed change, in an order in which nothing is
 * added before what was read. Each context has its own log.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { AuditLog } from "../audit/AuditLog.ts"
import type { DomainEvent, KeptEvent } from "../kernel/DomainEvent.ts"
import type { StoreError } from "../kernel/StoreError.ts"
import type { Cursors } from "./Cursors.ts"
import type { PositionGone } from "./PositionGone.ts"
import type { Webhooks } from "./webhooks/Webhooks.ts"

export type { KeptEvent } from "../kernel/DomainEvent.ts"

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

/** Events that are left out of a page, unless they are its first or its last. */
export interface LeftOut {
  readonly types: ReadonlyArray<string>
  /**
   * The aggregates of which none is left out; null means all of them. It is asked when it is certain up to
   * where the page goes: all of its events were committed before.
   */
  readonly exceptOf: Effect.Effect<ReadonlyArray<string> | null, StoreError>
}

/** The log of one context, for those who carry its events elsewhere. */
export interface EventLog {
  /** The name of the context, such as `inventory`. */
  readonly context: string
  /** Like `ReadLog`, with payloads as they are kept. */
  readonly read: (
    after: number,
    limit: number
  ) => Effect.Effect<ReadonlyArray<KeptEvent>, StoreError | PositionGone>
  /**
   * Reads like `read`, and keeps of the page its first and its last event, and between them the newest of
   * each aggregate and type, unless it is left out. A page may be of many thousands of events; of those
   * that are kept, `payloadJson` is `null`. For who wants to know what changed, and not how.
   */
  readonly skim: (
    after: number,
    limit: number,
    leftOut?: LeftOut
  ) => Effect.Effect<ReadonlyArray<KeptEvent>, StoreError | PositionGone>
  /** The highest position that an event may have by now; 0 while the log is empty. */
  readonly head: Effect.Effect<number, StoreError>
  /**
   * Watches the log until the scope closes. The answer waits until something may have been
   * appended, or a cursor released, since the watch began or the last wait ended. It is a hint: a
   * store may be late with it, or never give it, so those who wait also look from time to time.
   */
  readonly watch: Effect.Effect<Effect.Effect<void>, never, Scope.Scope>
  readonly cursors: Cursors
  /**
   * A short word for the database that the log is in: the same for every process, and after a failover;
   * another one for a copy that was made of a dump. Names of what is kept elsewhere begin with it.
   */
  readonly database: Effect.Effect<string, StoreError>
  readonly webhooks: Webhooks
  /** Who made the changes, and the seals over both logs. */
  readonly audit: AuditLog
}

/** What a follower needs of a log; one that cannot be skimmed is read. */
export type FollowedLog = Omit<EventLog, "webhooks" | "skim" | "audit" | "database"> &
  Partial<Pick<EventLog, "skim">>

/** How many positions before the head may still be written by transactions under way. */
const lookBack = 1_000

/**
 * The last position that a follower can read by now: where one begins that wants only what comes
 * next. A transaction that is under way may still write an event before the head of the log. The
 * follower gets that event too, if it is among the last 1,000 positions.
 */
export const endOfLog = (
  log: Pick<EventLog, "head" | "read">
): Effect.Effect<number, StoreError | PositionGone> => {
  const lastAfter = (position: number) =>
    Effect.map(log.read(position, lookBack), (page) => page.at(-1)?.position ?? position)
  return Effect.flatMap(log.head, (head) =>
    Effect.catchTag(lastAfter(Math.max(0, head - lookBack)), "PositionGone", ({ horizon }) =>
      lastAfter(horizon)
    )
  )
}
