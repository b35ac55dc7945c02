/**
 * The services behind an open inventory of the Promise API. The object carries them for packages
 * that build on Holdfast, such as a REST API over the same engine. The types of the Promise door do
 * not show them. The symbol is global, so any copy of this package finds what another copy left.
 */
import type * as Context from "effect/Context"
import type { StockReads } from "../inventory/ports/StockReads.ts"
import type { Inventory } from "../inventory/services/Inventory.ts"

/** Everything that an open inventory gives to what is built on it. */
export type InventoryServices = Inventory | StockReads

const key = Symbol.for("@holdfast/core/services")

/** Puts the services on an inventory, where no listing of its members shows them. */
export const withServices = <Opened extends object>(
  inventory: Opened,
  services: Context.Context<InventoryServices>
): Opened => Object.defineProperty(inventory, key, { value: services })

/** The services of an inventory that `toHoldfast` or `toPromises` gave; undefined for anything else. */
export const servicesOf = (inventory: unknown): Context.Context<InventoryServices> | undefined =>
  typeof inventory === "object" && inventory !== null
    ? (inventory as { readonly [key]?: Context.Context<InventoryServices> })[key]
    : undefined
