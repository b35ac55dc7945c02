/**
 * Opens Holdfast for a host that knows no Effect: in memory by default, in a folder, or on the
 * PostgreSQL server at a URL or a host. The signature has no type of Effect; what is inside is
 * layers.
 */
import type { ConnectionOptions } from "node:tls"
import type * as PgPool from "@effect/sql-pg/PgPool"
import type { Holdfast } from "@holdfast/core"
import { loggerTo } from "@holdfast/core/engine"
import { Inventory, layerExpirySweeper, toHoldfast } from "@holdfast/core/inventory"
import { OrderFlow } from "@holdfast/core/ordering"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"
import { layerHostPool } from "../connection/hostSessions.ts"
import { layerPostgres } from "../connection/Postgres.ts"
import type { StoreStartError } from "../connection/StoreStartError.ts"
import { layerMigrations, layerUpkeep } from "../inventory/inventoryTables.ts"
import { layerStorage } from "../inventory/PgInventory.ts"
import { layerParkedOrderEvents } from "../ordering/PgParkedEvents.ts"
import { layerPglite } from "../pglite/Pglite.ts"
import type { HoldfastOptions } from "./HoldfastOptions.ts"
import { checkedOptions, type Options } from "./readHoldfastOptions.ts"

/** The connections. Only this knows the password, and only as a secret. */
const connections = (options: Options): Layer.Layer<PgPool.PgPool, StoreStartError> => {
  const { database, folder, host, maxConnections, password, pool, pooler, port, ssl, url, user } =
    options
  if (pool !== undefined) return layerHostPool(pool)
  if (url === undefined && host === undefined) {
    return layerPglite(folder === undefined ? { memory: true } : { folder })
  }
  return layerPostgres({
    ...(url === undefined ? {} : { url: Redacted.make(url) }),
    ...(host === undefined ? {} : { host }),
    ...(port === undefined ? {} : { port }),
    ...(database === undefined ? {} : { database }),
    ...(user === undefined ? {} : { username: user }),
    ...(password === undefined ? {} : { password: Redacted.make(password) }),
    ...(ssl === undefined ? {} : { ssl: ssl as boolean | ConnectionOptions }),
    ...(maxConnections === undefined ? {} : { maxConnections }),
    ...(pooler === undefined ? {} : { pooler })
  })
}

const standardError = Logger.withConsoleError(Logger.formatLogFmt)

/** Everything that Holdfast is made of. */
const layerOf = (options: Options) => {
  const { deadlineMillis, lanes, ...engine } = options.engine ?? {}
  const { log, migrate = true, retention, schema, upkeep = true } = options
  const { sweepIntervalMillis = 1_000 } = options
  const background = Layer.mergeAll(
    sweepIntervalMillis === false
      ? Layer.empty
      : layerExpirySweeper({ interval: sweepIntervalMillis }),
    upkeep ? Layer.merge(layerUpkeep({ schema, retention }), OrderFlow.layerOverdue()) : Layer.empty
  )
  return background.pipe(
    Layer.provideMerge(OrderFlow.layer()),
    Layer.provide(layerParkedOrderEvents({ schema })),
    Layer.provideMerge(Inventory.layer(engine)),
    Layer.provideMerge(layerStorage({ schema, lanes, deadlineMillis })),
    Layer.provide(migrate ? layerMigrations({ schema }) : Layer.empty),
    Layer.provide(connections(options)),
    // What is built on the inventory, such as the REST API, finds the log beside the services.
    Layer.provideMerge(Logger.layer([log === undefined ? standardError : loggerTo(log)]))
  )
}

/**
 * Opens Holdfast on one database: in memory when nothing is given or `memory` is true, in a
 * `folder`, or on the PostgreSQL server at a `url` or a `host`, or behind a `pool`. A place that is undefined is refused. The tables are made and brought up to date first, unless `migrate` is false.
 *
 * Rejects with a `HoldfastError`: `InvalidInput` names every bad option; `StartFailed` says in
 * `details.reason` why the database could not be opened (`FolderInUse`, `FolderUnusable`,
 * `InvalidOptions`, `Failed`, `Changed`, `Newer`); `Unavailable` says why the server cannot be used,
 * such as a wrong password or a missing right. Nothing stays open then.
 *
 * ```ts
 * await using holdfast = await createHoldfast({ folder: "./stock" })
 * const { inventory } = holdfast
 * await inventory.registerSku({ skuId: "mug", code: "MUG", name: "Mug", initialStock: 3 })
 * const [hold] = await inventory.reserve({ orderId: "1", lines: [{ skuId: "mug", quantity: 2 }] })
 * ```
 */
export const createHoldfast = async (options: HoldfastOptions = {}): Promise<Holdfast> =>
  toHoldfast(layerOf(checkedOptions(options)))
