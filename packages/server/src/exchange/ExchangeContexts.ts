/** What files go into and come out of: both contexts of one database, and the imports of each. */
import {
  layerCatalogMigrations,
  layerCatalogStorage,
  layerImportJobs,
  layerMigrations,
  layerStorage,
  type MigrationError,
  type PgSessions
} from "@holdfast/adapter-pg/effect"
import type { AuditPolicy } from "@holdfast/core/audit"
import { Catalog, CatalogReads, CatalogStore, StockStatus } from "@holdfast/core/catalog"
import type { RecordKind } from "@holdfast/core/exchange"
import { type CatalogParts, ImportJobs, type InventoryParts } from "@holdfast/core/exchange"
import { Inventory, StockReads, StockStore, type StoreError } from "@holdfast/core/inventory"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type ContextName, contextsOf, type Service } from "../cli/contextSettings.ts"

type Jobs = ImportJobs["Service"]

/** Both contexts of one database, and the imports of each. One that is not here has no tables. */
export class ExchangeContexts extends Context.Service<
  ExchangeContexts,
  {
    readonly catalog: CatalogParts & { readonly jobs: Jobs }
    readonly inventory: InventoryParts & { readonly jobs: Jobs }
    /** Whether the inventory is here, and products can be checked against its SKUs. */
    readonly isStockHere: boolean
  }
>()("holdfast/exchange/ExchangeContexts") {}

/** The context that records of a kind go into. */
export const contextOf = (kind: RecordKind): ContextName =>
  kind === "products" || kind === "categories" ? "catalog" : "inventory"

/** The imports of a kind are kept where its records go. */
export const jobsOf = (contexts: ExchangeContexts["Service"], kind: RecordKind): Jobs =>
  contexts[contextOf(kind)].jobs

/** The schemas of the contexts, and whether their tables are brought up to date first. */
export interface ExchangeOptions {
  readonly schema: string
  readonly catalogSchema: string
  readonly mayMigrate: boolean
  /** What is in the database: both contexts unless given. */
  readonly service?: Service | undefined
  /** Batches that may run side by side in each context: see `layerStorage`. */
  readonly lanes?: number | undefined
  /** Which changes get a record in the audit log: all unless given. */
  readonly auditPolicy?: AuditPolicy | undefined
}

/**
 * The contexts over open sessions. An import looks up the SKUs that its products map itself, so the
 * catalog asks no inventory.
 */
export const layerExchange = ({
  auditPolicy: audit = "ALL",
  catalogSchema,
  lanes,
  mayMigrate,
  schema,
  service = "all"
}: ExchangeOptions): Layer.Layer<ExchangeContexts, MigrationError | StoreError, PgSessions> => {
  const here = contextsOf(service)
  const tables = Layer.merge(
    mayMigrate && here.includes("inventory") ? layerMigrations({ schema }) : Layer.empty,
    mayMigrate && here.includes("catalog")
      ? layerCatalogMigrations({ schema: catalogSchema })
      : Layer.empty
  )
  const catalog = Catalog.layer({ audit }).pipe(
    Layer.provideMerge(layerCatalogStorage({ schema: catalogSchema, lanes })),
    Layer.provide(StockStatus.layerNone)
  )
  const inventory = Inventory.layer({ audit }).pipe(
    Layer.provideMerge(layerStorage({ schema, lanes }))
  )
  const jobsIn = (of: string) =>
    Effect.provide(Effect.service(ImportJobs), layerImportJobs({ schema: of }))
  return Layer.effect(
    ExchangeContexts,
    Effect.gen(function* () {
      return ExchangeContexts.of({
        catalog: {
          audit,
          catalog: yield* Catalog,
          store: yield* CatalogStore,
          reads: yield* CatalogReads,
          jobs: yield* jobsIn(catalogSchema)
        },
        inventory: {
          audit,
          inventory: yield* Inventory,
          store: yield* StockStore,
          reads: yield* StockReads,
          jobs: yield* jobsIn(schema)
        },
        isStockHere: here.includes("inventory")
      })
    })
  ).pipe(Layer.provide(Layer.merge(catalog, inventory)), Layer.provide(tables))
}
