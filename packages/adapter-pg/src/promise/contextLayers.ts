/** What the Promise doors open: the connections, and the layers of each context over them. */
import type { ConnectionOptions } from "node:tls"
import type * as PgPool from "@effect/sql-pg/PgPool"
import { layerSealer } from "@holdfast/core/audit"
import {
  cacheLayerOf,
  layerCaching,
  layerCatalogCopies,
  layerStockCopies
} from "@holdfast/core/caching"
import { Catalog, CatalogLog, StockStatus } from "@holdfast/core/catalog"
import { loggerTo } from "@holdfast/core/engine"
import type { EventLog } from "@holdfast/core/events"
import {
  Inventory,
  InventoryLog,
  layerBundleKeeper,
  layerExpirySweeper,
  layerStockCheck
} from "@holdfast/core/inventory"
import { OrderFlow } from "@holdfast/core/ordering"
import {
  FollowedInventory,
  layerCopiedStock,
  layerOptionMappings,
  layerSoldOut,
  layerStockStatus
} from "@holdfast/core/shelf"
import { layerOpenTelemetry } from "@holdfast/core/tracing"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"
import {
  catalogSchemaDefault,
  layerCatalogMigrations,
  layerCatalogUpkeep
} from "../catalog/catalogTables.ts"
import { layerCatalogStorage } from "../catalog/PgCatalog.ts"
import { layerHostPool } from "../connection/hostSessions.ts"
import { layerPostgres } from "../connection/Postgres.ts"
import type { StoreStartError } from "../connection/StoreStartError.ts"
import { layerMigrations, layerUpkeep, schemaDefault } from "../inventory/inventoryTables.ts"
import { layerStorage } from "../inventory/PgInventory.ts"
import { layerParkedOrderEvents } from "../ordering/PgParkedEvents.ts"
import { layerPglite } from "../pglite/Pglite.ts"
import { layerKeyRingOption } from "./keyRingOption.ts"
import type { Options } from "./readHoldfastOptions.ts"

/** The connections. Only this knows the password, and only as a secret. */
const connections = (options: Options): Layer.Layer<PgPool.PgPool, StoreStartError> => {
  const { database, folder, host, maxConnections, password, pool, pooler, port, ssl, url, user } =
    options
  const { replicaLagMaxMillis: lagMillisMax, replicas: urls } = options
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
    ...(pooler === undefined ? {} : { pooler }),
    ...(urls === undefined
      ? {}
      : { replicas: { urls: urls.map((one) => Redacted.make(one)), lagMillisMax } })
  })
}

const standardError = Logger.withConsoleError(Logger.formatLogFmt)

/** The connections, and where what happens is logged: they log, too, when a replica is left out. */
const grounds = ({ log, openTelemetry, ...options }: Options) =>
  Layer.provideMerge(
    connections(options),
    // What is built on a context, such as the REST API, finds the log beside the services.
    Layer.merge(
      Logger.layer([log === undefined ? standardError : loggerTo(log)]),
      openTelemetry === undefined ? Layer.empty : layerOpenTelemetry(openTelemetry)
    )
  )

/** The tables of the inventory over the connections. */
const inventoryTablesOver = ({ engine = {}, migrate = true, schema }: Options) => {
  const { deadlineMillis, lanes } = engine
  return Layer.provide(
    layerStorage({ schema, lanes, deadlineMillis }),
    migrate ? layerMigrations({ schema }) : Layer.empty
  )
}

/** Seals a log while the engine is open. A host hears only of what fails. */
const sealing = <I>(log: Effect.Effect<EventLog, never, I>): Layer.Layer<never, never, I> =>
  Layer.unwrap(Effect.map(log, (one) => layerSealer([one], { isLogged: false })))

/** The inventory over its tables; it asks the catalog that is joined, if there is one. */
const inventoryOver = (options: Options) => {
  const { deadlineMillis: _, lanes: _lanes, ...engine } = options.engine ?? {}
  const { retention, schema, sweepIntervalMillis = 1_000, upkeep = true } = options
  const background = Layer.mergeAll(
    sweepIntervalMillis === false
      ? Layer.empty
      : layerExpirySweeper({ interval: sweepIntervalMillis }),
    upkeep
      ? Layer.mergeAll(
          layerUpkeep({ schema, retention }),
          OrderFlow.layerOverdue(),
          layerStockCheck(),
          sealing(InventoryLog)
        )
      : Layer.empty
  )
  return background.pipe(
    Layer.provideMerge(OrderFlow.layer()),
    Layer.provide(layerParkedOrderEvents({ schema })),
    Layer.provideMerge(Inventory.layer(engine))
  )
}

