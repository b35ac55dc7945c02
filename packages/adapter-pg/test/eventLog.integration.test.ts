/**
 * The event log read while it is written. A position is drawn before its transaction commits, so a
 * reader that went by the highest one it saw would lose those that appear below it. This one must
 * lose nothing, in whatever order transactions begin, draw, commit and roll back.
 */
import { expect, it } from "@effect/vitest"
import { Inventory, type LoggedEvent, StockReads } from "@holdfast/core/effect"
import { scopedDatabase } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { eventLogOver } from "../src/PgEventLog.ts"
import type { Query } from "../src/Query.ts"
import { type Connected, connectedTo, type EngineOptions, engineAt } from "./engines.ts"

const draw = `insert into inventory.events (position, event_id, event_type, aggregate_id, version,
    "timestamp", command_id, payload)
  values (nextval('inventory.event_positions'), gen_random_uuid(), 'any', 'raw', 1, now(),
    gen_random_uuid(), '{}')
  returning position::float8`

/** As the engine's writers do: an id of its own first, then a position. */
const drawing = (sql: Connected) =>
  Effect.gen(function* () {
    yield* sql("begin")
    yield* sql("select pg_current_xact_id()::text")
    const [row] = yield* sql(draw)
    return Number(row?.["position"])
  })

const positionsAfter = (after: number, limit = 1_000) =>
  Effect.flatMap(StockReads, (reads) =>
    Effect.map(reads.events(after, limit), (events) => events.map(({ position }) => position))
  )

const upTo = (last: number) => Array.from({ length: last }, (_, n) => n + 1)

/** A database with one SKU, and so three events. */
const shop = Effect.fnUntraced(function* (options: EngineOptions = {}) {
  const url = yield* scopedDatabase()
  const engine = engineAt(url, options)
  yield* Effect.provide(
    Effect.flatMap(Inventory, (inventory) =>
      inventory.registerSku({ skuId: "a", code: "A", name: "A", initialStock: 1_000_000 })
    ),
    engine
  )
  return { url, engine }
})

const receive = Effect.flatMap(Inventory, (inventory) =>
  inventory.receive({ skuId: "a", quantity: 1 })
)

