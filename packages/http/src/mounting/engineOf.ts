/** What the REST API is mounted over: what the Promise API gave, or a layer of the engine. */
import { type CatalogCalls, HoldfastError, type InventoryCalls } from "@holdfast/core"
import { type CatalogServices, catalogServicesOf } from "@holdfast/core/catalog"
import { type InventoryServices, servicesOf } from "@holdfast/core/inventory"
import * as Context from "effect/Context"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import type { ContextName } from "../events/contexts.ts"

/** The services of an inventory, a catalog or both, as a layer. Building it opens the engine. */
export type EngineLayer<E = unknown> =
  | Layer.Layer<InventoryServices, E>
  | Layer.Layer<CatalogServices, E>

/** Where what is logged goes. */
export type Loggers = ReadonlySet<Logger.Logger<unknown, unknown>>

/** An engine to mount over. */
export interface Engine {
  readonly layer: EngineLayer
  /** The log of the inventory; undefined for what has none, or has it only once it is built. */
  readonly loggers: Loggers | undefined
  /** What it has; undefined for a layer, where this is known only once it is built. */
  readonly contexts: ReadonlyArray<ContextName> | undefined
}

/** What a host mounts: an inventory, a catalog or both, or a layer of the engine. */
export type Mountable<E> =
  | InventoryCalls
  | { readonly inventory: InventoryCalls; readonly catalog: CatalogCalls }
  | { readonly catalog: CatalogCalls }
  | EngineLayer<E>

const refuse = (path: string, message: string): never => {
  throw new HoldfastError("InvalidInput", { issues: [{ path, message }] })
}

const catalogOf = (host: object) => {
  if (!("catalog" in host) || host.catalog === undefined) return undefined
  const message = "must be the catalog of createHoldfast, or what createCatalog gave"
  return catalogServicesOf(host.catalog) ?? refuse("catalog", message)
}

/**
 * The engine behind any of them. Over an inventory the layer opens nothing and closes nothing: it is
 * the host's own, and so is its catalog.
 */
export const engineOf = <E>(host: Mountable<E>): Engine => {
  if (Layer.isLayer(host)) {
    return { layer: host as EngineLayer<E>, loggers: undefined, contexts: undefined }
  }
  const catalog = catalogOf(Object(host))
  if (catalog !== undefined && Object(host).inventory === undefined) {
    return { layer: Layer.succeedContext(catalog), loggers: undefined, contexts: ["catalog"] }
  }
  const inventory = Object(host).inventory ?? host
  const services =
    servicesOf(inventory) ??
    refuse(
      "inventory",
      catalogServicesOf(host) === undefined
        ? "must be what createInventory or createHoldfast gave, or a layer of the engine"
        : "is a catalog; to mount it alone, write { catalog }"
    )
  const loggers = Context.get(services, Logger.CurrentLoggers)
  return catalog === undefined
    ? { layer: Layer.succeedContext(services), loggers, contexts: ["inventory"] }
    : {
        layer: Layer.succeedContext(Context.merge(catalog, services)),
        loggers,
        contexts: ["inventory", "catalog"]
      }
}
