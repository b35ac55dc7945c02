/** What is forgotten of counts by day, and when. */
import { expect, it } from "@effect/vitest"
import { type DayCounts, StoreError } from "@holdfast/core/engine"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import { query, type Row } from "../../src/connection/Query.ts"
import { countInto, forgottenMax } from "../../src/figures/countInto.ts"

const down = new StoreError({ reason: "Unavailable", message: "down" })

/** Counts over a table with so many rows of old days; `drops` are the sizes of what was forgotten. */
const counting = Effect.fnUntraced(function* (oldRows: number) {
  const table = { oldRows, isDown: false, drops: Array<number>() }
  const drop = (rowsMax: number): ReadonlyArray<Row> => {
    const gone = Math.min(table.oldRows, rowsMax)
    table.oldRows -= gone
    table.drops.push(gone)
    return [{ gone }]
  }
  const counts = yield* countInto({
    add: () => query("add"),
    dropOld: (before, rowsMax) => query(`drop ${before} ${rowsMax}`),
    write: ({ sql }) =>
      Effect.suspend(() => {
        if (sql === "add") return Effect.succeed([])
        return table.isDown ? Effect.fail(down) : Effect.succeed(drop(Number(sql.split(" ")[2])))
      }),
    whenFailing: "counts cannot be written"
  })
  return { counts, table }
})

const viewed = (counts: DayCounts, times: number) =>
  Effect.gen(function* () {
    for (let nth = 0; nth < times; nth++) {
      counts.add("a")
      yield* counts.flush
    }
  })

it.effect("forgets all that is old, a part after each write, and looks again the next day", () =>
  Effect.gen(function* () {
    yield* TestClock.setTime(Date.parse("2026-06-01T12:00:00Z"))
    const { counts, table } = yield* counting(2 * forgottenMax + 3)
    yield* viewed(counts, 5)
    expect(table.drops).toEqual([forgottenMax, forgottenMax, 3])
    yield* TestClock.setTime(Date.parse("2026-06-02T12:00:00Z"))
    table.oldRows = 7
    yield* viewed(counts, 3)
    expect(table.drops.slice(3)).toEqual([7])
  })
)

it.effect("tries again to forget what could not be forgotten, and loses no count by it", () =>
  Effect.gen(function* () {
    const { counts, table } = yield* counting(5)
    table.isDown = true
    yield* viewed(counts, 2)
    expect(counts.read()).toEqual({ counted: 2, waiting: 0, leftOut: 0 })
    table.isDown = false
    yield* viewed(counts, 2)
    expect(table.drops).toEqual([5])
  })
)
