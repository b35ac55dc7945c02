/**
 * A second context on the engine: it keeps what the engine promises on every store, and its author
 * writes less than 250 lines for it.
 */
import { readFileSync } from "node:fs"
import { expect, it } from "@effect/vitest"
import { layerPglite, layerPostgres } from "@holdfast/adapter-pg/effect"
import { migrateTables, upkeepOf } from "@holdfast/adapter-pg/engine"
import { isHoldfastError } from "@holdfast/core"
import { makeQueued, methodsOver, methodsToPromises } from "@holdfast/core/engine"
import {
  type ExecuteAny,
  engineContract,
  eventLogContract,
  LogSubject,
  Subject
} from "@holdfast/core/testing"
import { answerFor, problemResponse } from "@holdfast/http/kit"
import { scopedDatabase, scopedTcpProxy } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import * as Digest from "effect/crypto/Digest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import type * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import {
  type CounterStore,
  type CounterTypes,
  counterDomain,
  counterMax,
  counterMethods,
  counterRefusals,
  counterTables,
  memoryCounters,
  pgCounters,
  readCounterCommand
} from "./counter.ts"

const schema = "counters"

const engineOver = ({ store }: CounterStore, options = {}) =>
  Effect.provide(
    makeQueued<CounterTypes>(counterDomain, store, options, (request) => request),
    Digest.layerWebCrypto
  )

/** The context on one kind of store, as a subject whose clock the tests move. */
const subjectOver = <E, R>(
  open: (now: () => DateTime.Utc) => Effect.Effect<CounterStore, E, R | Scope.Scope>
): Layer.Layer<Subject, E, Exclude<R, Scope.Scope>> =>
  Layer.effect(
    Subject,
    Effect.gen(function* () {
      const clock = yield* TestClock.make()
      yield* clock.setTime(Date.parse("2026-03-01T09:00:00.000Z"))
      const counters = yield* open(() => DateTime.makeUnsafe(clock.currentTimeMillisUnsafe()))
      let names = 0
      return Subject.of({
        execute: (yield* engineOver(counters)) as unknown as ExecuteAny,
        anotherEngine: (options) =>
          Effect.map(engineOver(counters, options), (execute) => execute as unknown as ExecuteAny),
        prepare: () => Effect.void,
        add: (counterId, by) => ({ _tag: "Add", counterId, by }) as { _tag: string },
        refused: (counterId) => ({
          command: { _tag: "Add", counterId, by: counterMax + 1 } as { _tag: string },
          tag: "CounterFull"
        }),
        unitsOf: (name) =>
          Effect.orDie(
            Effect.map(counters.log(0, 100_000), (page) =>
              page
                .filter(({ event }) => event.aggregateId === name)
                .reduce((sum, { event }) => sum + event.payload.by, 0)
            )
          ),
        log: counters.log,
        fresh: (word) => `${word}-${++names}`,
        advance: (duration) => clock.adjust(duration),
        callers: 64,
        engines: 3
      })
    })
  )

/** The context on whatever database there is. */
const subjectOnSql = subjectOver((now) => pgCounters(schema, Effect.sync(now)))

/** The log of the context, for those who follow it. */
const logOver = <E, R>(
  open: (now: () => DateTime.Utc) => Effect.Effect<CounterStore, E, R | Scope.Scope>
): Layer.Layer<LogSubject, E, Exclude<R, Scope.Scope>> =>
  Layer.effect(
    LogSubject,
    Effect.gen(function* () {
      const clock = yield* TestClock.make()
      const counters = yield* open(() => DateTime.makeUnsafe(clock.currentTimeMillisUnsafe()))
      const execute = yield* engineOver(counters)
      const add = (counterId: string) => Effect.orDie(execute({ _tag: "Add", counterId, by: 1 }))
      let names = 0
      return LogSubject.of({
        log: counters.kept,
        eventType: "counter.added",
        append: (counterId, count) =>
          Effect.forEach(Array.from({ length: count }), () => add(counterId), { discard: true }),
        fresh: (word) => `${word}-${++names}`,
        advance: (duration) => clock.adjust(duration)
      })
    })
  )

eventLogContract(
  "the log of a counter on PGlite",
  Layer.provide(
    logOver((now) => pgCounters(schema, Effect.sync(now))),
    layerPglite({ memory: true })
  )
)

engineContract(
  "a counter in memory",
  subjectOver((now) => Effect.succeed(memoryCounters(now)))
)

engineContract("a counter on PGlite", Layer.provide(subjectOnSql, layerPglite({ memory: true })))

