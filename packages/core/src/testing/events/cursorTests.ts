/** What a store promises of cursors: one owner at a time, never back, and nothing without a word. */
import { expect, type Vitest } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { Cursors, Lease, TakeOptions } from "../../events/Cursors.ts"
import { EventId } from "../../kernel/Identifier.ts"
import { LogSubject } from "./LogSubject.ts"

/** The `it` of a suite whose tests see a log. */
export type LogIt = Pick<Vitest.MethodsNonLive<LogSubject>, "effect">

const asPublisher: TakeOptions = {
  kind: "PUBLISHER",
  owner: "a relay",
  leaseMillis: 5_000,
  from: "FIRST"
}

const taken = (cursors: Cursors, name: string, options: Partial<TakeOptions> = {}) =>
  Effect.map(cursors.take(name, { ...asPublisher, ...options }), (lease): Lease => {
    if (lease === null) throw new Error(`the cursor ${name} is held`)
    return lease
  })

/** Events that were appended for a test, as the log has them. */
const appended = (count: number) =>
  Effect.gen(function* () {
    const { append, eventType, fresh, log } = yield* LogSubject
    const aggregateId = fresh("followed")
    yield* append(aggregateId, count)
    const head = yield* log.head
    let after = 0
    const found = []
    while (after < head) {
      const page = yield* log.read(after, 1_000)
      found.push(
        ...page.filter(
          (event) => event.aggregateId === aggregateId && event.eventType === eventType
        )
      )
      after = page.at(-1)?.position ?? head
    }
    return found
  })

const advanceTo = (event: { readonly eventId: EventId; readonly position: number }) => ({
  position: event.position,
  eventId: event.eventId,
  deadLetters: []
})

