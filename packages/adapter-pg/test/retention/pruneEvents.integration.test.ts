/**
 * Old partitions of the event log are dropped beside those who write and follow. Nobody is given a
 * hole: a reader of what was dropped is refused, and the others miss nothing.
 */
import { describe, expect, it, vi } from "@effect/vitest"
import { sealAll, sealedLogs, verifyLog } from "@holdfast/core/audit"
import { Inventory, InventoryLog, InventoryQueries, StockReads } from "@holdfast/core/inventory"
import { scopedDatabase } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import * as Digest from "effect/crypto/Digest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { diagnose, ensurePartitions, layerPostgres, prune } from "../../src/effect.ts"
import { connectedTo, databases, engineAt, engineOver, untilWaiting } from "../engines.ts"
import { asPublisher, border, cursorAt, goTo, overTheBorder, receive } from "./border.ts"
import { run, runUnseen } from "./run.ts"

// Bounds for a machine that is busy with other tests; alone each takes a fraction.
vi.setConfig({ testTimeout: 120_000 })

const daysLater = (days: number) =>
  Effect.sync(() => DateTime.makeUnsafe(Date.now() + days * 86_400_000))

const dropOld = (days: number, retention: object = {}, isDryRun = false) =>
  prune("inventory", { eventsDays: 30, ...retention }, { now: daysLater(days), isDryRun })