describePostgres(18, "a counter", () => {
  engineContract(
    "a counter on PostgreSQL",
    Layer.provide(
      subjectOnSql,
      Layer.unwrap(Effect.map(scopedDatabase(), (url) => layerPostgres({ url })))
    )
  )

  it.live("has one effect and its own answer when the wire is cut around COMMIT", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const url = yield* scopedDatabase()
        const proxy = yield* scopedTcpProxy(Number(new URL(url).port))
        const totals = yield* Effect.gen(function* () {
          const counters = yield* pgCounters(schema)
          const execute = yield* engineOver(counters)
          for (const kind of ["cut-commit-answer", "cut-commit-request"] as const) {
            yield* Effect.promise(() => proxy.behave({ kind, when: (commit) => commit % 2 === 1 }))
            for (let n = 0; n < 10; n++) yield* execute({ _tag: "Add", counterId: "cut", by: 1 })
          }
          yield* Effect.promise(() => proxy.behave({ kind: "pass" }))
          return (yield* counters.log(0, 100)).map(({ event }) => event.payload.total)
        }).pipe(Effect.provide(layerPostgres({ url: proxy.url(url) })))
        // The mark behind an answer that was lost is a COMMIT too, and may be cut.
        expect(proxy.cuts()).toBeGreaterThanOrEqual(15)
        expect(totals).toEqual(Array.from({ length: 20 }, (_, n) => n + 1))
      })
    )
  )

  it.live("keeps its schema: migrated once, partitions ahead, old receipts forgotten", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const url = yield* scopedDatabase()
        yield* Effect.gen(function* () {
          const first = yield* migrateTables(counterTables, schema)
          expect(first.migrations.map(({ name }) => name)).toEqual(["counters"])
          expect(first.partitions).toEqual([
            "events_000000",
            "events_000001",
            "events_000002",
            "events_000003"
          ])
          expect(yield* migrateTables(counterTables, schema)).toEqual({
            migrations: [],
            partitions: []
          })
          expect(yield* upkeepOf(counterTables, schema)).toEqual({
            receipts: 0,
            batches: 0,
            claims: 0,
            deliveries: 0,
            partitions: []
          })
        }).pipe(Effect.provide(layerPostgres({ url })))
      })
    )
  )
})

/** The methods of the context over counters in memory. */
const openMethods = Effect.map(
  engineOver(memoryCounters(() => DateTime.makeUnsafe("2026-03-01T09:00:00Z"))),
  (execute) => methodsOver<CounterTypes>(counterMethods, readCounterCommand, execute)
)

it("has a Promise door: answers, a repeated key, a refusal and bad input", async () => {
  await using counters = await methodsToPromises(openMethods)
  const add = (by: number, idempotencyKey?: string) =>
    counters["add"]?.({ counterId: "door", by } as never, { idempotencyKey })
  expect(await add(2, "once")).toEqual({ id: "door", total: 2, version: 1 })
  expect(await add(2, "once")).toEqual({ id: "door", total: 2, version: 1 })
  const refusal = await Promise.resolve(add(0)).catch((error: unknown) => error)
  expect(isHoldfastError(refusal, "InvalidInput") && refusal.details.issues[0]?.path).toBe("by")
  for (let n = 0; n < 999; n++) await add(1_000)
  expect(await Promise.resolve(add(1_000)).catch((error: unknown) => error)).toMatchObject({
    code: "CounterFull",
    details: { counterId: "door", total: 999_002 }
  })
})

it("has HTTP problems: the kinds of its refusals, bad input, and a store that fails", async () => {
  const routes = HttpRouter.use(
    Effect.fnUntraced(function* (router) {
      const methods = yield* openMethods
      yield* router.add(
        "POST",
        "/api/counters",
        Effect.fnUntraced(function* (request: HttpServerRequest.HttpServerRequest) {
          const input = yield* Effect.orDie(request.json)
          return yield* Effect.match(methods["add"]?.(input) ?? Effect.die("no method"), {
            onSuccess: (counter) => HttpServerResponse.jsonUnsafe(counter),
            onFailure: (error) => problemResponse(answerFor(counterRefusals, error))
          })
        })
      )
    })
  )
  const { dispose, handler } = HttpRouter.toWebHandler(
    Layer.provide(routes, HttpServer.layerServices),
    { disableLogger: true }
  )
  const post = async (body: object) => {
    const request = new Request("http://counters/api/counters", {
      method: "POST",
      body: JSON.stringify(body)
    })
    const response = await handler(request)
    return [response.status, response.headers.get("content-type"), await response.json()]
  }
  const problem = "application/problem+json"
  expect((await post({ counterId: "web", by: 1_000 }))[2]).toMatchObject({ total: 1_000 })
  expect(await post({ counterId: "web", by: 0 })).toMatchObject([
    400,
    problem,
    { type: "urn:holdfast:problem:invalid-input", issues: [{ path: "by" }] }
  ])
  for (let n = 1; n < 1_000; n++) await post({ counterId: "web", by: 1_000 })
  expect(await post({ counterId: "web", by: 1 })).toEqual([
    409,
    problem,
    {
      type: "urn:holdfast:problem:counter-full",
      title: "The counter is full",
      status: 409,
      counterId: "web",
      total: counterMax
    }
  ])
  await dispose()
})

it("names every bad field of a command", () => {
  const read = readCounterCommand({ _tag: "Add", counterId: "No!", by: 0, more: 1 })
  const issues = Result.isFailure(read) ? read.failure.issues : []
  expect(issues.map(({ path }) => path).sort()).toEqual(["by", "counterId", "more"])
})

it("takes less than 250 lines", () => {
  const lines = readFileSync(new URL("counter.ts", import.meta.url), "utf8")
    .trimEnd()
    .split("\n")
  console.log(`the counter context is ${lines.length} lines`)
  expect(lines.length).toBeLessThan(250)
})
