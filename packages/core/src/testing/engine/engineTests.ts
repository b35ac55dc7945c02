/**
 * What the engine promises for every context: a repeat is harmless, a batch of many is as good as
 * each alone, and the log has every change once, in order, without a hole.
 */
import { expect, type Vitest } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { Executed } from "../../engine/Request.ts"
import { type ExecuteAny, Subject } from "./Subject.ts"

/** The `it` of a suite whose tests see a subject. */
export type SubjectIt = Pick<Vitest.MethodsNonLive<Subject>, "effect">

const severalEngines = Effect.gen(function* () {
  const { anotherEngine, engines } = yield* Subject
  return yield* Effect.forEach(Array.from({ length: engines }), () => anotherEngine())
})

/** How one execution ended. */
type Ended = { readonly executed?: Executed<unknown>; readonly failure?: unknown }

const atOnce = (effects: ReadonlyArray<ReturnType<ExecuteAny>>) =>
  Effect.forEach(
    effects,
    (effect) =>
      Effect.match(effect, {
        onSuccess: (executed): Ended => ({ executed }),
        onFailure: (failure): Ended => ({ failure })
      }),
    { concurrency: "unbounded" }
  )

const freshName = (word: string) =>
  Effect.gen(function* () {
    const { fresh, prepare } = yield* Subject
    const name = fresh(word)
    yield* prepare(name)
    return name
  })

const tagOf = (failure: unknown) => (failure as { readonly _tag?: string } | undefined)?._tag

const repeats = (it: SubjectIt): void => {
  it.effect("gives a repeated key the first answer, byte for byte, and no second effect", () =>
    Effect.gen(function* () {
      const { add, advance, execute, fresh, unitsOf } = yield* Subject
      const name = yield* freshName("repeated")
      const options = { idempotencyKey: fresh("key"), caller: "shop" }
      const first = yield* execute(add(name, 3), options)
      yield* advance("1 second")
      const again = yield* execute({ ...add(name, 3) }, options)
      expect([first.isReplayed, again.isReplayed]).toEqual([false, true])
      expect(JSON.stringify(again.answer)).toBe(JSON.stringify(first.answer))
      expect(yield* unitsOf(name)).toBe(3)
    })
  )

  it.effect("gives twins in flight one effect and one answer, through whatever engine", () =>
    Effect.gen(function* () {
      const { add, callers, fresh, unitsOf } = yield* Subject
      const engines = yield* severalEngines
      const name = yield* freshName("twins")
      const options = { idempotencyKey: fresh("key") }
      const ended = yield* atOnce(
        Array.from({ length: callers }, (_, n) =>
          (engines[n % engines.length] as ExecuteAny)(add(name, 7), options)
        )
      )
      const answers = new Set(ended.map(({ executed }) => JSON.stringify(executed?.answer)))
      expect(answers.size).toBe(1)
      expect(ended.filter(({ executed }) => executed?.isReplayed === false)).toHaveLength(1)
      expect(yield* unitsOf(name)).toBe(7)
    })
  )

  it.effect("refuses a key that comes back with another command", () =>
    Effect.gen(function* () {
      const { add, execute, fresh, unitsOf } = yield* Subject
      const name = yield* freshName("mismatch")
      const key = fresh("key")
      yield* execute(add(name, 1), { idempotencyKey: key })
      const refusal = yield* Effect.flip(execute(add(name, 2), { idempotencyKey: key }))
      expect(refusal).toEqual({ _tag: "IdempotencyMismatch", key })
      expect(yield* unitsOf(name)).toBe(1)
    })
  )

  it.effect("keeps one of two commands that bring one key at once", () =>
    Effect.gen(function* () {
      const { add, fresh, unitsOf } = yield* Subject
      const engines = yield* severalEngines
      const [left, right] = [yield* freshName("left"), yield* freshName("right")]
      const options = { idempotencyKey: fresh("key") }
      const ended = yield* atOnce(
        engines.flatMap((execute) => [
          execute(add(left, 1), options),
          execute(add(right, 1), options)
        ])
      )
      expect([yield* unitsOf(left), yield* unitsOf(right)].sort()).toEqual([0, 1])
      for (const { failure } of ended) {
        if (failure !== undefined) expect(tagOf(failure)).toBe("IdempotencyMismatch")
      }
      expect(ended.filter(({ executed }) => executed !== undefined)).toHaveLength(engines.length)
    })
  )
}

