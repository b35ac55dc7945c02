/**
 * What a process serves, put together: the engines of its contexts, the REST API over them, and what
 * joins them. The other context may be in the same process, in another one, or nowhere.
 */
import type { MigrationError, PgSessions, Retention } from "@holdfast/adapter-pg/effect"
import type { AuditPolicy } from "@holdfast/core/audit"
import type { Caching } from "@holdfast/core/caching"
import { type CatalogCopies, StockStatus } from "@holdfast/core/catalog"
import {
  type InventoryServices,
  layerBundleKeeper,
  OptionMappings,
  type StockCopies,
  type StoreError
} from "@holdfast/core/inventory"
import {
  FollowedInventory,
  layerOptionMappings,
  layerSoldOut,
  layerStockStatus
} from "@holdfast/core/shelf"
import { type HttpOptions, layerCatalogServer, layerServer } from "@holdfast/http"
import * as Effect from "effect/Effect"
import type { HttpServer } from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import type { CommandFailure } from "../cli/CommandFailure.ts"
import type { OtherUrls, Schemas, Service } from "../cli/contextSettings.ts"
import { catalogCopiesOf, copiedStockOf, stockCopiesOf } from "./caching.ts"
import {
  layerCatalogEngine,
  layerCatalogTables,
  layerInventoryEngine,
  layerInventoryTables
} from "./engine.ts"
import { type PresentInput, presenceOf } from "./health/presence.ts"
import type { CertificateFiles } from "./network/certificateFiles.ts"
import {
  layerOtherCatalog,
  layerOtherInventory,
  type OtherContext
} from "./network/otherContext.ts"
import { ownerHere } from "./relaying.ts"
import { ServedContexts, servedCatalog, servedInventory } from "./ServedContexts.ts"
import type { ServerLife } from "./ServerLife.ts"

/** What is served, and how its engines run. */
export interface ContextsInput extends Schemas, OtherUrls, PresentInput {
  readonly auditPolicy: AuditPolicy
  readonly service: Service
  readonly lanes: number | undefined
  readonly migrate: boolean
  readonly sweepInterval: number
  readonly retention: Retention | undefined
  /** What the other context is asked with over https. */
  readonly peer: CertificateFiles | undefined
  /** How reads are cached; undefined when they are not. */
  readonly caching: Layer.Layer<Caching> | undefined
}

type Failure = CommandFailure | MigrationError | StoreError

/** The parts of a server that depend on what is served. */
export interface ContextLayers {
  readonly served: Layer.Layer<ServedContexts, Failure, PgSessions>
  readonly routes: Layer.Layer<never, Failure, PgSessions | HttpServer>
  /** Lets options follow the stock of their SKUs, and keeps bundles whole, where both can be reached. */
  readonly follower: Layer.Layer<never, Failure, PgSessions>
  /** The inventory, where it is here. */
  readonly inventory: Layer.Layer<InventoryServices, Failure, PgSessions> | undefined
  /** Another door over the same engines. */
  readonly beside: <A, E>(door: Layer.Layer<A, E>) => Layer.Layer<A, E | Failure, PgSessions>
}

const follower = layerSoldOut({ owner: ownerHere() })

/** Frees the rest of a bundle of which a correction took a part, where options are reserved. */
const keeper = layerBundleKeeper()

/** How another process is asked. */
const otherAt = (url: URL, { peer, serviceKey }: ContextsInput): OtherContext => ({
  url,
  peer,
  bearer: serviceKey?.value
})

/** A context with its copies beside it, where there are any. */
const beside = <A, E, R, E2, R2>(
  context: Layer.Layer<A, E, R>,
  copies: Layer.Layer<StockCopies, E2, R2> | Layer.Layer<CatalogCopies, E2, R2> | undefined
): Layer.Layer<A, E | E2, R | R2> =>
  copies === undefined ? context : Layer.merge(context, copies as Layer.Layer<never, E2, R2>)

/** The inventory alone: the catalog is in another process, or there is none. */
const inventoryAlone = (
  tables: ReturnType<typeof layerInventoryTables>,
  input: ContextsInput,
  options: HttpOptions
): ContextLayers => {
  const { auditPolicy, catalogUrl: url, sweepInterval } = input
  const catalog =
    url === undefined ? OptionMappings.layerNone : layerOtherCatalog(otherAt(url, input))
  const inventory = layerInventoryEngine(tables, catalog, { auditPolicy, sweepInterval })
  const copies = stockCopiesOf(input.caching, tables, input.schema)
  return {
    inventory,
    served: Layer.provide(Layer.effect(ServedContexts, Effect.all([servedInventory])), inventory),
    routes: Layer.provide(layerServer(options), beside(inventory, copies)),
    beside: (door) => Layer.provide(door, inventory),
    follower: url === undefined ? Layer.empty : Layer.provide(keeper, inventory)
  }
}

/** The catalog alone: the inventory is in another process, or there is none. */
const catalogAlone = (
  tables: ReturnType<typeof layerCatalogTables>,
  input: ContextsInput,
  options: HttpOptions
): ContextLayers => {
  const { auditPolicy, inventoryUrl: url } = input
  const remote = url === undefined ? undefined : layerOtherInventory(otherAt(url, input))
  const stock = remote ?? StockStatus.layerNone
  const catalog = layerCatalogEngine(tables, stock, auditPolicy)
  const copies = catalogCopiesOf(input.caching, tables, stock, input.catalogSchema)
  return {
    inventory: undefined,
    served: Layer.provide(Layer.effect(ServedContexts, Effect.all([servedCatalog])), catalog),
    routes: Layer.provide(layerCatalogServer(options), beside(catalog, copies)),
    beside: (door) => Layer.provide(door, catalog),
    follower:
      remote === undefined ? Layer.empty : Layer.provide(follower, Layer.merge(remote, catalog))
  }
}

/** The parts of a server, for what it serves. */
export const contextLayers = (
  input: ContextsInput,
  life: ServerLife,
  options: HttpOptions
): ContextLayers => {
  const { catalogSchema, lanes, migrate: mayMigrate, retention, schema, service } = input
  const kept = { mayMigrate, retention, life, presence: presenceOf(input) }
  const inventoryTables = layerInventoryTables({ schema, lanes, ...kept })
  // Changes of the catalog are few.
  const catalogTables = layerCatalogTables({ schema: catalogSchema, lanes: 1, ...kept })
  if (service === "inventory") return inventoryAlone(inventoryTables, input, options)
  if (service === "product") return catalogAlone(catalogTables, input, options)
  const inventory = layerInventoryEngine(
    inventoryTables,
    Layer.provide(layerOptionMappings, catalogTables),
    input
  )
  const catalog = layerCatalogEngine(
    catalogTables,
    Layer.provide(layerStockStatus(), inventoryTables),
    input.auditPolicy
  )
  const both = Layer.merge(inventory, catalog)
  const stock = stockCopiesOf(input.caching, inventoryTables, schema)
  const products =
    stock &&
    catalogCopiesOf(
      input.caching,
      catalogTables,
      copiedStockOf(stock, inventoryTables),
      catalogSchema
    )
  const contexts = Effect.all([servedInventory, servedCatalog])
  return {
    inventory,
    served: Layer.provide(Layer.effect(ServedContexts, contexts), both),
    routes: Layer.provide(layerServer(options), beside(beside(both, stock), products)),
    beside: (door) => Layer.provide(door, both),
    follower: Layer.provide(
      Layer.merge(follower, keeper),
      Layer.provideMerge(FollowedInventory.layerLocal, both)
    )
  }
}