describePostgres(18, "the event log", () => {
  it.live("stops before a position that is drawn and not committed, and then loses nothing", () =>
    Effect.gen(function* () {
      const { engine, url } = yield* shop()
      const writer = yield* connectedTo(url)
      yield* Effect.gen(function* () {
        expect(yield* drawing(writer)).toBe(4)
        yield* receive
        // However often it is asked, and from wherever.
        for (let n = 0; n < 20; n++) expect(yield* positionsAfter(0)).toEqual([1, 2, 3])
        expect(yield* positionsAfter(3)).toEqual([])
        yield* receive
        expect(yield* positionsAfter(2)).toEqual([3])
        yield* writer("commit")
        expect(yield* positionsAfter(0)).toEqual(upTo(6))
        expect(yield* positionsAfter(3, 1)).toEqual([4])
      }).pipe(Effect.provide(engine))
    }).pipe(Effect.scoped)
  )

  it.live("passes a gap when its transaction has rolled back", () =>
    Effect.gen(function* () {
      const { engine, url } = yield* shop()
      const writer = yield* connectedTo(url)
      yield* Effect.gen(function* () {
        yield* drawing(writer)
        yield* receive
        expect(yield* positionsAfter(0)).toEqual([1, 2, 3])
        yield* writer("rollback")
        expect(yield* positionsAfter(0)).toEqual([1, 2, 3, 5])
        expect(yield* positionsAfter(4)).toEqual([5])
      }).pipe(Effect.provide(engine))
    }).pipe(Effect.scoped)
  )

  it.live("waits for each of several writers, in the order of their positions", () =>
    Effect.gen(function* () {
      const { engine, url } = yield* shop()
      const writers = yield* Effect.forEach([4, 5, 6, 7], () => connectedTo(url))
      yield* Effect.gen(function* () {
        for (const [n, writer] of writers.entries()) expect(yield* drawing(writer)).toBe(n + 4)
        yield* receive
        const end = (n: number, how: "commit" | "rollback") =>
          writers[n] === undefined ? Effect.void : writers[n](how)
        expect(yield* positionsAfter(0)).toEqual([1, 2, 3])
        yield* end(2, "commit")
        expect(yield* positionsAfter(0)).toEqual([1, 2, 3])
        yield* end(0, "commit")
        expect(yield* positionsAfter(0)).toEqual([1, 2, 3, 4])
        yield* end(3, "rollback")
        expect(yield* positionsAfter(0)).toEqual([1, 2, 3, 4])
        yield* end(1, "commit")
        expect(yield* positionsAfter(0)).toEqual([1, 2, 3, 4, 5, 6, 8])
      }).pipe(Effect.provide(engine))
    }).pipe(Effect.scoped)
  )

  it.live("has the ids of its writers before their positions", () =>
    Effect.gen(function* () {
      const { engine, url } = yield* shop()
      const sql = yield* connectedTo(url)
      // What the reader's rule rests on: seen at the moment that a position is written.
      yield* sql("create table public.ids (id text)")
      yield* sql(`create function public.note() returns trigger language plpgsql as $$
        begin
          insert into public.ids values (coalesce(pg_current_xact_id_if_assigned()::text, 'none'));
          return null;
        end $$`)
      yield* sql(`create trigger note before insert on inventory.events
        for each statement execute function public.note()`)
      yield* Effect.provide(
        Effect.gen(function* () {
          const inventory = yield* Inventory
          yield* receive
          // A registration locks nothing: it has its id from the row of its batch alone.
          yield* inventory.registerSku({ skuId: "b", code: "B", name: "B", initialStock: 1 })
        }),
        engine
      )
      const ids = yield* sql("select id from public.ids")
      expect(ids.length).toBe(2)
      for (const { id } of ids) expect(id).toMatch(/^\d+$/)
    }).pipe(Effect.scoped)
  )

  it.live("gives a whole page though hundreds of transactions rolled back in it", () =>
    Effect.gen(function* () {
      const { engine, url } = yield* shop()
      const writer = yield* connectedTo(url)
      yield* Effect.gen(function* () {
        for (let n = 0; n < 300; n++) {
          yield* writer("begin")
          yield* writer(draw)
          yield* writer(n % 2 === 0 ? "rollback" : "commit")
        }
        const committed = (yield* writer(
          "select position::float8 from inventory.events order by position"
        )).map((row) => Number(row["position"]))
        expect(committed.length).toBe(153)
        expect(yield* positionsAfter(0)).toEqual(committed)
        expect(yield* positionsAfter(committed[9] ?? 0, 100)).toEqual(committed.slice(10, 110))
      }).pipe(Effect.provide(engine))
    }).pipe(Effect.scoped)
  )

  it.live("follows engines that write, fail and roll back without end, and misses nothing", () =>
    Effect.gen(function* () {
      const { engine, url } = yield* shop({ storage: { lanes: 8 }, inventory: { batchMax: 4 } })
      const sql = yield* connectedTo(url)
      // Fails at COMMIT, when the positions have long been drawn.
      yield* sql(`create function public.spoil() returns trigger language plpgsql as $$
        begin
          if new.order_id like 'spoilt-%' then raise exception 'no' using errcode = '23514'; end if;
          return null;
        end $$`)
      yield* sql(`create constraint trigger spoil after insert on inventory.reservations
        deferrable initially deferred for each row execute function public.spoil()`)
      yield* Effect.gen(function* () {
        const inventory = yield* Inventory
        const reads = yield* StockReads
        for (let n = 0; n < 8; n++) {
          yield* inventory.registerSku({
            skuId: `s-${n}`,
            code: `S-${n}`,
            name: "S",
            initialStock: 100_000
          })
        }
        const followed: Array<LoggedEvent> = []
        const follow = Effect.gen(function* () {
          const page = yield* reads.events(followed.at(-1)?.position ?? 0, 50)
          followed.push(...page)
          return page.length
        })
        const writing = yield* Effect.forkChild(
          Effect.forEach(
            Array.from({ length: 1_200 }, (_, n) => n),
            (n) =>
              Effect.exit(
                inventory.reserve({
                  orderId: n % 9 === 0 ? `spoilt-${n}` : `order-${n}`,
                  lines: [{ skuId: `s-${n % 8}`, quantity: 1 }]
                })
              ),
            { concurrency: 24 }
          )
        )
        // Slow writers: many others draw and commit between their position and their end.
        const slow = yield* Effect.forkChild(
          Effect.forEach(
            [1, 2, 3],
            Effect.fnUntraced(function* (writer) {
              const connection = yield* connectedTo(url)
              for (let n = 0; n < 40; n++) {
                yield* drawing(connection)
                for (let turn = 0; turn < 5 * writer; turn++) yield* connection("select 1")
                yield* connection(n % 3 === 0 ? "rollback" : "commit")
              }
            }),
            { concurrency: "unbounded" }
          )
        )
        while (writing.pollUnsafe() === undefined) yield* follow
        while (slow.pollUnsafe() === undefined) yield* follow
        const exits = yield* Fiber.join(writing)
        let read = yield* follow
        while (read > 0) read = yield* follow
        expect(exits.filter(Exit.isFailure).length).toBe(Math.ceil(1_200 / 9))
        const committed = yield* sql(
          "select position::float8 from inventory.events order by position"
        )
        expect(followed.map(({ position }) => position)).toEqual(
          committed.map((row) => row["position"])
        )
        // Rolled back batches have left gaps, or the test has seen none.
        expect(followed.at(-1)?.position).toBeGreaterThan(followed.length)
        const versions = new Map<string, number>()
        for (const { event } of followed.filter(({ event }) => event.aggregateId !== "raw")) {
          expect(event.version).toBe((versions.get(event.aggregateId) ?? 0) + 1)
          versions.set(event.aggregateId, event.version)
        }
      }).pipe(Effect.provide(engine))
    }).pipe(Effect.scoped)
  )

  it("takes a gap that has become longer for another one", async () => {
    let rows: ReadonlyArray<{ position: number; oldest_running: number }> = []
    let nextId = 100
    const run = (queries: ReadonlyArray<Query>) =>
      Effect.succeed(
        queries.map(({ sql }) => (sql.includes("xact_id()") ? [{ id: nextId++ }] : rows))
      )
    const read = eventLogOver("inventory", run)
    const positions = (after: number) =>
      Effect.runPromise(Effect.map(read(after, 10), (page) => page.map((it) => it.position)))
    const row = (position: number, running: number) => ({
      position,
      oldest_running: running,
      instant: 0,
      payload: "{}"
    })
    rows = [row(1, 90), row(3, 90)]
    expect(await positions(0)).toEqual([1])
    // The writer of 2 is gone, and so is the partition with 3; that of 11 draws its position now.
    rows = [row(1, 101), row(12, 101)]
    expect(await positions(0)).toEqual([1])
    rows = [row(1, 102), row(12, 102)]
    expect(await positions(0)).toEqual([1, 12])
  })
})