const keys = (it: SubjectIt): void => {
  it.effect("keeps keys of different callers apart, whatever they are made of", () =>
    Effect.gen(function* () {
      const { add, execute, fresh, unitsOf } = yield* Subject
      const name = yield* freshName("callers")
      const key = fresh("key")
      const by = (units: number, caller: string, idempotencyKey: string) =>
        execute(add(name, units), { caller, idempotencyKey })
      yield* by(1, "", key)
      yield* by(2, "a", key)
      yield* by(3, "b", key)
      yield* by(4, "a\nb", `${key}\nc`)
      yield* by(5, "a", `b\n${key}\nc`)
      yield* by(6, `a\nb\n${key}`, "c")
      expect(yield* unitsOf(name)).toBe(21)
    })
  )

  it.effect("keeps a key only with an effect: a refused command's key can be used again", () =>
    Effect.gen(function* () {
      const { add, execute, fresh, refused, unitsOf } = yield* Subject
      const name = yield* freshName("refused")
      const options = { idempotencyKey: fresh("key") }
      const { command, tag } = refused(name)
      expect(tagOf(yield* Effect.flip(execute(command, options)))).toBe(tag)
      const { isReplayed } = yield* execute(add(name, 1), options)
      expect(isReplayed).toBe(false)
      expect(yield* unitsOf(name)).toBe(1)
    })
  )

  it.effect("T3 keeps a key for 24 hours and no longer, to the instant", () =>
    Effect.gen(function* () {
      const { add, advance, execute, fresh, unitsOf } = yield* Subject
      const name = yield* freshName("day")
      const options = { idempotencyKey: fresh("key") }
      const first = yield* execute(add(name, 1), options)
      const waits = ["2 seconds", "1 hour", "22 hours", "59 minutes", "57999 millis"] as const
      for (const wait of [...waits, "0 millis"] as const) {
        const again = yield* execute(add(name, 1), options)
        expect([wait, again.isReplayed, again.answer]).toEqual([wait, true, first.answer])
        yield* advance(wait)
      }
      expect((yield* execute(add(name, 1), options)).isReplayed).toBe(true)
      expect(yield* unitsOf(name)).toBe(1)
      yield* advance("1 millis")
      expect((yield* execute(add(name, 1), options)).isReplayed).toBe(false)
      expect(yield* unitsOf(name)).toBe(2)
    })
  )
}

const batches = (it: SubjectIt): void => {
  it.effect("adds every unit once when several engines share the store", () =>
    Effect.gen(function* () {
      const { add, callers, unitsOf } = yield* Subject
      const engines = yield* severalEngines
      const name = yield* freshName("crowd")
      const ended = yield* atOnce(
        Array.from({ length: callers * 2 }, (_, n) =>
          (engines[n % engines.length] as ExecuteAny)(add(name, 1))
        )
      )
      expect(ended.filter(({ failure }) => failure !== undefined)).toEqual([])
      expect(yield* unitsOf(name)).toBe(callers * 2)
    })
  )

  it.effect("refuses one command of a batch, and no other", () =>
    Effect.gen(function* () {
      const { add, execute, refused, unitsOf } = yield* Subject
      const name = yield* freshName("neighbours")
      const { command, tag } = refused(name)
      const ended = yield* atOnce([
        execute(add(name, 1)),
        execute(command),
        execute(add(name, 1)),
        execute(command)
      ])
      expect(ended.map(({ failure }) => tagOf(failure))).toEqual([undefined, tag, undefined, tag])
      expect(yield* unitsOf(name)).toBe(2)
    })
  )

  it.effect("answers Overloaded when the queue is full, and loses nothing that it took", () =>
    Effect.gen(function* () {
      const { add, anotherEngine, callers, unitsOf } = yield* Subject
      const name = yield* freshName("queue")
      const execute = yield* anotherEngine({ queueMax: 2, batchMax: 1 })
      const ended = yield* atOnce(Array.from({ length: callers }, () => execute(add(name, 1))))
      const failures = ended.flatMap(({ failure }) => (failure === undefined ? [] : [failure]))
      expect(failures.length).toBeGreaterThan(0)
      for (const failure of failures) expect(failure).toMatchObject({ reason: "Overloaded" })
      expect(yield* unitsOf(name)).toBe(callers - failures.length)
    })
  )
}

const logged = (it: SubjectIt): void => {
  it.effect("logs every change once: versions of one aggregate without a hole, in order", () =>
    Effect.gen(function* () {
      const { add, callers, log } = yield* Subject
      const engines = yield* severalEngines
      const names = [yield* freshName("log"), yield* freshName("log")]
      yield* atOnce(
        Array.from({ length: callers }, (_, n) =>
          (engines[n % engines.length] as ExecuteAny)(add(names[n % 2] as string, 1))
        )
      )
      const versions = new Map(names.map((name) => [name, [] as Array<number>]))
      const ids = new Set<string>()
      let position = 0
      while (true) {
        const page = yield* log(position, 7)
        for (const logged of page) {
          expect(logged.position).toBeGreaterThan(position)
          position = logged.position
          versions.get(logged.event.aggregateId)?.push(logged.event.version)
          expect(ids.has(logged.event.eventId)).toBe(false)
          ids.add(logged.event.eventId)
        }
        if (page.length === 0) break
      }
      for (const seen of versions.values()) {
        expect(seen.length).toBeGreaterThanOrEqual(Math.floor(callers / 2))
        expect(seen).toEqual(seen.map((_, index) => index + 1))
      }
    })
  )

  it.effect("carries where a command came from into its events", () =>
    Effect.gen(function* () {
      const { add, execute, fresh, log } = yield* Subject
      const name = yield* freshName("origin")
      const correlationId = fresh("correlation")
      const traceparent = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`
      yield* execute(add(name, 1), { correlationId, traceparent })
      const found = []
      let page = yield* log(0, 1_000)
      while (page.length > 0) {
        found.push(...page.filter(({ event }) => event.correlationId === correlationId))
        page = yield* log(page.at(-1)?.position ?? 0, 1_000)
      }
      expect(found.length).toBeGreaterThan(0)
      for (const { event } of found) {
        expect(event).toMatchObject({ aggregateId: name, traceparent })
      }
    })
  )
}

/** Declares what the engine promises for every context. */
export const engineTests = (it: SubjectIt): void => {
  repeats(it)
  keys(it)
  batches(it)
  logged(it)
}