const leases = (it: LogIt): void => {
  it.effect("a cursor begins at the first event, has one owner, and stays where it was left", () =>
    Effect.gen(function* () {
      const { fresh, log } = yield* LogSubject
      const { cursors } = log
      const name = fresh("cursor")
      const events = yield* appended(3)
      const first = yield* taken(cursors, name)
      expect(first).toEqual({ name, epoch: 1, position: 0, eventId: null })
      expect(yield* cursors.take(name, { ...asPublisher, owner: "another" })).toBe(null)
      expect(yield* cursors.take(name, asPublisher)).toBe(null)
      const [, second] = events
      if (second === undefined) return expect.unreachable()
      expect(yield* cursors.advance(first, advanceTo(second))).toBe(true)
      yield* cursors.release(first)
      const again = yield* taken(cursors, name, { owner: "another" })
      const { eventId, position } = second
      expect(again).toEqual({ name, epoch: 2, position, eventId })
      const row = (yield* cursors.list).find((cursor) => cursor.name === name)
      expect(row).toMatchObject({
        kind: "PUBLISHER",
        position: second.position,
        epoch: 2,
        owner: "another"
      })
    })
  )

  it.effect("a cursor from the last event gives only what is committed afterwards", () =>
    Effect.gen(function* () {
      const { append, fresh, log } = yield* LogSubject
      yield* appended(2)
      const head = yield* log.head
      const { position } = yield* taken(log.cursors, fresh("cursor"), { from: "LAST" })
      expect(position).toBeGreaterThanOrEqual(head)
      const aggregateId = fresh("later")
      yield* append(aggregateId, 2)
      const page = yield* log.read(position, 10)
      expect(page.filter((event) => event.aggregateId === aggregateId)).not.toEqual([])
    })
  )

  it.effect("a lease ends to the instant, unless it is renewed", () =>
    Effect.gen(function* () {
      const { advance, fresh, log } = yield* LogSubject
      const { cursors } = log
      const name = fresh("cursor")
      const first = yield* taken(cursors, name)
      yield* advance("4999 millis")
      expect(yield* cursors.take(name, asPublisher)).toBe(null)
      expect(yield* cursors.renew(first, 5_000)).toBe(true)
      yield* advance("4999 millis")
      expect(yield* cursors.take(name, asPublisher)).toBe(null)
      yield* advance("1 millis")
      expect((yield* taken(cursors, name)).epoch).toBe(2)
      expect(yield* cursors.renew(first, 5_000)).toBe(false)
    })
  )

  it.effect("an owner that slept through its lease moves nothing and keeps no dead letter", () =>
    Effect.gen(function* () {
      const { advance, fresh, log } = yield* LogSubject
      const { cursors } = log
      const name = fresh("cursor")
      const [event] = yield* appended(1)
      if (event === undefined) return expect.unreachable()
      const asleep = yield* taken(cursors, name)
      yield* advance("5 seconds")
      const awake = yield* taken(cursors, name)
      const { eventId, position } = event
      const deadLetters = [{ eventId, position, cause: "too large" }]
      expect(yield* cursors.advance(asleep, { eventId, position, deadLetters })).toBe(false)
      yield* cursors.release(asleep)
      expect(yield* cursors.deadLetters({ cursor: name, after: 0, limit: 10 })).toEqual([])
      const row = (yield* cursors.list).find((cursor) => cursor.name === name)
      expect(row).toMatchObject({ position: 0, epoch: 2, owner: "a relay" })
      expect(yield* cursors.advance(awake, advanceTo(event))).toBe(true)
    })
  )

  it.effect("a cursor never moves back, nor from before where its owner knows it", () =>
    Effect.gen(function* () {
      const { fresh, log } = yield* LogSubject
      const { cursors } = log
      const name = fresh("cursor")
      const [one, two, three] = yield* appended(3)
      if (one === undefined || two === undefined || three === undefined) return expect.unreachable()
      const lease = yield* taken(cursors, name)
      yield* cursors.advance(lease, advanceTo(two))
      expect(yield* cursors.advance(lease, advanceTo(one))).toBe(true)
      const { eventId, position } = three
      const deadLetters = [{ eventId, position, cause: "too large" }]
      const further = { ...lease, position: two.position + 1 }
      expect(yield* cursors.advance(further, { ...advanceTo(three), deadLetters })).toBe(false)
      yield* cursors.release(lease)
      expect((yield* taken(cursors, name)).position).toBe(two.position)
      expect(yield* cursors.deadLetters({ cursor: name, after: 0, limit: 9 })).toEqual([])
    })
  )
}

const waiting = (it: LogIt): void => {
  it.effect("a cursor that is not to be made is taken only when it is there", () =>
    Effect.gen(function* () {
      const { fresh, log } = yield* LogSubject
      const name = fresh("cursor")
      const waiting: TakeOptions = { ...asPublisher, from: null }
      expect(yield* log.cursors.take(name, waiting)).toBe(null)
      expect((yield* log.cursors.list).map((cursor) => cursor.name)).not.toContain(name)
      yield* log.cursors.release(yield* taken(log.cursors, name))
      expect(yield* taken(log.cursors, name, waiting)).toMatchObject({ epoch: 2, position: 0 })
      expect(yield* log.cursors.take(name, waiting)).toBe(null)
    })
  )
}

