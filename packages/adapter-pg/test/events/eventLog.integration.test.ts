/**
 * The event log read while it is written. A position is drawn before its transaction commits, so a
 * reader that went by the highest one it saw would lose those that appear below it. This one must
 * lose nothing, in whatever order transactions begin, draw, commit and roll back.
 */
import { expect, it, vi } from "@effect/vitest"
import { Inventory, type LoggedEvent, StockReads } from "@holdfast/core/inventory"
import { type PostgresVersion, scopedDatabase } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import type { Query } from "../../src/connection/Query.ts"
import { eventLogOver } from "../../src/inventory/stockEventLog.ts"
import { type Connected, connectedTo, type EngineOptions, engineAt, until } from "../engines.ts"

// Bounds for a machine that is busy with other tests; alone each takes a fraction.
vi.setConfig({ testTimeout: 120_000 })

const draw = `insert into inventory.events (position, event_id, event_type, aggregate_id, version,
    "timestamp", command_id, payload)
  values (nextval('inventory.event_positions'), gen_random_uuid(), 'any', 'raw', 1, now(),
    gen_random_uuid(), '{}')
  returning position::float8`

/** Draws a position and writes its event, in a transaction that stays open. */
const drawing = (sql: Connected) =>
  Effect.gen(function* () {
    yield* sql("begin")
    const [row] = yield* sql(draw)
    return Number(row?.["position"])
  })

const positionsAfter = (after: number, limit = 1_000) =>
  Effect.flatMap(StockReads, (reads) =>
    Effect.map(reads.events(after, limit), (events) => events.map(({ position }) => position))
  )

const upTo = (last: number) => Array.from({ length: last }, (_, n) => n + 1)

/** A database with one SKU, and so three events. */
const shop = Effect.fnUntraced(function* (version: PostgresVersion, options: EngineOptions = {}) {
  const url = yield* scopedDatabase({ version })
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

for (const version of [18, 15] as const) {
  describePostgres(version, `the event log on PostgreSQL ${version}`, () => {
    it.live("stops before a position that is drawn and not committed, and then loses nothing", () =>
      Effect.gen(function* () {
        const { engine, url } = yield* shop(version)
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
        const { engine, url } = yield* shop(version)
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
        const { engine, url } = yield* shop(version)
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

    it.live("is held back by nobody who has not drawn a position", () =>
      Effect.gen(function* () {
        const { engine, url } = yield* shop(version)
        const [writer, stranger, late] = [
          yield* connectedTo(url),
          yield* connectedTo(url),
          yield* connectedTo(url)
        ]
        yield* Effect.gen(function* () {
          // A host's long transaction has written elsewhere, and so has an id of before the gap.
          yield* stranger("begin")
          yield* stranger("create table public.elsewhere (id int)")
          yield* drawing(writer)
          yield* receive
          expect(yield* positionsAfter(0)).toEqual([1, 2, 3])
          // One that draws after the gap was seen holds back its own position, and no other.
          expect(yield* drawing(late)).toBe(6)
          yield* receive
          yield* writer("rollback")
          expect(yield* positionsAfter(0)).toEqual([1, 2, 3, 5])
          yield* late("commit")
          expect(yield* positionsAfter(0)).toEqual([1, 2, 3, 5, 6, 7])
          yield* stranger("rollback")
        }).pipe(Effect.provide(engine))
      }).pipe(Effect.scoped)
    )

    it.live("gives a whole page though hundreds of transactions rolled back in it", () =>
      Effect.gen(function* () {
        const { engine, url } = yield* shop(version)
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
        const { engine, url } = yield* shop(version, {
          storage: { lanes: 8 },
          inventory: { batchMax: 4 }
        })
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
          expect(exits.filter(Exit.isFailure).length).toBe(Math.ceil(1_200 / 9))
          const committed = (yield* sql(
            "select position::float8 from inventory.events order by position"
          )).map((row) => Number(row["position"]))
          yield* until(
            Effect.map(follow, () => (followed.at(-1)?.position ?? 0) >= (committed.at(-1) ?? 0))
          )
          expect(followed.map(({ position }) => position)).toEqual(committed)
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
  })
}

/** A log whose rows and drawers are what the test says, and how often drawers were asked for. */
const scripted = () => {
  const positionsAtFirst: ReadonlyArray<number> = []
  const server = { positions: positionsAtFirst, era: "", drawers: "", isReplica: false, asked: 0 }
  const run = (queries: ReadonlyArray<Query>) =>
    Effect.sync(() =>
      queries.map(({ sql }) => {
        if (!sql.includes("pg_locks")) {
          return server.positions.map((position) => ({
            position,
            event_id: `${position}${server.era}`,
            event_type: "any",
            instant: 0,
            payload: "{}"
          }))
        }
        server.asked += 1
        return [{ drawers: server.drawers, is_replica: server.isReplica }]
      })
    )
  const read = eventLogOver("inventory", run)
  const positions = Effect.map(read(0, 10), (page) => page.map(({ position }) => position))
  return { server, positions }
}

it.effect("settles all gaps of a page at once, and asks about each of them no more", () =>
  Effect.gen(function* () {
    const { positions, server } = scripted()
    server.positions = [1, 3, 5, 9]
    server.drawers = "3/7,4/1"
    expect(yield* positions).toEqual([1])
    server.drawers = "4/1,5/2"
    expect(yield* positions).toEqual([1])
    server.drawers = "5/2"
    expect(yield* positions).toEqual([1, 3, 5, 9])
    expect(yield* positions).toEqual([1, 3, 5, 9])
    expect(server.asked).toBe(3)
  })
)

it.effect("takes a gap that has become longer for another one", () =>
  Effect.gen(function* () {
    const { positions, server } = scripted()
    server.positions = [1, 3]
    expect(yield* positions).toEqual([1, 3])
    // The partition with 3 is dropped, and the writer of 11 has drawn its position.
    server.positions = [1, 12]
    server.drawers = "4/1"
    expect(yield* positions).toEqual([1])
    server.drawers = ""
    expect(yield* positions).toEqual([1, 12])
  })
)

it.effect("takes a gap between other events for another one: the log was restored", () =>
  Effect.gen(function* () {
    const { positions, server } = scripted()
    server.positions = [1, 4]
    expect(yield* positions).toEqual([1, 4])
    // After the restore, 4 is used again, and the writer of 2 is still under way.
    Object.assign(server, { era: " of another history", drawers: "4/1" })
    expect(yield* positions).toEqual([1])
    Object.assign(server, { positions: [1, 2, 4], drawers: "" })
    expect(yield* positions).toEqual([1, 2, 4])
    // A gap of which a part was filled is the one that it was.
    Object.assign(server, { positions: [1, 5], drawers: "5/1,5/2" })
    expect(yield* positions).toEqual([1])
    Object.assign(server, { positions: [1, 3, 5], drawers: "5/2,6/1" })
    expect(yield* positions).toEqual([1])
    Object.assign(server, { drawers: "6/1" })
    expect(yield* positions).toEqual([1, 3])
    Object.assign(server, { drawers: "" })
    expect(yield* positions).toEqual([1, 3, 5])
  })
)

it.effect("never takes a gap for a rollback on a replica, which knows of no locks", () =>
  Effect.gen(function* () {
    const { positions, server } = scripted()
    server.positions = [1, 3]
    server.isReplica = true
    for (let n = 0; n < 3; n++) expect(yield* positions).toEqual([1])
  })
)
