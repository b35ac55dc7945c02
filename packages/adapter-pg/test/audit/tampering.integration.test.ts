/**
 * History that is edited behind the application's back: one random change at a time by a superuser,
 * each found by the check of the seals, named, and undone.
 */
import { expect, it } from "@effect/vitest"
import { type PublishedSeal, sealAll, sealedLogs, verifyLog } from "@holdfast/core/audit"
import { RequestCaller } from "@holdfast/core/engine"
import { Inventory, InventoryLog } from "@holdfast/core/inventory"
import { scopedDatabase } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import * as Digest from "effect/crypto/Digest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { vi } from "vitest"
import { layerMigrations, layerPostgres, layerStorage } from "../../src/effect.ts"
import { type Connected, connectedTo } from "../engines.ts"
import { type History, randomTampering } from "./tamperings.ts"

vi.setConfig({ testTimeout: 600_000 })

const seed = 90_210

/** Whole numbers below a bound, the same for the same seed. */
const drawing = () => {
  let state = seed
  return (bound: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * bound)
  }
}

const engineAt = (url: string) =>
  Inventory.layer({ audit: "ALL" }).pipe(
    Layer.provideMerge(layerStorage()),
    Layer.provide(layerMigrations()),
    Layer.provide(layerPostgres({ url })),
    Layer.provideMerge(Digest.layerWebCrypto)
  )

const by = Effect.provideService(RequestCaller, {
  caller: "ann",
  principal: { id: "ann", kind: "USER", roles: ["MANAGER"] }
})

/** A shop of a day: receipts, reservations, releases, transfers and shipments. */
const aDay = Effect.fnUntraced(function* (sql: Connected) {
  const inventory = yield* Inventory
  yield* inventory.registerLocation({ locationId: "east", name: "East" })
  const skuIds = Array.from({ length: 8 }, (_, n) => `sku-${n}`)
  for (const skuId of skuIds) {
    yield* inventory.registerSku({ skuId, code: skuId, name: skuId, initialStock: 1_000 })
  }
  for (let n = 0; n < 40; n++) {
    const skuId = skuIds[n % 8] as string
    // Positions of transactions that were undone.
    if (n % 7 === 0) {
      yield* sql(
        "select nextval('inventory.event_positions'), nextval('inventory.audit_positions')"
      )
    }
    const orderId = `order-${n}`
    yield* inventory.receive({ skuId, quantity: n + 1, reference: `note-${n}` })
    yield* by(inventory.reserve({ orderId, lines: [{ skuId, quantity: 1 }] }))
    yield* by(inventory.ship({ skuId, quantity: 1, reason: "sold at the till" }))
    yield* inventory.transfer({
      skuId,
      quantity: 2,
      fromLocationId: "default",
      toLocationId: "east"
    })
    if (n % 3 === 0) yield* inventory.releaseOrder({ orderId })
  }
})

const listOf = <A>(sql: Connected, text: string) =>
  Effect.map(sql(text), (rows) => rows.map((row) => Object.values(row)[0] as A))

describePostgres(18, "history that is edited behind the application's back", () => {
  it.live("is found, 1,000 times of 1,000, and the first record is named", () =>
    Effect.gen(function* () {
      const url = yield* scopedDatabase({ version: 18 })
      yield* Effect.gen(function* () {
        const sql = yield* connectedTo(url)
        yield* aDay(sql)
        const log = yield* InventoryLog
        const made = yield* sealAll(log)
        const published: ReadonlyArray<PublishedSeal> = made
        const verify = Effect.forEach(sealedLogs, (which) => verifyLog(log.audit, which, published))
        const whole = yield* verify
        expect(whole.map(({ finding }) => finding)).toEqual([undefined, undefined])
        // What a superuser does to be unseen: no trigger speaks.
        yield* sql("set session_replication_role = replica")
        const places = (table: string) =>
          listOf<number>(sql, `select position::float8 from ${table} order by position`)
        const history: History = {
          positions: {
            EVENTS: yield* places("inventory.events"),
            AUDIT: yield* places("inventory.audit")
          },
          movementIds: yield* listOf<string>(
            sql,
            "select id::text from inventory.stock_movements order by id"
          ),
          seals: { EVENTS: whole[0]?.seals ?? 0, AUDIT: whole[1]?.seals ?? 0 }
        }
        const draw = drawing()
        let found = 0
        const kinds = new Map<string, number>()
        for (let n = 0; n < 1_000; n++) {
          const tampering = randomTampering(draw, history)
          for (const step of tampering.does) yield* sql(step)
          const findings = (yield* verify).flatMap(({ finding }) => finding ?? [])
          for (const step of tampering.undoes) yield* sql(step)
          const kind = findings[0]?.kind ?? "NOTHING"
          const about = `tampering ${n} of seed ${seed}: ${tampering.what}`
          expect(tampering.finds, about).toContain(kind)
          expect(findings[0]?.log, about).toBe(tampering.log)
          kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
          found++
        }
        expect(found).toBe(1_000)
        expect(new Set(kinds.keys())).toEqual(
          new Set([
            ...["CHANGED", "REMOVED", "INSERTED", "REORDERED", "HIDDEN"],
            ...["SEAL_CHANGED", "SEAL_REMOVED"]
          ])
        )
        expect((yield* verify).map(({ finding }) => finding)).toEqual([undefined, undefined])
      }).pipe(Effect.provide(engineAt(url)))
    })
  )
})
