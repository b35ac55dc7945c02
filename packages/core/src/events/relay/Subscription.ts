/**
 * SERVICE. A subscription: a handler in the host's own process that gets the events of a log, in
 * order, under a durable name. Any number of processes may subscribe under one name; one of them is
 * active. Every event arrives at least once. A handler that moves the cursor in its own transaction
 * has the effect of each event exactly once.
 */
import * as Effect from "effect/Effect"
import type { StoreError } from "../../kernel/StoreError.ts"
import { type CursorMove, CursorNotMoved } from "../CursorMove.ts"
import type { Cursors, Delivery, Lease } from "../Cursors.ts"
import type { AnyEvent, FollowedLog, KeptEvent, LoggedEvent } from "../EventLog.ts"
import { PublishError } from "../EventPublisher.ts"
import { type EventRelay, makeEventRelay } from "./EventRelay.ts"
import { checkedSubscriptionOptions } from "./readRelayOptions.ts"
import { wordsOf } from "./Troubles.ts"

/** The events of a context that have one of some types. */
export type EventAmong<Event extends AnyEvent, Types extends Event["eventType"]> = Event & {
  readonly eventType: Types
}

/** How a subscription runs. */
export interface SubscriptionOptions<
  Event extends AnyEvent,
  E,
  Types extends Event["eventType"] = Event["eventType"]
> {
  /** The durable name: who subscribes again under it goes on where it stopped. */
  readonly name: string
  /** Who subscribes, for people: a process and its host, say. */
  readonly owner: string
  /**
   * Takes events, in order, all of them or none. A failure is tried again with the same events, for
   * ever, after longer and longer pauses. It answers with MOVED when it has moved the cursor.
   */
  readonly handle: (
    events: ReadonlyArray<LoggedEvent<EventAmong<Event, Types>>>,
    delivery: Delivery
  ) => Effect.Effect<void | "MOVED", E>
  /** The types that are wanted, and that `handle` gets: all. */
  readonly types?: ReadonlyArray<Types> | undefined
  /** The most events that are handled together, from 1 to 1,000: 100. */
  readonly batchMax?: number | undefined
  /** Where a new name begins: FIRST, with the whole log, or LAST, with what happens from now on. */
  readonly from?: "FIRST" | "LAST" | undefined
  /**
   * How long the name stays taken after the last sign of life, from 1,000 milliseconds to an hour:
   * 5,000.
   */
  readonly leaseMillis?: number | undefined
}

const notMoved =
  "the handler did not move its cursor; call and await moveCursor in its transaction before it commits"

/**
 * A handler that moves the cursor in a transaction of its own. `handle` gets the move, and calls it
 * in the transaction before that commits. When the same events turn out to have been committed
 * before, nothing is done again.
 */
export const movingCursor =
  <Event extends AnyEvent, E>(
    { list, moveFor }: Cursors,
    handle: (
      events: ReadonlyArray<LoggedEvent<Event>>,
      move: CursorMove["move"]
    ) => Effect.Effect<void, E>
  ) =>
  (
    events: ReadonlyArray<LoggedEvent<Event>>,
    delivery: Delivery
  ): Effect.Effect<"MOVED", E | CursorNotMoved | StoreError> => {
    if (moveFor === undefined) {
      const message = "this store has no transactions of a host; handle the events without one"
      return Effect.fail(new CursorNotMoved({ message }))
    }
    const { move, state } = moveFor(delivery)
    const { lease, upTo } = delivery
    // A COMMIT that the host takes for one may have been a rollback: only the row says where it is.
    const isCommitted = Effect.map(list, (cursors) =>
      cursors.some(({ name, position }) => name === lease.name && position >= upTo.position)
    )
    const confirmed = Effect.flatMap(isCommitted, (is) =>
      is
        ? Effect.succeed("MOVED" as const)
        : Effect.fail(new CursorNotMoved({ message: "the handler did not commit its move" }))
    )
    // A rejection that the handler does not wait for must not end the process: its state tells.
    const moveWatched: CursorMove["move"] = (transaction) => {
      const moved = move(transaction)
      moved.catch(() => undefined)
      return moved
    }
    return handle(events, moveWatched).pipe(
      Effect.catchCause((cause) => (state() === "HANDLED" ? Effect.void : Effect.failCause(cause))),
      Effect.andThen(
        Effect.suspend(() =>
          state() === "NOT_ASKED"
            ? Effect.fail(new CursorNotMoved({ message: notMoved }))
            : confirmed
        )
      )
    )
  }

/**
 * Makes a subscription; nothing is handled before it runs. `read` reads what the log keeps. Throws
 * `InvalidOptions` when the options cannot be used.
 */
export const makeSubscription = <
  Event extends AnyEvent,
  E,
  Types extends Event["eventType"] = Event["eventType"]
>(
  log: FollowedLog,
  read: (kept: KeptEvent) => LoggedEvent<Event>,
  given: SubscriptionOptions<Event, E, Types>
): EventRelay => {
  const options = checkedSubscriptionOptions(given)
  const { batchMax = 100, from, handle, leaseMillis, name, owner } = options
  const types = options.types === undefined ? undefined : new Set<string>(options.types)
  /** What is wanted has a type that was asked for. */
  const readWanted = read as unknown as (kept: KeptEvent) => LoggedEvent<EventAmong<Event, Types>>
  const publish = (events: ReadonlyArray<KeptEvent>, lease: Lease) =>
    Effect.suspend(() => {
      const wanted = types === undefined ? events : events.filter((one) => types.has(one.eventType))
      const last = events.at(-1)
      if (last === undefined || wanted.length === 0) return Effect.void
      const { eventId, position } = last
      return handle(wanted.map(readWanted), { lease, upTo: { position, eventId } })
    }).pipe(
      Effect.catchCause((cause) =>
        Effect.fail(new PublishError({ message: wordsOf(cause), isRetryable: true, cause }))
      )
    )
  return makeEventRelay(
    log,
    { publish },
    { cursor: name, owner, kind: "SUBSCRIPTION", from, leaseMillis, eventsMax: batchMax }
  )
}
