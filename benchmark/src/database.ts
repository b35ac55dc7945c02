/**
 * The databases that are measured: one PostgreSQL server with default durability (fsync, on a
 * disk), and on it copies of one prepared database, so that no contender meets another's rows. The
 * prepared database has the migrated schema, seeded through the engine itself, and beside it the
 * tables of a reservation once more, bare: primary keys only.
 */
import * as PgClient from "@effect/sql-pg/PgClient"
import {
  layerMigrations,
  layerPostgres,
  layerStorage,
  type PgSessions
} from "@holdfast/adapter-pg/effect"
import { Inventory, type InventoryLog, type InventoryOptions } from "@holdfast/core/inventory"
import { type PostgresServer, scopedPostgres } from "@holdfast/test-servers"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { registerSkus } from "./seed.ts"

/** A server with a prepared database to copy. */
export interface Databases {
  readonly server: PostgresServer
  /** The version of PostgreSQL. */
  readonly version: string
  /** SKUs of the prepared database, named `sku-1` and so on. */
  readonly skuCount: number
  /** Copies the prepared database; answers with the copy's URL. */
  readonly copy: (name: string) => Effect.Effect<string>
}

/** How the server and its prepared database are made. */
export interface DatabasesOptions {
  readonly skuCount: number
  /** Whether COMMIT waits for the disk, as by default. Only a smoke test does without. */
  readonly durable: boolean
  /** Further server settings. */
  readonly settings?: Readonly<Record<string, string>>
}

/**
 * Durability is PostgreSQL's default. Checkpoints are kept out of the turns: one that falls into a
 * single turn would be measured as that contender's slowness.
 */
const checkpointsRare = { checkpoint_timeout: "1h", max_wal_size: "20GB", min_wal_size: "4GB" }

/** WAL files of 16 MB that are prepared: zeroing a new one stops every writer for 80 ms. */
const walFiles = 64

/** Uses up WAL files and lets a checkpoint recycle them, as on a server that has run for a while. */
const recycleWal = [
  ...Array.from(
    { length: walFiles },
    () => "select pg_logical_emit_message(false, 'bench', 'x')::text, pg_switch_wal()::text"
  ),
  "checkpoint"
]

/** Sessions for the work around a benchmark: statements may take long and use memory. */
const sessionsOf = (url: string): Layer.Layer<PgSessions> =>
  Layer.orDie(
    layerPostgres({ url, settings: { statement_timeout: "0", maintenance_work_mem: "1GB" } })
  )

/** The engine over a database and its log, as a host that embeds it has it. */
export const engineOver = (
  url: string,
  options: InventoryOptions = {}
): Layer.Layer<Inventory | InventoryLog> =>
  Layer.orDie(
    Layer.provideMerge(
      Inventory.layer(options),
      Layer.provide(layerStorage(), layerPostgres({ url }))
    )
  )

/** Runs statements on a database, one after another; the rows of each. */
export const runSql = (url: string, ...statements: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const sql = yield* PgClient.PgClient
    return yield* Effect.forEach(statements, (statement) =>
      sql.unsafe<Readonly<Record<string, unknown>>>(statement)
    )
  }).pipe(Effect.provide(sessionsOf(url)), Effect.orDie)

const bareSchema = [
  "create schema bare",
  "create table bare.inventory (like inventory.inventory including defaults) with (fillfactor = 70)",
  "alter table bare.inventory add primary key (sku_id, location_id)",
  "create table bare.reservations (like inventory.reservations including defaults)",
  "alter table bare.reservations add primary key (id)",
  "create table bare.events (like inventory.events including defaults)",
  "alter table bare.events add primary key (position)",
  "create sequence bare.event_positions as bigint cache 1",
  "insert into bare.inventory select * from inventory.inventory"
]

/** Starts the server and prepares its database. */
export const makeDatabases = Effect.fnUntraced(function* (options: DatabasesOptions) {
  const { durable, settings, skuCount } = options
  const server = yield* scopedPostgres({
    fsync: durable,
    settings: { ...checkpointsRare, ...settings }
  })
  const prepared = server.url("prepared")
  const ask = "select current_setting('server_version') as version"
  const [rows] = yield* runSql(server.url(), ask, "create database prepared")
  const migrated = Layer.provide(layerStorage(), layerMigrations())
  const engine = Layer.provide(Inventory.layer(), Layer.provide(migrated, sessionsOf(prepared)))
  yield* Effect.orDie(Effect.provide(registerSkus(skuCount), engine))
  yield* runSql(prepared, ...bareSchema, "vacuum analyze", ...(durable ? recycleWal : []))
  return {
    server,
    version: String(rows?.[0]?.["version"]),
    skuCount,
    copy: (name: string) =>
      Effect.as(runSql(server.url(), `create database ${name} template prepared`), server.url(name))
  } satisfies Databases
})
