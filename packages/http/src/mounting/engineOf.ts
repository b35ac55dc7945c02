/** What the REST API is mounted over: an inventory of the Promise API, or a layer of the engine. */
import { type HoldfastCatalog, HoldfastError, type HoldfastInventory } from "@holdfast/core"
import { catalogServicesOf } from "@holdfast/core/catalog"
import { type InventoryServices, servicesOf } from "@holdfast/core/inventory"
import * as Context from "effect/Context"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"

/** The services that the routes need, as a layer. Building it opens the engine. */
export type EngineLayer<E = unknown> = Layer.Layer<InventoryServices, E>

/** Where what is logged goes. */
export type Loggers = ReadonlySet<Logger.Logger<unknown, unknown>>

/** An engine to mount over. */
export interface Engine {
  readonly layer: EngineLayer
  /** The log of the inventory; undefined for a layer, whose log is known only once it is built. */
  readonly loggers: Loggers | undefined
  /** Whether it has a catalog; undefined for a layer, where this is known only once it is built. */
  readonly hasCatalog: boolean | undefined
}

/** What a host mounts: an inventory, alone or beside a catalog, or a layer of the engine. */
export type Mountable<E> =
  | HoldfastInventory
  | { readonly inventory: HoldfastInventory; readonly catalog: HoldfastCatalog }
  | EngineLayer<E>

const refuse = (path: string, message: string): never => {
  throw new HoldfastError("InvalidInput", { issues: [{ path, message }] })
}

const catalogOf = (host: object) => {
  if (!("catalog" in host) || host.catalog === undefined) return undefined
  const message = "must be what catalogToPromises gave"
  return catalogServicesOf(host.catalog) ?? refuse("catalog", message)
}

/**
 * The engine behind any of them. Over an inventory the layer opens nothing and closes nothing: it is
 * the host's own, and so is its catalog.
 */
export const engineOf = <E>(host: Mountable<E>): Engine => {
  if (Layer.isLayer(host)) {
    return { layer: host as EngineLayer<E>, loggers: undefined, hasCatalog: undefined }
  }
  const inventory = Object(host).inventory ?? host
  const services =
    servicesOf(inventory) ??
    refuse("inventory", "must be what createInventory gave, or a layer of the engine")
  const catalog = catalogOf(Object(host))
  const loggers = Context.get(services, Logger.CurrentLoggers)
  return catalog === undefined
    ? { layer: Layer.succeedContext(services), loggers, hasCatalog: false }
    : {
        layer: Layer.succeedContext(Context.merge(catalog, services)),
        loggers,
        hasCatalog: true
      }
}