/** What is dropped of the catalog: it has no ledger. */
const retentionOfCatalog = ({ retention }: Options) => {
  if (retention === undefined) return undefined
  const { movementsMonths: _, ...events } = retention
  return Object.keys(events).length === 0 ? undefined : events
}

/** How the catalog's part is opened. */
type CatalogPart = Pick<Options, "engine" | "schema">

/** The tables of the catalog over the connections. */
const catalogTablesOver = ({ migrate = true }: Options, { engine = {}, schema }: CatalogPart) => {
  const { deadlineMillis, lanes } = engine
  return Layer.provide(
    layerCatalogStorage({ schema, lanes, deadlineMillis }),
    migrate ? layerCatalogMigrations({ schema }) : Layer.empty
  )
}

/** The catalog over its tables and what answers for the inventory. */
const catalogOver = (options: Options, { engine: given = {}, schema }: CatalogPart) => {
  const { deadlineMillis: _, lanes: _lanes, ...engine } = given
  const retention = retentionOfCatalog(options)
  const upkeep = options.upkeep ?? true
  return Layer.merge(
    Catalog.layer(engine),
    upkeep
      ? Layer.merge(layerCatalogUpkeep({ schema, retention }), sealing(CatalogLog))
      : Layer.empty
  )
}

/** What is read is cached in: the cache of the options, or nothing. */
const cachingOf = ({ cache, caching, replicaLagMaxMillis: replicaLagMillis }: Options) => {
  const layer = cacheLayerOf(cache)
  return layer && Layer.provide(layerCaching({ ...caching, replicaLagMillis }), layer)
}

const nothing = Layer.empty as Layer.Layer<never, never, never>

/** The copies of an inventory; none without a cache. */
const stockCopiesOf = (options: Options) => {
  const caching = cachingOf(options)
  return caching === undefined
    ? nothing
    : Layer.provideMerge(layerStockCopies({ schema: options.schema ?? schemaDefault }), caching)
}

/** The copies of a catalog; none without a cache. The stock beside them is that of `StockStatus`. */
const catalogCopiesOf = (options: Options, { schema = catalogSchemaDefault }: CatalogPart) => {
  const caching = cachingOf(options)
  return caching === undefined
    ? nothing
    : Layer.provideMerge(layerCatalogCopies({ schema }), caching)
}

/** The copies of both, where the stock beside products comes from copies too. */
const bothCopiesOf = (options: Options, { schema = catalogSchemaDefault }: CatalogPart) => {
  const caching = cachingOf(options)
  return caching === undefined
    ? nothing
    : Layer.provide(layerCatalogCopies({ schema }), layerCopiedStock()).pipe(
        Layer.provideMerge(layerStockCopies({ schema: options.schema ?? schemaDefault })),
        Layer.provideMerge(caching)
      )
}

/** An inventory alone. */
export const inventoryLayer = (options: Options) =>
  inventoryOver(options).pipe(
    Layer.provideMerge(stockCopiesOf(options)),
    Layer.provideMerge(inventoryTablesOver(options)),
    Layer.provideMerge(layerKeyRingOption(options.keyRing, options.schema ?? schemaDefault)),
    Layer.provideMerge(grounds(options))
  )

/** A catalog alone: it asks no inventory. */
export const catalogLayer = (options: Options) =>
  catalogOver(options, options).pipe(
    Layer.provideMerge(catalogCopiesOf(options, options)),
    Layer.provideMerge(catalogTablesOver(options, options)),
    Layer.provideMerge(StockStatus.layerNone),
    Layer.provideMerge(layerKeyRingOption(options.keyRing, options.schema ?? catalogSchemaDefault)),
    Layer.provideMerge(grounds(options))
  )

/** Both contexts, joined. Changes of a catalog are few: it has one lane beside the inventory's. */
export const holdfastLayer = (options: Options) => {
  const { engine, followStock = true, ...about } = options.catalog ?? {}
  const part = { ...about, engine: { lanes: 1, ...engine } }
  const followers = Layer.merge(
    followStock ? layerSoldOut() : Layer.empty,
    (options.upkeep ?? true) ? layerBundleKeeper() : Layer.empty
  )
  return followers.pipe(
    Layer.provideMerge(Layer.merge(inventoryOver(options), catalogOver(options, part))),
    // Each context asks the other's tables, and neither waits for the other to be opened.
    Layer.provideMerge(
      Layer.mergeAll(layerStockStatus(), layerOptionMappings, FollowedInventory.layerLocal)
    ),
    Layer.provideMerge(bothCopiesOf(options, part)),
    Layer.provideMerge(Layer.merge(inventoryTablesOver(options), catalogTablesOver(options, part))),
    Layer.provideMerge(layerKeyRingOption(options.keyRing, options.schema ?? schemaDefault)),
    Layer.provideMerge(grounds(options))
  )
}
