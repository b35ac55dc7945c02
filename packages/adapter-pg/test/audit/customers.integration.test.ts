/**
 * What is kept about customers, as transactions: with the reserve or not at all, with its record or not at
 * all, in a host's own transaction, and at no cost for who has none.
 */
import * as PgClient from "@effect/sql-pg/PgClient"
import { expect, it } from "@effect/vitest"
import { Inventory, InventoryLog, StockReads } from "@holdfast/core/inventory"
import { KeyRing } from "@holdfast/core/secrets"
import { scopedDatabase } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as SqlClient from "effect/sql/SqlClient"
import { vi } from "vitest"
import {
  layerKeyUsage,
  layerMigrations,
  layerPostgres,
  layerStorage,
  withinTransaction
} from "../../src/effect.ts"
import { counted, Sent } from "../catalog/countedStatements.ts"
import { connectedTo } from "../engines.ts"

vi.setConfig({ testTimeout: 120_000 })

const keys = {
  current: "a",
  keys: new Map([["a", Redacted.make(new Uint8Array(32).fill(7))]])
}

const engine = Inventory.layer({ audit: "ALL" }).pipe(
  Layer.provideMerge(layerStorage()),
  Layer.provide(layerMigrations())
)

const withRing = (url: string) =>
  engine.pipe(
    Layer.provideMerge(Layer.provide(KeyRing.layer(keys), layerKeyUsage({ schema: "inventory" }))),
    Layer.provideMerge(counted(layerPostgres({ url })))
  )

const withoutRing = (url: string) => Layer.provideMerge(engine, counted(layerPostgres({ url })))

const lines = [{ skuId: "mug", quantity: 1 }]
const customer = { name: "Ann" }

const registered = Effect.flatMap(Inventory, (inventory) =>
  inventory.registerSku({ skuId: "mug", code: "MUG", name: "Mug", initialStock: 99 })
)

/** How many statements each of a few reserves sends. */
const statementsOf = (more: object) =>
  Effect.gen(function* () {
    const inventory = yield* Inventory
    const sent = yield* Sent
    const counts: Array<number> = []
    for (let n = 0; n < 5; n++) {
      const before = sent.count
      yield* inventory.reserve({ orderId: `o-${crypto.randomUUID()}`, lines, ...more })
      counts.push(sent.count - before)
    }
    return counts.slice(1)
  })

describePostgres(18, "customers in transactions", () => {
  it.live("cost a request without one no statement, and one with one a single more", () =>
    Effect.gen(function* () {
      const url = yield* scopedDatabase({ version: 18 })
      const plain = yield* Effect.andThen(registered, statementsOf({})).pipe(
        Effect.provide(withoutRing(url))
      )
      const [ringed, kept] = yield* Effect.all([
        statementsOf({}),
        // The first encryption reserves 4,096 in the count.
        Effect.andThen(statementsOf({ customer }), statementsOf({ customer }))
      ]).pipe(Effect.provide(withRing(url)))
      const usual = plain[0] ?? 0
      expect(usual).toBeGreaterThan(5)
      expect([...plain, ...ringed]).toEqual(Array.from({ length: 8 }, () => usual))
      expect(kept).toEqual(Array.from({ length: 4 }, () => usual + 1))
    })
  )

  it.live("are kept with the reserve, and read and erased with their record, or not at all", () =>
    Effect.gen(function* () {
      const url = yield* scopedDatabase({ version: 18 })
      const sql = yield* connectedTo(url)
      yield* Effect.gen(function* () {
        yield* registered
        const inventory = yield* Inventory
        const reads = yield* StockReads
        const { audit } = yield* InventoryLog
        const [first, second] = ["o-1", "o-2"] as const
        yield* inventory.reserve({ orderId: first, lines, customer })
        yield* sql("alter table inventory.order_customers rename to away")
        const failed = yield* Effect.flip(inventory.reserve({ orderId: second, lines, customer }))
        expect(failed._tag).toBe("StoreError")
        yield* sql("alter table inventory.away rename to order_customers")
        expect(yield* reads.reservationsOfOrder(second as never)).toEqual([])

        const records = Effect.map(audit.list({ limit: 50 }), (all) => all.length)
        const before = yield* records
        yield* sql("alter table inventory.audit rename to audit_away")
        for (const work of [
          inventory.eraseCustomer({ orderId: first }),
          inventory.customer({ orderId: first })
        ]) {
          expect((yield* Effect.flip(work as Effect.Effect<unknown, { _tag: string }>))._tag).toBe(
            "StoreError"
          )
        }
        yield* sql("alter table inventory.audit_away rename to audit")
        expect(yield* inventory.customer({ orderId: first })).toMatchObject({ customer })
        expect(yield* records).toBe(before + 1)
      }).pipe(Effect.provide(withRing(url)))
    })
  )

  it.live("are kept and erased in a host's own transaction, if it provides a ring", () =>
    Effect.gen(function* () {
      const url = yield* scopedDatabase({ version: 18 })
      const host = PgClient.layer({ url: Redacted.make(url), maxConnections: 4 })
      yield* Effect.gen(function* () {
        yield* registered
        const engineOf = yield* Inventory
        const sql = yield* SqlClient.SqlClient
        const reserve = Effect.flatMap(withinTransaction(), (inventory) =>
          inventory.reserve({ orderId: "o-1", lines, customer })
        )
        yield* sql.withTransaction(reserve)
        expect(yield* engineOf.customer({ orderId: "o-1" })).toMatchObject({ customer })
        const erase = Effect.flatMap(withinTransaction(), (inventory) =>
          inventory.eraseCustomer({ orderId: "o-1" })
        )
        const undone = Effect.andThen(erase, Effect.fail("the host changed its mind"))
        yield* Effect.flip(sql.withTransaction(undone))
        expect(yield* engineOf.customer({ orderId: "o-1" })).toMatchObject({ customer })
        expect(yield* sql.withTransaction(erase)).toEqual({ orderId: "o-1", isErased: true })
        expect((yield* Effect.flip(engineOf.customer({ orderId: "o-1" })))._tag).toBe(
          "CustomerNotFound"
        )
      }).pipe(Effect.provide(Layer.merge(withRing(url), host)))
      const refused = Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const reserve = Effect.flatMap(withinTransaction(), (inventory) =>
          inventory.reserve({ orderId: "o-2", lines, customer })
        )
        return yield* Effect.flip(sql.withTransaction(reserve))
      })
      expect(yield* Effect.provide(refused, host)).toMatchObject({ _tag: "KeyRingMissing" })
    })
  )
})
