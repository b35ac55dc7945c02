/** The engine inside a transaction of a host of Effect, on the host's own client. */
import * as PgClient from "@effect/sql-pg/PgClient"
import { expect, it } from "@effect/vitest"
import { Inventory, SkuId, StockReads } from "@holdfast/core/inventory"
import { scopedDatabase } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as SqlClient from "effect/sql/SqlClient"
import { layerMigrations, layerStorage, withinTransaction } from "../../src/effect.ts"
import { engineAt, freshPglite } from "../engines.ts"

const reserving = (orderId: string, quantity: number) =>
  Effect.flatMap(withinTransaction(), (inventory) =>
    inventory.reserve({ orderId, lines: [{ skuId: "mug", quantity }] })
  )

const insert = (id: string) =>
  Effect.flatMap(SqlClient.SqlClient, (sql) => sql`insert into shop_orders values (${id})`)

const inTransaction = <A, E, R>(work: Effect.Effect<A, E, R>) =>
  Effect.flatMap(SqlClient.SqlClient, (sql) => sql.withTransaction(work))

/** What anybody else can see: the host's orders, and the units that are reserved. */
const seen = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const reads = yield* StockReads
  const orders = yield* sql<{ readonly id: string }>`select id from shop_orders order by id`
  const which = { skuId: SkuId.make("mug"), status: "open", after: null, limit: 10 } as const
  const holds = yield* reads.reservationsOfSku(which)
  const reserved = holds.reduce((sum, { quantity }) => sum + quantity, 0)
  return { orders: orders.map(({ id }) => id), reserved }
})

const setUp = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const inventory = yield* Inventory
  yield* sql`create table shop_orders (id text primary key)`
  yield* inventory.registerSku({ skuId: "mug", code: "MUG", name: "Mug", initialStock: 10 })
})

/** An engine, and beside it a host's own client of the same database. */
const hostOnServer = Layer.unwrap(
  Effect.map(scopedDatabase(), (url) =>
    Layer.merge(
      Layer.effectContext(Effect.context<Inventory | StockReads>()).pipe(
        Layer.provide(engineAt(url))
      ),
      PgClient.layer({ url: Redacted.make(url), maxConnections: 4 })
    )
  )
)

const hostOnPglite = Inventory.layer().pipe(
  Layer.provideMerge(layerStorage()),
  Layer.provide(layerMigrations()),
  Layer.provideMerge(freshPglite)
)

type Host = Layer.Layer<Inventory | StockReads | SqlClient.SqlClient, unknown>

const hosts: ReadonlyArray<readonly [string, Host]> = [
  ["a client of PostgreSQL", hostOnServer],
  ["the client of the embedded database", hostOnPglite]
]

for (const [name, host] of hosts) {
  describePostgres(18, `withinTransaction of Effect, on ${name}`, () => {
    it.live("commits the host's rows and the reservation together, or neither", () =>
      Effect.gen(function* () {
        yield* setUp
        const [hold] = yield* inTransaction(Effect.andThen(insert("o1"), reserving("o1", 2)))
        expect(hold).toMatchObject({ orderId: "o1", status: "PENDING", quantity: 2 })
        expect(yield* seen).toEqual({ orders: ["o1"], reserved: 2 })
        const failed = inTransaction(
          Effect.andThen(insert("o2"), Effect.andThen(reserving("o2", 3), Effect.fail("no")))
        )
        expect(yield* Effect.flip(failed)).toBe("no")
        expect(yield* seen).toEqual({ orders: ["o1"], reserved: 2 })
      }).pipe(Effect.provide(host))
    )

    it.live("leaves the transaction to the host after a refusal", () =>
      Effect.gen(function* () {
        yield* setUp
        const refused = Effect.flip(reserving("o1", 11))
        const refusal = yield* inTransaction(Effect.andThen(insert("o1"), refused))
        expect(refusal).toMatchObject({ _tag: "InsufficientStock" })
        expect(yield* seen).toEqual({ orders: ["o1"], reserved: 0 })
      }).pipe(Effect.provide(host))
    )

    it.live("refuses a second call, of the same commands or of others", () =>
      Effect.gen(function* () {
        yield* setUp
        const again = yield* inTransaction(
          Effect.gen(function* () {
            const inventory = yield* withinTransaction()
            yield* inventory.receive({ skuId: "mug", quantity: 1 })
            return [
              yield* Effect.flip(inventory.receive({ skuId: "mug", quantity: 1 })),
              yield* Effect.flip(reserving("o1", 1))
            ]
          })
        )
        for (const error of again) {
          expect(error).toMatchObject({
            reason: "TransactionUnusable",
            message: expect.stringContaining("has had its one engine call")
          })
        }
        expect(yield* seen).toEqual({ orders: [], reserved: 0 })
      }).pipe(Effect.provide(host))
    )

    it.live("needs a transaction, and a schema's name", () =>
      Effect.gen(function* () {
        yield* setUp
        expect(yield* Effect.flip(reserving("o1", 1))).toMatchObject({
          reason: "TransactionUnusable",
          message: expect.stringContaining("call it inside `sql.withTransaction`")
        })
        const odd = inTransaction(withinTransaction({ schema: "no; name" }))
        expect(yield* Effect.flip(odd)).toMatchObject({ _tag: "MigrationError" })
      }).pipe(Effect.provide(host))
    )

    it.live("rolls back with a savepoint, and the host goes on", () =>
      Effect.gen(function* () {
        yield* setUp
        const inner = Effect.exit(
          inTransaction(Effect.andThen(reserving("o1", 2), Effect.fail("no")))
        )
        yield* inTransaction(Effect.andThen(inner, insert("o1")))
        expect(yield* seen).toEqual({ orders: ["o1"], reserved: 0 })
      }).pipe(Effect.provide(host))
    )
  })
}
