import { expect, it } from "@effect/vitest"
import { type CachedCopy, CacheUnavailable } from "@holdfast/core/caching"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { gatherGets } from "../src/caching/gatherGets.ts"

const copyOf = (key: string): CachedCopy => ({
  version: 1,
  value: key,
  ageMillis: 0,
  leftMillis: 1_000
})

/** A cache that has every key but those that begin with `no`, and what it was asked. */
const asked = () => {
  const calls: Array<ReadonlyArray<string>> = []
  const { get } = gatherGets((keys) =>
    Effect.sync(() => {
      calls.push(keys)
      return keys.map((key) => (key.startsWith("no") ? undefined : copyOf(key)))
    })
  )
  const values = (...keys: ReadonlyArray<string>) =>
    Effect.map(get(keys), (copies) => copies.map((copy) => copy?.value))
  return { calls, values }
}

it.live("asks once for what readers want in one turn, each key once", () =>
  Effect.gen(function* () {
    const { calls, values } = asked()
    const found = yield* Effect.all(
      [values("word", "a"), values("word", "b", "none"), values("b", "b"), values()],
      { concurrency: "unbounded" }
    )
    expect(found).toEqual([["word", "a"], ["word", "b", undefined], ["b", "b"], []])
    expect(calls).toEqual([["word", "a", "b", "none"]])
    expect(yield* values("a")).toEqual(["a"])
    expect(calls.length).toBe(2)
  })
)

it.live("begins another request when one has 500 keys", () =>
  Effect.gen(function* () {
    const { calls, values } = asked()
    const keys = (from: number) => Array.from({ length: 300 }, (_, n) => `key-${from + n}`)
    yield* Effect.all([values(...keys(0)), values(...keys(300)), values(...keys(600))], {
      concurrency: "unbounded"
    })
    expect(calls.map(({ length }) => length)).toEqual([300, 300, 300])
  })
)

it.live("fails for all who wait, and harms nobody when one of them is gone", () =>
  Effect.gen(function* () {
    let isAway = true
    const away = new CacheUnavailable({ cause: "away" })
    const { get } = gatherGets((keys) =>
      isAway ? Effect.fail(away) : Effect.succeed(keys.map((key) => copyOf(key)))
    )
    const exits = yield* Effect.all([Effect.flip(get(["a"])), Effect.flip(get(["b"]))], {
      concurrency: "unbounded"
    })
    expect(exits).toEqual([away, away])
    isAway = false
    const [, kept] = yield* Effect.all([Effect.timeoutOption(get(["a"]), 0), get(["b"])], {
      concurrency: "unbounded"
    })
    expect(kept.map((copy) => copy?.value)).toEqual(["b"])
  })
)

it.live("tells all who wait of a bug too, rather than nothing", () =>
  Effect.gen(function* () {
    const { get } = gatherGets(() => Effect.die(new Error("a reply that nobody expects")))
    const exits = yield* Effect.all([Effect.exit(get(["a"])), Effect.exit(get(["b"]))], {
      concurrency: "unbounded"
    }).pipe(Effect.timeout("5 seconds"))
    expect(exits.map(Exit.hasDies)).toEqual([true, true])
  })
)