const deadLetters = (it: LogIt): void => {
  it.effect(
    "forgets a cursor with its dead letters; its owner loses it, and the next one is new",
    () =>
      Effect.gen(function* () {
        const { fresh, log } = yield* LogSubject
        const { cursors } = log
        const [name, other] = [fresh("cursor"), fresh("cursor")]
        const [event] = yield* appended(1)
        if (event === undefined) return expect.unreachable()
        const { eventId, position } = event
        const letter = { eventId, position, cause: "no" }
        const lease = yield* taken(cursors, name)
        const kept = yield* taken(cursors, other)
        for (const one of [lease, kept]) {
          yield* cursors.advance(one, { ...advanceTo(event), deadLetters: [letter] })
        }
        expect(yield* cursors.forget(name)).toEqual({ deadLetters: 1 })
        expect((yield* cursors.list).some((one) => one.name === name)).toBe(false)
        expect(yield* cursors.advance(lease, advanceTo(event))).toBe(false)
        expect(yield* cursors.renew(lease, 5_000)).toBe(false)
        expect(yield* Effect.flip(cursors.forget(name))).toMatchObject({ _tag: "CursorUnknown" })
        expect((yield* taken(cursors, name)).position).toBe(0)
        const letters = (cursor: string) => cursors.deadLetters({ cursor, after: 0, limit: 9 })
        expect(yield* letters(name)).toEqual([])
        expect(yield* letters(other)).toHaveLength(1)
        expect(yield* cursors.renew(kept, 5_000)).toBe(true)
      })
  )

  it.effect("keeps dead letters with the move, gives them by pages, and forgets them", () =>
    Effect.gen(function* () {
      const { fresh, log } = yield* LogSubject
      const { cursors } = log
      const [name, other] = [fresh("cursor"), fresh("cursor")]
      const events = yield* appended(3)
      const letters = events.map(({ eventId, position }) => ({ eventId, position, cause: "no" }))
      const last = events.at(-1)
      if (last === undefined) return expect.unreachable()
      for (const cursor of [name, other]) {
        const lease = yield* taken(cursors, cursor)
        yield* cursors.advance(lease, { ...advanceTo(last), deadLetters: letters })
      }
      const page = yield* cursors.deadLetters({ cursor: name, after: 0, limit: 2 })
      expect(page).toMatchObject(letters.slice(0, 2))
      const rest = yield* cursors.deadLetters({
        cursor: name,
        after: page.at(-1)?.id ?? 0,
        limit: 2
      })
      expect(rest).toMatchObject(letters.slice(2))
      const ids = page.map(({ id }) => id)
      yield* cursors.forgetDeadLetters(name, ids)
      yield* cursors.forgetDeadLetters(other, ids)
      expect(yield* cursors.deadLetters({ cursor: name, after: 0, limit: 9 })).toHaveLength(1)
      expect(yield* cursors.deadLetters({ cursor: other, after: 0, limit: 9 })).toHaveLength(3)
    })
  )
}

const resets = (it: LogIt): void => {
  it.effect("resets a cursor within the log, and ends its owner's lease", () =>
    Effect.gen(function* () {
      const { fresh, log } = yield* LogSubject
      const { cursors } = log
      const name = fresh("cursor")
      const [one, two] = yield* appended(2)
      if (one === undefined || two === undefined) return expect.unreachable()
      const lease = yield* taken(cursors, name)
      yield* cursors.advance(lease, advanceTo(two))
      yield* cursors.reset(name, one.position)
      expect(yield* cursors.renew(lease, 5_000)).toBe(false)
      expect((yield* taken(cursors, name)).position).toBe(one.position)
    })
  )

  it.effect("refuses to reset a cursor beyond the log's end, or one that nobody made", () =>
    Effect.gen(function* () {
      const { fresh, log } = yield* LogSubject
      const { cursors } = log
      const name = fresh("cursor")
      expect(yield* Effect.flip(cursors.reset(name, 0))).toMatchObject({ _tag: "CursorUnknown" })
      yield* taken(cursors, name)
      const error = yield* Effect.flip(cursors.reset(name, 1_000_000_000))
      expect(error).toMatchObject({ _tag: "PositionBeyondHead", cursor: name })
    })
  )

  it.effect("keeps a cursor for one kind of use", () =>
    Effect.gen(function* () {
      const { fresh, log } = yield* LogSubject
      const name = fresh("cursor")
      const lease = yield* taken(log.cursors, name)
      yield* log.cursors.release(lease)
      const error = yield* Effect.flip(taken(log.cursors, name, { kind: "SUBSCRIPTION" }))
      expect(error).toMatchObject({ _tag: "CursorKindMismatch", kind: "PUBLISHER" })
    })
  )

  it.effect("notices that the log was restored: another event, or none, where it stands", () =>
    Effect.gen(function* () {
      const { fresh, log } = yield* LogSubject
      const { cursors } = log
      const [event] = yield* appended(1)
      if (event === undefined) return expect.unreachable()
      const witnesses = [
        { ...advanceTo(event), eventId: EventId.make("00000000-0000-7000-8000-000000000000") },
        { ...advanceTo(event), position: 1_000_000_000 }
      ]
      for (const witness of witnesses) {
        const name = fresh("cursor")
        const lease = yield* taken(cursors, name)
        yield* cursors.advance(lease, witness)
        yield* cursors.release(lease)
        const error = yield* Effect.flip(cursors.take(name, asPublisher))
        expect(error).toMatchObject({ _tag: "LogRestored", position: witness.position })
        yield* cursors.reset(name, event.position)
        yield* taken(cursors, name)
      }
    })
  )
}

