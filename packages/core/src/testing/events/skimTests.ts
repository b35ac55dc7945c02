/** What a store promises of a page that is skimmed: its ends, and the newest of what is between. */
import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { KeptEvent } from "../../events/EventLog.ts"
import type { LogIt } from "./cursorTests.ts"
import { LogSubject } from "./LogSubject.ts"

/** Events of three aggregates one after another, and where they begin. */
const appended = Effect.gen(function* () {
  const { append, fresh, log } = yield* LogSubject
  const ids = [fresh("skimmed"), fresh("skimmed"), fresh("skimmed")] as const
  for (const id of ids) yield* append(id, 1)
  const begin = yield* log.head
  for (const id of [ids[0], ids[1], ids[0], ids[1], ids[2], ids[0]]) yield* append(id, 2)
  return { begin, ids, whole: yield* log.read(begin, 1_000) }
})

const unread = (event: KeptEvent): KeptEvent => ({ ...event, payloadJson: "null" })

/** Declares what is kept of a page over the log of any store. */
export const skimTests = (it: LogIt): void => {
  it.effect(
    "a page that is skimmed has its first and last event, and the newest between them",
    () =>
      Effect.gen(function* () {
        const { log } = yield* LogSubject
        const { begin, whole } = yield* appended
        const newest = (page: ReadonlyArray<KeptEvent>) =>
          page.filter(
            ({ aggregateId, eventType, position }, index) =>
              index === 0 ||
              !page.some(
                (later) =>
                  later.position > position &&
                  later.aggregateId === aggregateId &&
                  later.eventType === eventType
              )
          )
        expect(yield* log.skim(begin, 100_000)).toEqual(newest(whole).map(unread))
        expect(newest(whole).length).toBeLessThan(whole.length)
        const some = whole.slice(0, 5)
        expect(yield* log.skim(begin, 5)).toEqual(newest(some).map(unread))
        const end = whole.at(-1)?.position ?? 0
        expect(yield* log.skim(end, 100_000)).toEqual([])
      })
  )

  it.effect("a page that is skimmed leaves types out, but of the aggregates that are named", () =>
    Effect.gen(function* () {
      const { eventType, log } = yield* LogSubject
      const { begin, ids, whole } = yield* appended
      const skimmed = (exceptOf: ReadonlyArray<string> | null) =>
        log.skim(begin, 100_000, { types: [eventType], exceptOf: Effect.succeed(exceptOf) })
      const ends = [whole[0], whole.at(-1)].flatMap((event) => event?.position ?? [])
      const kept = (page: ReadonlyArray<KeptEvent>) =>
        page.filter((event) => event.eventType === eventType && !ends.includes(event.position))
      expect(kept(yield* skimmed([]))).toEqual([])
      expect((yield* skimmed([])).map(({ position }) => position)).toEqual(
        expect.arrayContaining(ends)
      )
      const ofTwo = kept(yield* skimmed([ids[1], ids[2], "nobody"]))
      expect(ofTwo.map(({ aggregateId }) => aggregateId)).toEqual([ids[1], ids[2]])
      expect(yield* skimmed(null)).toEqual(yield* log.skim(begin, 100_000))
    })
  )
}
