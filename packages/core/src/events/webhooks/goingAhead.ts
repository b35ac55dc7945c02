/**
 * Sends what comes after a page that is held up by an event that is not taken: other aggregates do
 * not wait for it, and whether they are taken says who is to blame. The cursor stays where it is; the
 * notes keep what was taken from being sent again.
 */
import * as Effect from "effect/Effect"
import type { StoreError } from "../../kernel/StoreError.ts"
import type { KeptEvent } from "../EventLog.ts"
import type { PositionGone } from "../PositionGone.ts"
import type { StopSignal } from "../relay/withGrace.ts"
import { isOver, type PageNotes } from "./PageNotes.ts"

/** How far ahead of the page events are sent, in positions, and how many are read at once. */
const aheadMax = 1_000
const readMax = 100

/** How often to look for more events. */
const pollMillis = 5_000

/** How long to wait after an event that was not taken: nobody knows yet who is to blame. */
const afterFailureMillis = 5 * 60_000

/** What going ahead needs. */
export interface GoingAheadOptions {
  readonly read: (
    after: number,
    limit: number
  ) => Effect.Effect<ReadonlyArray<KeptEvent>, StoreError | PositionGone>
  readonly isWanted: (event: KeptEvent) => boolean
  readonly aggregateOf: (event: KeptEvent) => string
  readonly notesOf: (events: ReadonlyArray<KeptEvent>) => Effect.Effect<PageNotes, StoreError>
  /** Sends an event once; whether that was the end of it. */
  readonly sendOnce: (notes: PageNotes, event: KeptEvent) => Effect.Effect<boolean>
}

/** Sends events after a position until the page is over, those of an aggregate that is held up aside. */
export const goingAhead = (options: GoingAheadOptions) => {
  const { aggregateOf, isWanted, notesOf, read, sendOnce } = options

  return Effect.fnUntraced(function* (
    after: number,
    isHeldUp: (aggregate: string) => boolean,
    pageOver: StopSignal
  ) {
    const left = new Set<string>()
    let reached = after
    const pause = (millis: number) => Effect.raceFirst(Effect.sleep(millis), pageOver.given)

    const sendPage = Effect.fnUntraced(function* (events: ReadonlyArray<KeptEvent>) {
      const notes = yield* notesOf(events)
      const sendAll = Effect.gen(function* () {
        for (const event of events) {
          if (pageOver.isGiven) return
          const aggregate = aggregateOf(event)
          const note = notes.of(event)
          if (isOver(note) || left.has(aggregate)) continue
          const isFree = note === undefined && !isHeldUp(aggregate)
          if (isFree && (yield* sendOnce(notes, event))) continue
          left.add(aggregate)
          if (!isFree) continue
          yield* notes.keep
          yield* pause(afterFailureMillis)
        }
        yield* notes.keep
      })
      yield* Effect.ensuring(sendAll, Effect.ignore(notes.keep))
    })

    const step = Effect.gen(function* () {
      const events = yield* read(reached, readMax)
      const last = events.at(-1)
      const wanted = events.filter(isWanted)
      if (wanted.length > 0) yield* sendPage(wanted)
      if (last === undefined) yield* pause(pollMillis)
      else reached = last.position
    })
    while (!pageOver.isGiven && reached < after + aheadMax) {
      yield* Effect.catch(step, () => pause(pollMillis))
    }
  })
}
