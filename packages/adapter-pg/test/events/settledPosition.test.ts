/** How far a page of selected events goes, by the answers of a log that the test gives. */
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import type { Query } from "../../src/connection/Query.ts"
import { settledPages, settledThrough } from "../../src/events/settledPosition.ts"

/** A log whose answers the test gives: each query has the rows that its text names. */
const scripted = (...rows: ReadonlyArray<string>) => {
  const server = { last: 0, drawers: "", isReplica: false, contiguous: 0, waits: 0 }
  const run = (queries: ReadonlyArray<Query>) =>
    Effect.sync(() =>
      queries.map(({ sql }) => {
        if (sql.includes("pg_sleep")) server.waits += 1
        if (sql.includes("pg_locks")) {
          return [{ drawers: server.drawers, is_replica: server.isReplica }]
        }
        if (sql.includes("row_number")) return [{ position: server.contiguous }]
        if (sql.includes("last_value")) return [{ position: server.last }]
        return sql.split(" ").map((position) => ({ position: Number(position) }))
      })
    )
  const page = settledPages("inventory", run)
  const through = settledThrough("inventory", run)
  const queries = rows.map((sql) => ({ sql, params: [] }))
  const positions = Effect.map(page(0, 3, queries), (found) => found.map((row) => row["position"]))
  return { server, positions, through }
}

it.effect("S10 a page ends under constant load, and later transactions do not hold it back", () =>
  Effect.gen(function* () {
    const { positions, server } = scripted("2 4 8")
    Object.assign(server, { last: 5, drawers: "1/1" })
    expect(yield* positions).toEqual([])
    Object.assign(server, { last: 9, drawers: "2/2" })
    expect(yield* positions).toEqual([2, 4])
    Object.assign(server, { last: 12, drawers: "3/3" })
    expect(yield* positions).toEqual([2, 4, 8])
    const { waits } = server
    Object.assign(server, { last: 20, drawers: "4/4" })
    expect(yield* positions).toEqual([2, 4, 8])
    expect(server.waits).toBe(waits)
  })
)

it.effect(
  "S10 a page goes as far as the log has no gap, whoever is under way, on a replica too",
  () =>
    Effect.gen(function* () {
      const { positions, server } = scripted("2 4 8")
      Object.assign(server, { last: 9, drawers: "1/1", contiguous: 4 })
      expect(yield* positions).toEqual([2, 4])
      Object.assign(server, { isReplica: true, contiguous: 8 })
      expect(yield* positions).toEqual([2, 4, 8])
    })
)

it.effect("S10 a page of several queries ends where the first that may have more rows ends", () =>
  Effect.gen(function* () {
    const { positions, server } = scripted("3 5 9", "2", "1 4 6")
    Object.assign(server, { last: 12 })
    expect(yield* positions).toEqual([1, 2, 3, 4, 5, 6])
  })
)

it.effect("S10 a page does not wait for what was drawn after it was asked for", () =>
  Effect.gen(function* () {
    const { positions, server } = scripted("2 4 8")
    Object.assign(server, { last: 4 })
    expect(yield* positions).toEqual([2, 4])
    expect(server.waits).toBe(0)
  })
)

it.effect(
  "a page of selected events goes no further than the log that was restored is settled",
  () =>
    Effect.gen(function* () {
      const { positions, server } = scripted("2 4 8")
      Object.assign(server, { last: 9 })
      expect(yield* positions).toEqual([2, 4, 8])
      // The positions from 3 on are drawn again, and not all of their transactions have ended.
      Object.assign(server, { last: 6, drawers: "1/1", contiguous: 2 })
      expect(yield* positions).toEqual([2])
      Object.assign(server, { drawers: "" })
      expect(yield* positions).toEqual([2, 4])
    })
)

it.effect("a reading that began before a restore says nothing about the log after it", () =>
  Effect.gen(function* () {
    const { server, through } = scripted()
    Object.assign(server, { last: 9 })
    expect(yield* through(0)).toBe(9)
    const earlier = yield* Effect.forkChild(through(0))
    Object.assign(server, { last: 6, drawers: "1/1", contiguous: 1 })
    const later = yield* Effect.forkChild(through(0), { startImmediately: true })
    yield* TestClock.adjust(200)
    expect([yield* Fiber.join(later), yield* Fiber.join(earlier)]).toEqual([1, 1])
  })
)

it.effect("S10 the log is settled where nobody is under way, without a wait", () =>
  Effect.gen(function* () {
    const { server, through } = scripted()
    Object.assign(server, { last: 9 })
    expect(yield* through(4)).toBe(9)
    // After a restore, what was settled before is not.
    Object.assign(server, { last: 6, drawers: "1/1", contiguous: 5 })
    const asking = yield* Effect.forkChild(through(4), { startImmediately: true })
    yield* TestClock.adjust(200)
    expect(yield* Fiber.join(asking)).toBe(5)
  })
)

it.effect("S10 the log is settled up to what was drawn, once those under way have ended", () =>
  Effect.gen(function* () {
    const { server, through } = scripted()
    Object.assign(server, { last: 9, drawers: "1/1,1/2" })
    const asking = yield* Effect.forkChild(through(4), { startImmediately: true })
    Object.assign(server, { last: 20, drawers: "1/2,2/1" })
    yield* TestClock.adjust(25)
    expect(asking.pollUnsafe()).toBeUndefined()
    Object.assign(server, { last: 30, drawers: "2/1" })
    yield* TestClock.adjust(25)
    expect(yield* Fiber.join(asking)).toBe(9)
    // Who stays under way holds back what was drawn since, and not what is settled.
    const again = yield* Effect.forkChild(through(4), { startImmediately: true })
    yield* TestClock.adjust(200)
    expect(yield* Fiber.join(again)).toBe(9)
    Object.assign(server, { isReplica: true, contiguous: 12 })
    const atEnd = yield* Effect.forkChild(through(9), { startImmediately: true })
    yield* TestClock.adjust(200)
    expect(yield* Fiber.join(atEnd)).toBe(12)
  })
)
