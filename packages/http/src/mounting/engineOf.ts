/** What the REST API is mounted over: an inventory of the Promise API, or a layer of the engine. */
import { HoldfastError, type HoldfastInventory } from "@holdfast/core"
import { type InventoryServices, servicesOf } from "@holdfast/core/inventory"
import * as Layer from "effect/Layer"

/** The services that the routes need, as a layer. Building it opens the engine. */
export type EngineLayer<E = unknown> = Layer.Layer<InventoryServices, E>

/**
 * The layer behind either. Over an inventory it opens nothing and closes nothing: the inventory is
 * the host's own.
 */
export const engineOf = <E>(inventory: HoldfastInventory | EngineLayer<E>): EngineLayer<E> => {
  if (Layer.isLayer(inventory)) return inventory as EngineLayer<E>
  const services = servicesOf(inventory)
  if (services !== undefined) return Layer.succeedContext(services)
  const message = "must be what createInventory gave, or a layer of the engine"
  throw new HoldfastError("InvalidInput", { issues: [{ path: "inventory", message }] })
}