for (const [name, sessions] of databases) {
  describe(name, () => {
    it.live("drops a partition once it is old, and refuses those who would miss its events", () =>
      Effect.gen(function* () {
        const { after, before } = yield* overTheBorder
        const reads = yield* StockReads
        const log = yield* InventoryLog
        const horizon = before.at(-1)?.position ?? 0
        expect(yield* dropOld(29)).toMatchObject({ events: { dropped: [], kept: null } })
        const planned = yield* dropOld(31, {}, true)
        expect(planned.events).toEqual({
          dropped: ["events_000000"],
          horizon,
          lost: [],
          kept: null
        })
        expect(yield* reads.events(0, 100)).toHaveLength(before.length + after.length)
        expect((yield* dropOld(31)).events).toEqual(planned.events)

        for (const read of [
          reads.events(0, 100),
          reads.events(horizon - 1, 100),
          reads.events(0, 100, { types: ["inventory.stock.updated"] }),
          Effect.as(log.read(horizon - 1, 100), [])
        ]) {
          expect(yield* Effect.flip(read)).toMatchObject({ _tag: "PositionGone", horizon })
        }
        expect(yield* reads.events(horizon, 100)).toEqual(after)
        expect(yield* log.read(horizon, 100)).toHaveLength(after.length)
        // The log goes on, and the next call drops nothing more.
        yield* receive("b")
        expect(yield* reads.events(after.at(-1)?.position ?? 0, 100)).toHaveLength(1)
        expect((yield* dropOld(31)).events).toMatchObject({ dropped: [], horizon })
      }).pipe(Effect.provide(engineOver(sessions)))
    )

    it.live("leaves seals that fit, though transactions overtook each other at the border", () =>
      Effect.gen(function* () {
        const inventory = yield* Inventory
        yield* inventory.registerSku({ skuId: "a", code: "A", name: "A" })
        yield* goTo(border - 1)
        yield* receive("a")
        yield* receive("a")
        // The last event that is dropped is of a transaction that began after that of the first one kept.
        const later = (table: string, column: string, where: string) =>
          `update inventory.${table} set ${column} = ${column} + interval '3 seconds' where ${where}`
        const last = `position = ${border - 1}`
        const ofLast = `id in (select event_id from inventory.events where ${last})`
        yield* runUnseen([
          later("events", '"timestamp"', last),
          later("stock_movements", "created_at", ofLast)
        ])
        const log = yield* InventoryLog
        yield* sealAll(log)
        const findings = Effect.map(
          Effect.forEach(sealedLogs, (which) => verifyLog(log.audit, which)),
          (all) => all.map(({ finding }) => finding)
        )
        expect(yield* findings).toEqual([undefined, undefined])
        expect((yield* dropOld(31)).events).toMatchObject({ dropped: ["events_000000"] })
        expect(yield* findings).toEqual([undefined, undefined])
        const [record] = yield* log.audit.list({ limit: 1 })
        expect(record).toMatchObject({
          operation: "PruneEvents",
          targets: ["LOG:EVENTS", `POSITION:${border - 1}`]
        })
      }).pipe(Effect.provide([engineOver(sessions), Digest.layerWebCrypto]))
    )

    it.live("leaves a record, without which events that are gone were removed", () =>
      Effect.gen(function* () {
        const { before } = yield* overTheBorder
        const log = yield* InventoryLog
        yield* sealAll(log)
        const horizon = before.at(-1)?.position ?? 0
        const verdict = verifyLog(log.audit, "EVENTS")
        const records = Effect.map(log.audit.list({ operation: "PruneEvents", limit: 9 }), (all) =>
          all.map(({ principal, targets }) => ({ kind: principal.kind, targets }))
        )
        // Who may do anything removes old events, and raises the horizon as if they had been dropped.
        yield* runUnseen([
          `delete from inventory.events where position <= ${horizon}`,
          `update inventory.event_log set horizon = ${horizon}`
        ])
        expect((yield* verdict).finding).toMatchObject({
          kind: "REMOVED",
          message: expect.stringContaining(`events up to ${horizon} are gone, and no record`)
        })
        expect(yield* records).toEqual([])
        // What an earlier release dropped, without a record, is recorded by the next call.
        yield* dropOld(1, {}, true)
        expect(yield* records).toEqual([])
        yield* dropOld(1)
        yield* dropOld(1)
        const recorded = { kind: "HOST", targets: ["LOG:EVENTS", `POSITION:${horizon}`] }
        expect(yield* records).toEqual([recorded])
        const whole = yield* verdict
        expect([whole.finding, whole.dropped]).toEqual([undefined, before.length])
        // The record is sealed, and a horizon that is raised beyond it is found again.
        yield* sealAll(log)
        const [next] = yield* log.read(horizon, 1)
        yield* runUnseen([
          `delete from inventory.events where position = ${next?.position}`,
          `update inventory.event_log set horizon = ${next?.position}`
        ])
        expect((yield* verdict).finding?.message).toContain(`and records up to ${horizon} alone`)
      }).pipe(Effect.provide([engineOver(sessions), Digest.layerWebCrypto]))
    )

    it.live("begins with the first event that is kept when nobody names a position", () =>
      Effect.gen(function* () {
        const { after, before } = yield* overTheBorder
        const queries = InventoryQueries.over(yield* StockReads)
        yield* dropOld(31)
        const horizon = before.at(-1)?.position ?? 0
        expect(yield* queries.events({})).toEqual({ items: after, next: after.at(-1)?.position })
        expect(yield* queries.events({ orderId: "nobody" })).toEqual({ items: [], next: horizon })
        expect(yield* Effect.flip(queries.events({ after: 0 }))).toEqual({
          _tag: "PositionGone",
          after: 0,
          horizon
        })
      }).pipe(Effect.provide(engineOver(sessions)))
    )

    it.live("finds the kept events of a SKU and of an order whose runs began in what is gone", () =>
      Effect.gen(function* () {
        const { after, before, hold } = yield* overTheBorder
        const reads = yield* StockReads
        yield* dropOld(31)
        const horizon = before.at(-1)?.position ?? 0
        const openings = yield* run("select position from inventory.events where opens_run")
        // Or the test shows nothing.
        expect(openings.length).toBeLessThan(after.length)
        for (const skuId of ["a", "b"]) {
          const filter = { aggregateIds: [skuId] } as never
          const ofSku = after.filter(({ event }) => event.aggregateId === skuId)
          expect(yield* reads.events(horizon, 100, filter)).toEqual(ofSku)
          expect(yield* reads.events(horizon, 1, filter)).toEqual(ofSku.slice(0, 1))
          const [first] = ofSku
          expect(yield* reads.events(first?.position ?? 0, 100, filter)).toEqual(ofSku.slice(1))
        }
        const ofOrder = yield* reads.events(horizon, 100, { orderId: hold?.orderId } as never)
        expect(ofOrder.map(({ event }) => event.eventType)).toEqual(["inventory.stock.reserved"])
      }).pipe(Effect.provide(engineOver(sessions)))
    )

    it.live("keeps what a cursor has not passed, to the day when it may be lost", () =>
      Effect.gen(function* () {
        const { before, after } = yield* overTheBorder
        const { cursors } = yield* InventoryLog
        yield* cursorAt("slow", before[1])
        yield* cursorAt("fast", after[0])
        const position = before[1]?.position
        for (const days of [31, 399]) {
          const { events } = yield* dropOld(days, { unreadEventsDays: 400 })
          expect(events).toMatchObject({
            dropped: [],
            kept: "events_000000: not passed yet by slow"
          })
        }
        expect((yield* dropOld(401)).events).toMatchObject({ dropped: [] })
        expect(yield* cursors.list).toMatchObject([
          { name: "fast", standing: "FOLLOWS" },
          { name: "slow", standing: "FOLLOWS" }
        ])
        const { events } = yield* dropOld(401, { unreadEventsDays: 400 })
        expect(events).toMatchObject({ dropped: ["events_000000"], lost: ["slow"] })
        expect(yield* cursors.list).toMatchObject([
          { name: "fast", standing: "FOLLOWS" },
          { name: "slow", standing: "LOST", position }
        ])
        expect((yield* diagnose()).tables?.cursors).toMatchObject([
          { name: "fast", standing: "FOLLOWS" },
          { name: "slow", standing: "LOST" }
        ])
        expect(yield* Effect.flip(cursors.take("slow", asPublisher))).toMatchObject({
          _tag: "PositionGone",
          after: position
        })
        const horizon = before.at(-1)?.position ?? 0
        expect(yield* Effect.flip(cursors.reset("slow", horizon - 1))).toMatchObject({
          _tag: "PositionGone",
          horizon
        })
        yield* cursors.reset("slow", horizon)
        expect(yield* cursors.take("slow", asPublisher)).toMatchObject({ position: horizon })
        // A cursor that is made now begins where the log does.
        expect(yield* cursors.take("new", asPublisher)).toMatchObject({ position: horizon })
      }).pipe(Effect.provide(engineOver(sessions)))
    )

    it.live(
      "keeps what is among the dead letters of a cursor, for who publishes it after all",
      () =>
        Effect.gen(function* () {
          const { before, after } = yield* overTheBorder
          const { cursors } = yield* InventoryLog
          const [letter, end] = [before[1], after[0]]
          if (letter === undefined || end === undefined) return expect.unreachable()
          const lease = yield* cursors.take("broker", asPublisher)
          if (lease === null) return expect.unreachable()
          const { position } = letter
          const dead = { position, eventId: letter.event.eventId, cause: "too large" }
          yield* cursors.advance(lease, {
            ...{ position: end.position, eventId: end.event.eventId },
            deadLetters: [dead, { ...dead, position: position + 1 }]
          })
          const kept = "events_000000: not passed yet by the dead letters of broker"
          expect((yield* dropOld(31)).events).toMatchObject({ dropped: [], kept })
          const [first, second] = yield* cursors.deadLetters({
            cursor: "broker",
            after: 0,
            limit: 2
          })
          yield* cursors.forgetDeadLetters("broker", [first?.id ?? 0])
          expect((yield* dropOld(31)).events).toMatchObject({ dropped: [], kept })
          yield* cursors.forgetDeadLetters("broker", [second?.id ?? 0])
          expect((yield* dropOld(31)).events).toMatchObject({
            dropped: ["events_000000"],
            kept: null
          })
        }).pipe(Effect.provide(engineOver(sessions)))
    )

    it.live("keeps a partition while events of before it are in the DEFAULT one", () =>
      Effect.gen(function* () {
        yield* run("drop table inventory.events_000000")
        yield* overTheBorder
        yield* ensurePartitions("inventory")
        yield* goTo(2 * border)
        yield* receive("a")
        expect((yield* dropOld(31)).events).toMatchObject({
          dropped: [],
          kept: "events_000001: events of before are in events_default"
        })
      }).pipe(Effect.provide(engineOver(sessions)))
    )
  })
}

