import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { runOn, scopedReplicated } from "../src/index.ts"
import { describePostgres } from "../src/suites/describePostgres.ts"

const value = (url: string, sql: string) =>
  Effect.promise(async () => Object.values((await runOn(url, sql))[0] ?? {})[0])

const run = (url: string, sql: string) => Effect.asVoid(Effect.promise(() => runOn(url, sql)))

const until = (question: Effect.Effect<boolean>): Effect.Effect<void> =>
  Effect.suspend(() =>
    Effect.flatMap(question, (isSo) =>
      isSo ? Effect.void : Effect.andThen(Effect.sleep(5), until(question))
    )
  )

for (const version of [18, 15] as const) {
  describePostgres(version, `a PostgreSQL ${version} with standbys`, () => {
    it.live("streams to them, and each lags while its replay is paused", () =>
      Effect.gen(function* () {
        const { primary, standbys } = yield* scopedReplicated({ version, standbys: ["a", "b"] })
        const [a, b] = standbys
        if (a === undefined || b === undefined) throw new Error("there are no two standbys")
        yield* Effect.promise(a.pauseReplay)
        yield* run(primary.url(), "create table kept as select 42 as answer")
        yield* until(
          Effect.map(value(b.url(), "select to_regclass('kept')::text"), (name) => name === "kept")
        )
        assert.strictEqual(yield* value(a.url(), "select to_regclass('kept')::text"), null)
        yield* Effect.promise(a.resumeReplay)
        yield* until(
          Effect.map(value(a.url(), "select to_regclass('kept')::text"), (name) => name === "kept")
        )
      }).pipe(Effect.scoped)
    )

    it.live("lets a COMMIT wait for any one of two, and promotes the one that is left", () =>
      Effect.gen(function* () {
        const synchronous = "ANY 1 (a, b)"
        const { primary, standbys } = yield* scopedReplicated({
          version,
          synchronous,
          standbys: ["a", "b"]
        })
        const [a, b] = standbys
        if (a === undefined || b === undefined) throw new Error("there are no two standbys")
        const quorum = "select count(*)::int from pg_stat_replication where sync_state = 'quorum'"
        assert.strictEqual(yield* value(primary.url(), quorum), 2)
        yield* Effect.promise(a.kill9)
        yield* run(primary.url(), "create table kept as select 42 as answer")
        yield* Effect.promise(primary.kill9)
        yield* Effect.promise(b.promote)
        assert.strictEqual(yield* value(b.url(), "select answer from kept"), 42)
        yield* run(b.url(), "insert into kept values (43)")
      }).pipe(Effect.scoped)
    )
  })
}
