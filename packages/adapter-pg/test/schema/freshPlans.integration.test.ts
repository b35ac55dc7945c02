/** How long a session keeps the plan of a statement while the tables grow. */
import * as PgPool from "@effect/sql-pg/PgPool"
import { expect, it } from "@effect/vitest"
import { scopedDatabase } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import { query } from "../../src/connection/Query.ts"
import { withSession } from "../../src/connection/Session.ts"
import { layerPostgres } from "../../src/effect.ts"

const matches = query("explain execute matches(array[1, 2, 3])")

describePostgres(18, "a table that outgrows a plan", () => {
  it.effect("B9 has its plan made anew 30 seconds after it was first used", () =>
    Effect.gen(function* () {
      const url = yield* scopedDatabase()
      yield* Effect.gen(function* () {
        const lend = withSession(yield* PgPool.PgPool)
        const run = (...sent: ReadonlyArray<string>) =>
          lend((session) => session.run(sent.map((sql) => query(sql))))
        const planned = Effect.map(
          lend((session) => session.run([matches])),
          ([rows = []]) => rows.map((row) => String(row["QUERY PLAN"])).join("\n")
        )
        yield* run("create table grown (id int primary key)")
        yield* run("vacuum analyze grown")
        yield* run(`prepare matches(int[]) as
          select * from grown g join unnest($1) as wanted(id) on g.id = wanted.id`)
        const whenEmpty = yield* planned
        expect(whenEmpty).toContain("Scan using grown_pkey")
        expect(whenEmpty).not.toContain("Index Cond")
        yield* run("insert into grown select generate_series(1, 10000)")
        yield* TestClock.adjust("29 seconds")
        expect(yield* planned).toBe(whenEmpty)
        yield* TestClock.adjust("1 second")
        expect(yield* planned).toContain("Index Cond")
      }).pipe(Effect.provide(layerPostgres({ url, maxConnections: 1 })))
    }).pipe(Effect.scoped)
  )
})
