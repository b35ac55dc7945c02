/**
 * Who commits wakes the processes that follow a log. A process whose own followers have the leases
 * notifies nobody: its followers are woken in it, and a notification is a transaction of its own.
 */

import * as PgPool from "@effect/sql-pg/PgPool"
import { expect, it } from "@effect/vitest"
import { scopedDatabase } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { runQueries } from "../../src/connection/Session.ts"
import { layerMigrations, layerPostgres } from "../../src/effect.ts"
import { signalOf } from "../../src/events/LogSignal.ts"
import { makePgCursors } from "../../src/events/PgCursors.ts"
import { notifyFollowers } from "../../src/events/statements/changeCursors.ts"

const schema = "inventory"

describePostgres(18, "notifications", () => {
  it.live("are for leases of other processes alone", () =>
    Effect.gen(function* () {
      const url = yield* scopedDatabase()
      const sessions = layerPostgres({ url })
      yield* Effect.gen(function* () {
        const pool = yield* PgPool.PgPool
        const run = runQueries(pool)
        const cursors = yield* makePgCursors({ schema, now: undefined })
        const notify = notifyFollowers(schema, "holdfast_inventory")
        const count = (leases: ReadonlyMap<string, number>) =>
          Effect.map(run([notify(leases)]), ([rows = []]) => rows.length)
        const nobody = new Map<string, number>()
        expect(yield* count(nobody)).toBe(0)
        const take = { kind: "SUBSCRIPTION", owner: "here", leaseMillis: 60_000 } as const
        const lease = yield* cursors.take("followed", { ...take, from: "LAST" })
        const { leases } = signalOf(pool, schema)
        expect([...leases]).toEqual([["followed", lease?.epoch]])
        expect(yield* count(leases)).toBe(0)
        expect(yield* count(nobody)).toBe(1)
        // Another process has taken the cursor since.
        expect(yield* count(new Map([["followed", 99]]))).toBe(1)
      }).pipe(Effect.provide(Layer.provideMerge(layerMigrations(), sessions)))
    }).pipe(Effect.scoped)
  )
})
