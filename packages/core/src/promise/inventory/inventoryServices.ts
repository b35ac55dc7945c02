/**
 * The services behind an open inventory of the Promise API. The object carries them for packages
 * that build on Holdfast, such as a REST API over the same engine. The types of the Promise door do
 * not show them. The symbol is global, so any copy of this package finds what another copy left.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import { InventoryLog } from "../../inventory/ports/InventoryLog.ts"
import { StockReads } from "../../inventory/ports/StockReads.ts"
import type { Inventory } from "../../inventory/services/Inventory.ts"
import type { ContextCalls } from "../engine/PromiseCalls.ts"

/** Everything that an open inventory gives to what is built on it. */
export type InventoryServices = Inventory | StockReads | InventoryLog

const key = Symbol.for("@holdfast/core/services")

/** Reads that closing waits for. */
const readsOf = (reads: StockReads["Service"], calls: ContextCalls): StockReads["Service"] =>
  Object.fromEntries(
    Object.entries(reads).map(([name, read]) => [
      name,
      typeof read === "function"
        ? (...parameters: ReadonlyArray<unknown>) =>
            calls.during(name, Reflect.apply(read, reads, parameters) as Effect.Effect<unknown>)
        : calls.during(name, read)
    ])
  ) as StockReads["Service"]

/** A log whose reads closing waits for. */
const logOf = (log: InventoryLog["Service"], calls: ContextCalls): InventoryLog["Service"] => ({
  ...log,
  read: (after, limit) => calls.during("events", log.read(after, limit)),
  head: calls.during("events", log.head)
})

/** Puts the services on an inventory, where no listing of its members shows them. */
export const withServices = <Opened extends object>(
  inventory: Opened,
  services: Context.Context<InventoryServices>,
  calls: ContextCalls
): Opened => {
  const reads = readsOf(Context.get(services, StockReads), calls)
  const log = logOf(Context.get(services, InventoryLog), calls)
  return Object.defineProperty(inventory, key, {
    value: Context.add(services, StockReads, reads).pipe(Context.add(InventoryLog, log))
  })
}

/** The services of an inventory that `toHoldfast` or `toPromises` gave; undefined for anything else. */
export const servicesOf = (inventory: unknown): Context.Context<InventoryServices> | undefined =>
  typeof inventory === "object" && inventory !== null
    ? (inventory as { readonly [key]?: Context.Context<InventoryServices> })[key]
    : undefined
