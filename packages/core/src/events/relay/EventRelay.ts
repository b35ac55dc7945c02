/**
 * SERVICE. The relay: moves the events of a log to a destination, in order, under a named cursor.
 * Any number of relays may run for one cursor; one of them is active, and another takes over when
 * its lease runs out. Every event arrives at least once. A relay that slept through its lease may
 * repeat events that it had in hand, and cannot move the cursor.
 *
 * A relay remembers the last event that it published. When the log does not have that event any
 * more, the database was restored to an earlier state: the relay publishes nothing, and suspends
 * the cursor until a person has decided.
 */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type { StoreError } from "../../kernel/StoreError.ts"
import type { CursorKind, CursorKindMismatch, Lease } from "../Cursors.ts"
import type { FollowedLog, KeptEvent } from "../EventLog.ts"
import { type Destination, groupsOf, publishing } from "./publishing.ts"
import { makePublished, pagesOf } from "./readOn.ts"
import { checkedRelayOptions } from "./readRelayOptions.ts"
import { makeTroubles, pauseMillis, type Trouble, type TroubleAt } from "./Troubles.ts"
import { whileLeased } from "./whileLeased.ts"
import { awaitAtMost, StopSignal, withGrace } from "./withGrace.ts"

/** How a relay runs. */
export interface RelayOptions {
  /** The cursor that the relay moves, such as `kafka`: at most 100 letters, digits, `.`, `-`, `_`. */
  readonly cursor: string
  /** Who the relay is, for people: a process and its host, say; at most 255 characters. */
  readonly owner: string
  /** What moves the cursor: PUBLISHER. */
  readonly kind?: CursorKind | undefined
  /** Where a new cursor begins: FIRST, with the whole log. Null waits until somebody has made it. */
  readonly from?: "FIRST" | "LAST" | null | undefined
  /**
   * How long the cursor stays taken after the last sign of life, from 1,000 milliseconds to an hour:
   * 5,000.
   */
  readonly leaseMillis?: number | undefined
  /** How long to wait before looking again when nothing wakes the relay, in milliseconds: 1,000. */
  readonly pollMillis?: number | undefined
  /** How often to look whether the cursor has come free, in milliseconds: 250. */
  readonly standByMillis?: number | undefined
  /** The most events that are published together, from 1 to 1,000: 1,000. */
  readonly eventsMax?: number | undefined
  /** The most bytes of payloads that are published together: 1 MiB. One event may be larger. */
  readonly bytesMax?: number | undefined
  /** What happens to an event that can never be published: DEAD_LETTER leaves it out, and keeps it. */
  readonly onUnpublishable?: "DEAD_LETTER" | "STOP" | undefined
}

/**
 * What a relay is doing: STANDING_BY while another one is active, MOVING, RETRYING after a failure
 * that may pass, or STOPPED until a person has done something.
 */
export interface RelayStatus {
  readonly state: "STANDING_BY" | "MOVING" | "RETRYING" | "STOPPED"
  /** The last position that was published; null while another relay is active. */
  readonly position: number | null
  /** Why the relay is retrying or has stopped. */
  readonly problem: string | null
}

/** A relay of one log to one destination. */
export interface EventRelay {
  readonly status: Effect.Effect<RelayStatus>
  /** Moves events until it is interrupted; only a cursor of another kind ends it with an error. */
  readonly run: Effect.Effect<never, CursorKindMismatch>
}

const lastOf = (events: ReadonlyArray<KeptEvent>): KeptEvent => {
  const last = events.at(-1)
  if (last === undefined) throw new Error("a page of events is never empty")
  return last
}

/** How long events that are on their way may take when the relay stops. */
const graceMillis = 2_000

const atOnce = { startImmediately: true }

/** The longest pause before a relay that lost its log looks for it again. */
const takeMillisMax = 5_000

/** The options, checked, and filled in with the defaults. */
const filledIn = (options: RelayOptions) => {
  const { bytesMax = 1_048_576, eventsMax = 1_000, ...others } = checkedRelayOptions(options)
  const { from = "FIRST", kind = "PUBLISHER", leaseMillis = 5_000, ...more } = others
  const { onUnpublishable, pollMillis = 1_000, standByMillis = 250, ...names } = more
  return {
    ...names,
    ...{ bytesMax, eventsMax, from, kind, leaseMillis, pollMillis, standByMillis },
    mayLeaveOut: onUnpublishable !== "STOP",
    // Each delivery of a webhook has a span of its own.
    spanName: kind === "PUBLISHER" ? `relay ${names.cursor}` : undefined
  }
}

/**
 * Makes the relay; nothing moves before it runs. Throws `InvalidOptions` when the options cannot be
 * used.
 */
