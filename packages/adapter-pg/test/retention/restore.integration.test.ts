/**
 * A database is taken back to a moment in its past while a relay follows its log. The positions that
 * the relay has published are used again by other events. The relay must not take these for the ones
 * that it knows: it publishes nothing and says so, until a person lets it go on.
 */
import { expect, it, vi } from "@effect/vitest"
import { type KeptEvent, makeEventRelay } from "@holdfast/core/events"
import { Inventory, InventoryLog, StockReads } from "@holdfast/core/inventory"
import { scopedArchivedPostgres } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { diagnose } from "../../src/effect.ts"
import { connectedTo, engineAt, until } from "../engines.ts"

// Bounds for a machine that is busy with other tests; alone each takes a fraction.
vi.setConfig({ testTimeout: 180_000 })

const receive = (count: number) =>
  Effect.flatMap(Inventory, (inventory) =>
    Effect.forEach(
      Array.from({ length: count }),
      () => inventory.receive({ skuId: "mug", quantity: 1 }),
      { discard: true }
    )
  )

/** All events of the log, as a follower reads them. */
const wholeLog = Effect.flatMap(InventoryLog, (log) => log.read(0, 1_000))

const positionsOf = (events: ReadonlyArray<KeptEvent>) => events.map(({ position }) => position)

/** Ways to let the cursor go on, as an operator has them. */
const remedies = {
  adopt: Effect.flatMap(InventoryLog, ({ cursors }) =>
    Effect.map(cursors.adopt("kafka"), ({ incarnation }) => expect(incarnation).toBe(2))
  ),
  reset: Effect.flatMap(InventoryLog, ({ cursors }) => cursors.reset("kafka", 4))
} as const

const upTo = (last: number) => Array.from({ length: last }, (_, n) => n + 1)

// A restored sequence goes on up to 32 values further than where it was: the server logs it in such
// steps. So positions are used again when more events than that were lost.
for (const [version, remedy, lost, isReused] of [
  [18, "adopt", 60, true],
  [15, "reset", 60, true],
  [18, "adopt", 3, false]
] as const) {
  describePostgres(
    version,
    `a point-in-time restore of ${lost} events on PostgreSQL ${version}`,
    () => {
      it.live(`stops a relay that had published ${lost} more, until somebody says ${remedy}`, () =>
        Effect.gen(function* () {
          const server = yield* scopedArchivedPostgres(version)
          yield* Effect.gen(function* () {
            const inventory = yield* Inventory
            const log = yield* InventoryLog
            const reads = yield* StockReads
            yield* inventory.registerSku({
              skuId: "mug",
              code: "MUG",
              name: "Mug",
              initialStock: 9
            })
            yield* receive(2)

            const published: Array<KeptEvent> = []
            const publish = (events: ReadonlyArray<KeptEvent>) =>
              Effect.sync(() => void published.push(...events))
            const relay = makeEventRelay(log, { publish }, { cursor: "kafka", owner: "a relay" })
            const running = yield* Effect.forkChild(relay.run)
            const isAt = (position: number) =>
              Effect.map(log.cursors.list, ([cursor]) => cursor?.position === position)
            yield* until(isAt(5))
            yield* Effect.promise(() => server.mark("before_the_accident"))
            yield* receive(lost)
            yield* until(isAt(5 + lost))
            const before = [...published]
            expect(positionsOf(before)).toEqual(upTo(5 + lost))

            yield* Effect.promise(() => server.restoreTo("before_the_accident"))
            yield* until(Effect.isSuccess(reads.ping))
            // Others than those that were lost, at the same positions.
            yield* receive(6)
            yield* until(Effect.map(relay.status, ({ state }) => state === "STOPPED"))
            const now = yield* wholeLog
            expect(now.slice(0, 5)).toEqual(before.slice(0, 5))
            for (const event of now.slice(5)) {
              const old = before.find(({ position }) => position === event.position)
              expect(old?.eventId).not.toBe(event.eventId)
              expect(old === undefined).toBe(!isReused)
            }
            const { problem } = yield* relay.status
            expect(problem).toMatch(
              new RegExp(
                `^the log was restored to an earlier state: the cursor kafka had reached position ${5 + lost}, ` +
                  "where the log, whose head is \\d+, has another event or none\\. Nothing more is moved\\. " +
                  ".*holdfast events adopt kafka.*holdfast events reset kafka --to <position>"
              )
            )
            expect((yield* diagnose()).tables?.cursors).toMatchObject([
              { name: "kafka", standing: "RESTORED", position: 5, reached: 5 + lost }
            ])

            // A relay that has seen nothing of it is kept from the log as well.
            const late = makeEventRelay(log, { publish }, { cursor: "kafka", owner: "another" })
            const standing = yield* Effect.forkChild(late.run)
            yield* until(Effect.map(late.status, ({ state }) => state === "STOPPED"))
            expect(published).toEqual(before)

            yield* remedies[remedy]
            yield* receive(1)
            const end = yield* log.head
            yield* until(isAt(end))
            // Nothing of the log as it is now is missing, and it comes once, in order.
            const wanted = (yield* wholeLog).slice(remedy === "adopt" ? 5 : 4)
            expect(published.slice(before.length)).toEqual(wanted)
            yield* Fiber.interrupt(running)
            yield* Fiber.interrupt(standing)
          }).pipe(Effect.provide(engineAt(server.url())))
          const sql = yield* connectedTo(server.url())
          // It was a real restore: the server is on another timeline.
          expect(
            yield* sql("select timeline_id::int4 as timeline from pg_control_checkpoint()")
          ).toEqual([{ timeline: 2 }])
        }).pipe(Effect.scoped)
      )
    }
  )
}