const restores = (it: LogIt): void => {
  it.effect("keeps a cursor from everybody that had come further, until the log is adopted", () =>
    Effect.gen(function* () {
      const { fresh, log } = yield* LogSubject
      const { cursors } = log
      const name = fresh("cursor")
      const standing = Effect.map(
        cursors.list,
        (all) => all.find((cursor) => cursor.name === name)?.standing
      )
      const [one, two] = yield* appended(2)
      if (one === undefined || two === undefined) return expect.unreachable()
      const lease = yield* taken(cursors, name)
      yield* cursors.advance(lease, advanceTo(one))
      expect(yield* standing).toBe("FOLLOWS")
      const foreign = { ...lease, epoch: lease.epoch + 1 }
      expect(yield* cursors.suspend(foreign, two.position)).toBe(false)
      expect(yield* standing).toBe("FOLLOWS")
      expect(yield* cursors.suspend(lease, two.position)).toBe(true)
      expect(yield* standing).toBe("RESTORED")
      expect(yield* cursors.renew(lease, 5_000)).toBe(false)
      const error = yield* Effect.flip(cursors.take(name, asPublisher))
      expect(error).toMatchObject({ _tag: "LogRestored", cursor: name, position: two.position })
      const adopted = yield* cursors.adopt(name)
      expect(adopted).toMatchObject({ position: one.position })
      expect(yield* standing).toBe("FOLLOWS")
      expect((yield* taken(cursors, name)).position).toBe(one.position)
      expect((yield* cursors.adopt(name)).incarnation).toBe(adopted.incarnation + 1)
      // Who follows the log sees that versions may have been used again.
      const [read] = yield* log.read(one.position, 1)
      expect(read?.incarnation).toBe(adopted.incarnation + 1)
      expect(one.incarnation).toBe(adopted.incarnation - 1)
    })
  )

  it.effect("lets a cursor that is beyond the log's end go on from there when it is adopted", () =>
    Effect.gen(function* () {
      const { fresh, log } = yield* LogSubject
      const { cursors } = log
      const name = fresh("cursor")
      const [event] = yield* appended(1)
      if (event === undefined) return expect.unreachable()
      const lease = yield* taken(cursors, name)
      yield* cursors.advance(lease, { ...advanceTo(event), position: 1_000_000_000 })
      yield* cursors.release(lease)
      const { position } = yield* cursors.adopt(name)
      expect(position).toBeGreaterThanOrEqual(event.position)
      expect(position).toBeLessThan(1_000_000_000)
      expect((yield* taken(cursors, name)).position).toBe(position)
      const unknown = yield* Effect.flip(cursors.adopt(fresh("cursor")))
      expect(unknown).toMatchObject({ _tag: "CursorUnknown" })
    })
  )
}

/** Declares what a store promises of cursors. */
export const cursorTests = (it: LogIt): void => {
  leases(it)
  waiting(it)
  deadLetters(it)
  resets(it)
  restores(it)
}