export const makeEventRelay = (
  log: FollowedLog,
  destination: Destination,
  options: RelayOptions
): EventRelay => {
  const { cursor, from, kind, leaseMillis, mayLeaveOut, owner, spanName, ...bounds } =
    filledIn(options)
  const { bytesMax, eventsMax, pollMillis, standByMillis } = bounds
  const { cursors } = log

  const troubles = makeTroubles({ context: log.context, cursor })
  const publish = publishing({ destination, troubles, mayLeaveOut, spanName })
  const published = makePublished(log, cursor)
  const nextPage = pagesOf(log, troubles, { cursor, eventsMax, pollMillis })
  let position: number | null = null

  /** The advance over the last events that were published. The next ones do not wait for it. */
  let advancing: Fiber.Fiber<boolean, StoreError> | undefined
  const advanced = Effect.suspend(() =>
    advancing === undefined ? Effect.succeed(true) : Fiber.join(advancing)
  )
  // What was published is written down before the cursor is given back, if the store answers.
  const writtenDown = Effect.ignore(awaitAtMost(advanced, graceMillis))

  /**
   * Publishes events, then begins to move the cursor over them. Answers with the lease and where the
   * cursor is known to stand; undefined when it is lost.
   */
  const publishAndAdvance = Effect.fnUntraced(function* (
    lease: Lease,
    events: ReadonlyArray<KeptEvent>,
    stop: StopSignal
  ) {
    const { hasMoved, leftOut } = yield* publish(events, lease, stop)
    const last = lastOf(events)
    published.note(last)
    if (!(yield* advanced)) return undefined
    const held = { ...lease, position: position ?? lease.position }
    position = last.position
    if (hasMoved) return held
    advancing = yield* Effect.forkDetach(
      cursors.advance(held, { position, eventId: last.eventId, deadLetters: leftOut }),
      atOnce
    )
    return held
  })

  /** Publishes from where the cursor stands, until another relay has the cursor. */
  const move = Effect.fnUntraced(function* (lease: Lease) {
    const appended = yield* log.watch
    const stop = new StopSignal()
    advancing = undefined
    yield* Effect.addFinalizer(() => writtenDown)
    let held = lease
    let reading = yield* Effect.forkScoped(nextPage(lease, appended), atOnce)
    while (true) {
      // An advance that fails is noticed also when no event comes after it.
      const page = yield* Effect.raceFirst(
        Fiber.join(reading),
        Effect.andThen(advanced, Effect.never)
      )
      reading = yield* Effect.forkScoped(nextPage(lastOf(page), appended), atOnce)
      for (const events of groupsOf(page, bytesMax)) {
        const known = yield* withGrace(publishAndAdvance(held, events, stop), stop, graceMillis)
        if (known === undefined) return
        held = known
      }
    }
  })

  /** Waits while another relay has the cursor. */
  const standBy = Effect.suspend(() => {
    position = null
    troubles.forget()
    return Effect.sleep(standByMillis)
  })

  /** One turn: takes the cursor when it is free, and moves it for as long as that lasts. */
  const turn = whileLeased(
    cursors,
    published.taking(cursors.take(cursor, { kind, owner, leaseMillis, from })),
    leaseMillis,
    (lease) => {
      position = lease.position
      return published.guard(lease, Effect.scoped(move(lease)))
    },
    standBy
  )

  let failures = 0
  const afterwards = (at: TroubleAt, state: Trouble["state"], problem: string) =>
    Effect.andThen(
      troubles.note(at, { state, problem }),
      Effect.suspend(() => Effect.sleep(Math.min(pauseMillis(failures++), takeMillisMax)))
    )
  const run = turn.pipe(
    Effect.tap(() =>
      Effect.sync(() => {
        failures = 0
      })
    ),
    Effect.catchTags({
      StoreError: ({ message }) => afterwards("log", "RETRYING", message),
      LogRestored: ({ message }) => afterwards("log", "STOPPED", message),
      PositionGone: ({ message }) => afterwards("log", "STOPPED", message),
      Unpublishable: ({ message }) => afterwards("destination", "STOPPED", message)
    }),
    Effect.tapError(({ message }) => troubles.note("log", { state: "STOPPED", problem: message })),
    // A store that throws is a bug, and no reason to end in silence.
    Effect.catchDefect((defect) => afterwards("log", "RETRYING", String(defect))),
    Effect.forever
  )
  const status = Effect.sync((): RelayStatus => {
    const state = position === null ? "STANDING_BY" : "MOVING"
    return { state, problem: null, ...troubles.current(), position }
  })
  return { run, status }
}
