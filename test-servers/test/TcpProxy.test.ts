import * as PgConnection from "@effect/sql-pg/PgConnection"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import { type Behaviour, scopedDatabase, scopedTcpProxy } from "../src/index.ts"
import { describePostgres } from "../src/suites/describePostgres.ts"

/** A database with an empty table `kept`, a proxy to it, and ways to use both. */
const wire = Effect.gen(function* () {
  const url = yield* scopedDatabase()
  const proxy = yield* scopedTcpProxy(Number(new URL(url).port))
  const direct = yield* PgConnection.make({ url: Redacted.make(url) })
  yield* direct.query("create table kept (id int4 primary key)")
  const session = PgConnection.make({ url: Redacted.make(proxy.url(url)), multiplex: true })
  const behave = (behaviour: Behaviour) => Effect.promise(() => proxy.behave(behaviour))
  return { proxy, direct, session, behave }
})

const insert = (session: PgConnection.PgConnection, id: number) =>
  Effect.all(
    [
      session.query("BEGIN"),
      session.query("insert into kept values ($1)", [id]),
      session.query("COMMIT")
    ],
    { concurrency: "unbounded" }
  )

describePostgres(18, "the TCP proxy", () => {
  it.live("cuts between a COMMIT and its answer: the client is lost, the row is there", () =>
    Effect.gen(function* () {
      const { behave, direct, proxy, session } = yield* wire
      yield* behave({ kind: "cut-commit-answer", when: (commit) => commit === 2 })
      const first = yield* session
      yield* insert(first, 1)
      assert.strictEqual(proxy.cuts(), 0)
      const error = yield* Effect.flip(insert(first, 2))
      assert.strictEqual(error.reason._tag, "ConnectionError")
      assert.strictEqual(proxy.cuts(), 1)
      yield* insert(yield* session, 3)
      const rows = yield* direct.queryValues("select id from kept order by id")
      assert.deepStrictEqual(rows, [[1], [2], [3]])
    })
  )

  it.live("cuts before a COMMIT arrives: the row is not there", () =>
    Effect.gen(function* () {
      const { behave, direct, proxy, session } = yield* wire
      const first = yield* session
      yield* insert(first, 1)
      yield* behave({ kind: "cut-commit-request" })
      const error = yield* Effect.flip(insert(first, 2))
      assert.strictEqual(error.reason._tag, "ConnectionError")
      assert.strictEqual(proxy.cuts(), 1)
      assert.deepStrictEqual(yield* direct.queryValues("select id from kept"), [[1]])
    })
  )

  it.live("leaves the answer of a COMMIT alone that rolled back", () =>
    Effect.gen(function* () {
      const { behave, proxy, session } = yield* wire
      yield* behave({ kind: "cut-commit-answer" })
      const it = yield* session
      yield* it.query("BEGIN")
      yield* Effect.flip(it.query("select 1 / 0"))
      const { command } = yield* it.query("COMMIT")
      assert.strictEqual(command, "ROLLBACK")
      assert.strictEqual(proxy.cuts(), 0)
    })
  )

  it.live("cuts after a number of answers", () =>
    Effect.gen(function* () {
      const { behave, proxy, session } = yield* wire
      const it = yield* session
      yield* behave({ kind: "cut-after", answers: 2 })
      yield* it.query("select 1")
      yield* it.query("select 2")
      const error = yield* Effect.flip(it.query("select 3"))
      assert.strictEqual(error.reason._tag, "ConnectionError")
      assert.strictEqual(proxy.cuts(), 1)
    })
  )

  it.live("stalls without a sign, and goes on where it stopped", () =>
    Effect.gen(function* () {
      const { behave, proxy, session } = yield* wire
      const it = yield* session
      yield* behave({ kind: "stall" })
      const answer = yield* Effect.forkChild(it.queryValues("select 7"), { startImmediately: true })
      assert.isUndefined(answer.pollUnsafe())
      yield* behave({ kind: "pass" })
      assert.deepStrictEqual(yield* Fiber.join(answer), [[7]])
      assert.strictEqual(proxy.cuts(), 0)
    })
  )

  it.live("refuses, and listens again on the same port", () =>
    Effect.gen(function* () {
      const { behave, proxy, session } = yield* wire
      yield* session
      yield* behave({ kind: "refuse" })
      assert.strictEqual(proxy.cuts(), 1)
      const error = yield* Effect.flip(session)
      assert.strictEqual((error.reason.cause as { code?: string }).code, "ECONNREFUSED")
      yield* behave({ kind: "pass" })
      const it = yield* session
      assert.deepStrictEqual(yield* it.queryValues("select 8"), [[8]])
    })
  )
})
