/** What the REST API is mounted over: an inventory of the Promise API, or a layer of the engine. */
import { HoldfastError, type HoldfastInventory } from "@holdfast/core"
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

/**
 * The engine behind either. Over an inventory the layer opens nothing and closes nothing: the
 * inventory is the host's own.
 */
export const engineOf = <E>(inventory: HoldfastInventory | EngineLayer<E>): Engine => {
  if (Layer.isLayer(inventory))
    return { layer: inventory as EngineLayer<E>, loggers: undefined, hasCatalog: undefined }
  const services = servicesOf(inventory)
  if (services !== undefined) {
    return {
      layer: Layer.succeedContext(services),
      loggers: Context.get(services, Logger.CurrentLoggers),
      hasCatalog: false
    }
  }
  const message = "must be what createInventory gave, or a layer of the engine"
  throw new HoldfastError("InvalidInput", { issues: [{ path: "inventory", message }] })
}
