/**
 * The bridge: any layer of the inventory as the Promise API. The layer is built once, before the
 * promise of the API resolves, and ended by `close`. This file is on the Effect side of the door;
 * what it returns has no type of Effect.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { StockReads } from "../inventory/ports/StockReads.ts"
import * as ExpirySweeper from "../inventory/services/ExpirySweeper.ts"
import { Inventory } from "../inventory/services/Inventory.ts"
import { InventoryQueries } from "../inventory/services/InventoryQueries.ts"
import {
  type InventoryMethods,
  type MethodName,
  methodTags
} from "../inventory/services/inventoryMethods.ts"
import type {
  Holdfast,
  HoldfastInventory,
  InventoryCalls,
  InventoryCommands,
  TransactionCommands
} from "./HoldfastInventory.ts"
import type { ReadOptions, RequestOptions } from "./InventoryInputs.ts"
import { type InventoryServices, withServices } from "./inventoryServices.ts"
import { PromiseCalls, startError } from "./PromiseCalls.ts"
import { plainInput } from "./plainValues.ts"
import { layerIdleClock, whileHeld } from "./processLife.ts"
import { promiseReads } from "./promiseReads.ts"
import { readReadOptions, readRequestOptions } from "./readInputs.ts"

/** The commands as methods: the input is read by the engine, the options here. */
const promiseMethods = (
  inventoryOf: Effect.Effect<Inventory["Service"]>,
  calls: PromiseCalls
): TransactionCommands => {
  const methods = Object.keys(methodTags).map((name) => {
    const promised = (input: unknown, options?: RequestOptions) =>
      calls.call(name, readRequestOptions(options ?? {}), (about) =>
        Effect.flatMap(inventoryOf, (inventory) => {
          const method = inventory[name as MethodName] as InventoryMethods["receive"]
          return method(plainInput(input) as never, about)
        })
      )
    return [name, promised]
  })
  return Object.fromEntries(methods)
}

const promiseCommands = (
  context: Context.Context<InventoryServices>,
  calls: PromiseCalls
): InventoryCommands => {
  const expireLapsed = (options?: ReadOptions) =>
    calls.call("expireLapsed", readReadOptions(options ?? {}), () =>
      Effect.provideContext(ExpirySweeper.expireLapsed, context)
    )
  return {
    ...promiseMethods(Effect.succeed(Context.get(context, Inventory)), calls),
    expireLapsed
  }
}

/**
 * The commands of an engine that needs no opening and no closing, such as one that lives inside a
 * host's own transaction. A call that is aborted rejects once it has let go of that.
 */
export const commandsToPromises = (
  inventory: Effect.Effect<Inventory["Service"]>
): TransactionCommands =>
  promiseMethods(
    inventory,
    new PromiseCalls(ManagedRuntime.make(Layer.empty), { abortsWhenEnded: true })
  )

/**
 * Opens the layer of all contexts and gives them as promises. Rejects with a `HoldfastError` of code
 * `StartFailed`, or the store's own reason, when the layer cannot be built; nothing stays open then.
 * What is open does not hold the process alive; a call that is under way does.
 */
export const toHoldfast = async <E>(
  layer: Layer.Layer<InventoryServices, E>
): Promise<Holdfast> => {
  const runtime = ManagedRuntime.make(Layer.provideMerge(layer, layerIdleClock))
  const built = await whileHeld(runtime.runPromiseExit(Effect.context<InventoryServices>()))
  if (Exit.isFailure(built)) {
    await runtime.dispose()
    throw startError(built.cause)
  }
  const context = built.value
  const calls = new PromiseCalls(runtime)
  const inventory: InventoryCalls = {
    ...promiseCommands(context, calls),
    ...promiseReads(InventoryQueries.over(Context.get(context, StockReads)), calls)
  }
  return {
    inventory: withServices(inventory, context),
    close: (options) => calls.close(options),
    [Symbol.asyncDispose]: () => calls.close()
  }
}

/** The inventory alone, opened as `toHoldfast` does. */
export const toPromises = async <E>(
  layer: Layer.Layer<InventoryServices, E>
): Promise<HoldfastInventory> => {
  const { inventory, ...door } = await toHoldfast(layer)
  return Object.assign(inventory, door)
}
