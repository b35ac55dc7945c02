/**
 * Engines over databases of their own, and plain connections beside them that watch and disturb
 * them. Nothing here waits for a fixed time: each wait asks again until its condition is true.
 */
import { setTimeout as pauseFor } from "node:timers/promises"
import * as PgConnection from "@effect/sql-pg/PgConnection"
import type * as PgPool from "@effect/sql-pg/PgPool"
import { Inventory, type InventoryOptions } from "@holdfast/core/inventory"
import { type PostgresVersion, scopedDatabase } from "@holdfast/test-servers"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import {
  layerMigrations,
  layerPglite,
  layerPostgres,
  layerStorage,
  type PgInventoryOptions,
  type PostgresOptions
} from "../src/effect.ts"

/** How an engine of a test is set up. */
export interface EngineOptions {
  readonly storage?: PgInventoryOptions
  readonly inventory?: InventoryOptions
}

/** An engine over sessions, its tables made first. The sessions stay visible. */
export const engineOver = <E, R>(
  sessions: Layer.Layer<PgPool.PgPool, E, R>,
  { inventory, storage = {} }: EngineOptions = {}
) =>
  Inventory.layer(inventory).pipe(
    Layer.provideMerge(layerStorage(storage)),
    Layer.provide(layerMigrations(storage.schema === undefined ? {} : { schema: storage.schema })),
    Layer.provideMerge(sessions)
  )

/** An engine on tables that somebody else made. */
export const unmigrated = (postgres: PostgresOptions, { inventory, storage }: EngineOptions = {}) =>
  Inventory.layer(inventory).pipe(
    Layer.provideMerge(layerStorage(storage)),
    Layer.provideMerge(layerPostgres(postgres))
  )

/** An engine on a server, by its URL. */
export const engineAt = (
  url: string,
  { postgres, ...options }: EngineOptions & { readonly postgres?: PostgresOptions } = {}
) => engineOver(layerPostgres({ url, ...postgres }), options)

/** Sessions on a fresh database of a server. */
export const freshPostgres = (version: PostgresVersion = 18, postgres: PostgresOptions = {}) =>
  Layer.unwrap(
    Effect.map(scopedDatabase({ version }), (url) => layerPostgres({ url, ...postgres }))
  )

/** Sessions on an embedded database in memory. */
export const freshPglite = layerPglite({ memory: true })

/** Every database that the adapter is held to, as fresh sessions. */
export const databases = [
  ["PostgreSQL 18", freshPostgres(18)],
  ["PostgreSQL 15", freshPostgres(15)],
  ["PGlite", freshPglite]
] as const

/** A connection that the engine knows nothing of: runs one statement, gives its rows. */
export const connectedTo = (url: string) =>
  Effect.map(
    PgConnection.make({ url: Redacted.make(url) }),
    (connection) =>
      (sql: string, params: ReadonlyArray<unknown> = []) =>
        Effect.map(connection.query(sql, params, false), ({ rows }) => rows)
  )

/** A plain connection. */
export type Connected = Effect.Success<ReturnType<typeof connectedTo>>

/** How long a condition may take to become true, on a machine that is busy with other tests. */
const untilMillisMax = 60_000

/** Leaves the server a pause between two questions. */
const pause = Effect.promise(() => pauseFor(5))

/** Asks again until the answer is true; dies when it does not become so. */
export const until = <E, R>(question: Effect.Effect<boolean, E, R>): Effect.Effect<void, E, R> =>
  Effect.suspend(() => {
    const startedAt = performance.now()
    const ask: Effect.Effect<void, E, R> = Effect.flatMap(question, (isSo) => {
      if (isSo) return Effect.void
      return performance.now() - startedAt > untilMillisMax
        ? Effect.die(new Error(`what was waited for did not come true in ${untilMillisMax} ms`))
        : Effect.andThen(pause, ask)
    })
    return ask
  })

/**
 * Waits until so many backends of the connection's database have waited for a lock for a while.
 * Only a batch that delays nobody waits longer than 60 ms.
 */
export const untilWaiting = (sql: Connected, count = 1, millis = 0) =>
  until(
    Effect.map(
      sql(
        `select count(*)::int4 as count from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'
          and clock_timestamp() - query_start >= $1 * interval '1 millisecond'`,
        [millis]
      ),
      ([row]) => Number(row?.["count"]) >= count
    )
  )
