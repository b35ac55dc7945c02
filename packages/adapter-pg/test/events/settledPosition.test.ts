/** How far a page of selected events goes, by the answers of a log that the test gives. */
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { Query } from "../../src/connection/Query.ts"
import { settledPages } from "../../src/events/settledPosition.ts"

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
  const queries = rows.map((sql) => ({ sql, params: [] }))
  const positions = Effect.map(page(0, 3, queries), (found) => found.map((row) => row["position"]))
  return { server, positions }
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