for (const version of [18, 15] as const) {
  describePostgres(version, `dropping beside others on PostgreSQL ${version}`, () => {
    it.live("lets writers pass while a transaction keeps the log locked, and drops after it", () =>
      Effect.gen(function* () {
        const url = yield* scopedDatabase({ version })
        const [holder, watcher] = [yield* connectedTo(url), yield* connectedTo(url)]
        yield* Effect.gen(function* () {
          yield* overTheBorder
          yield* holder("begin")
          yield* holder("lock table only inventory.events in row exclusive mode")
          const dropping = yield* Effect.forkChild(dropOld(31))
          yield* untilWaiting(watcher)
          // Each comes behind the one that drops, which would wait for the holder without end.
          for (const skuId of ["a", "b", "a"]) yield* receive(skuId)
          expect(dropping.pollUnsafe()).toBe(undefined)
          yield* holder("commit")
          expect((yield* Fiber.join(dropping)).events?.dropped).toEqual(["events_000000"])
        }).pipe(Effect.provide(engineAt(url)))
      }).pipe(Effect.scoped)
    )

    it.live("waits for a transaction that may still write to an old position", () =>
      Effect.gen(function* () {
        const url = yield* scopedDatabase({ version })
        const writer = yield* connectedTo(url)
        yield* Effect.gen(function* () {
          yield* overTheBorder
          yield* writer("begin")
          yield* writer("select nextval('inventory.event_positions')")
          expect((yield* dropOld(31)).events).toMatchObject({ dropped: [] })
          yield* writer("rollback")
          expect((yield* dropOld(31)).events?.dropped).toEqual(["events_000000"])
        }).pipe(Effect.provide(engineAt(url)))
      }).pipe(Effect.scoped)
    )

    it.live("says who may drop to a user who may not, and shows him what would go", () =>
      Effect.gen(function* () {
        const url = yield* scopedDatabase({ version })
        const owner = yield* connectedTo(url)
        yield* Effect.provide(overTheBorder, engineAt(url))
        const role = `clerk_${version}_${Date.now()}`
        yield* owner(`create role ${role} login`)
        yield* owner(`grant usage on schema inventory to ${role}`)
        yield* owner(
          `grant select, insert, update, delete on all tables in schema inventory to ${role}`
        )
        yield* owner(`grant usage, select on all sequences in schema inventory to ${role}`)
        const asClerk = url.replace("postgres@", `${role}@`)
        const planned = yield* Effect.provide(
          dropOld(31, {}, true),
          layerPostgres({ url: asClerk })
        )
        expect(planned.events?.dropped).toEqual(["events_000000"])
        const error = yield* Effect.flip(
          Effect.provide(dropOld(31), layerPostgres({ url: asClerk }))
        )
        expect(error).toMatchObject({
          _tag: "StoreError",
          message: "only the owner of the tables may drop old ones; run holdfast prune as postgres"
        })
        yield* owner(`drop owned by ${role}`)
        yield* owner(`drop role ${role}`)
      }).pipe(Effect.scoped)
    )
  })
}
