/**
 * The contract of stock stores, with every batch inside a transaction of a host that uses `pg`. What
 * the engine leaves to a host is done here: it begins, commits, and begins again after `Busy`.
 */
import type { Contended } from "@holdfast/core/engine"
import { noFigures, StockReads, StockStore, type StoreError } from "@holdfast/core/inventory"
import { stockStoreContract } from "@holdfast/core/testing"
import { scopedDatabase } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import * as Context from "effect/Context"
import type * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import type pg from "pg"
import { layerMigrations, layerPostgres, layerStorage } from "../../src/effect.ts"
import { hostStockStore } from "../../src/inventory/hostStockStore.ts"
import { hostPool } from "./hosts.ts"

const scopedPool = (url: string) =>
  Effect.acquireRelease(
    Effect.sync(() => hostPool({ connectionString: url, max: 8 })),
    (pool) => Effect.promise(() => pool.end())
  )

/** One transaction of a host: all of `work`, or nothing of it. */
const inTransaction = <A, E>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Effect.Effect<A, E>
): Effect.Effect<A, E> =>
  Effect.acquireUseRelease(
    Effect.promise(() => pool.connect()),
    (client) =>
      Effect.promise(() => client.query("begin")).pipe(
        Effect.andThen(work(client)),
        Effect.onExit((exit) =>
          Effect.promise(() => client.query(Exit.isSuccess(exit) ? "commit" : "rollback"))
        )
      ),
    (client) => Effect.sync(() => client.release())
  )

const tryAgain = <A>(
  effect: Effect.Effect<A, StoreError | Contended>
): Effect.Effect<A, StoreError | Contended> =>
  Effect.catch(effect, (error) =>
    error._tag === "StoreError" && error.reason === "Busy" ? tryAgain(effect) : Effect.fail(error)
  )

const hostStorage = (now: Effect.Effect<DateTime.Utc>) =>
  Layer.unwrap(
    Effect.gen(function* () {
      const url = yield* scopedDatabase({ version: 18 })
      const pool = yield* scopedPool(url)
      const storage = layerStorage({ now }).pipe(
        Layer.provide(layerMigrations()),
        Layer.provide(layerPostgres({ url }))
      )
      return Layer.effectContext(
        Effect.gen(function* () {
          const onHost = <A, E>(work: (host: StockStore["Service"]) => Effect.Effect<A, E>) =>
            inTransaction(pool, (client) =>
              Effect.flatMap(Effect.orDie(hostStockStore(client, "inventory", now)), work)
            )
          const store = StockStore.of({
            lanes: 4,
            transact: (scope, decide) => tryAgain(onHost((host) => host.transact(scope, decide))),
            customers: {
              read: (orderId, record) => onHost(({ customers }) => customers.read(orderId, record)),
              erase: (orderId, record) =>
                onHost(({ customers }) => customers.erase(orderId, record))
            },
            figures: noFigures
          })
          return Context.make(StockStore, store).pipe(Context.add(StockReads, yield* StockReads))
        })
      ).pipe(Layer.provide(storage))
    })
  )

describePostgres(18, "a host's transaction", () =>
  stockStoreContract("a host's transaction on pg", ({ now }) => hostStorage(now), { callers: 24 })
)
