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
import type * as Scope from "effect/Scope"
import type { RequestOptions as EngineRequestOptions } from "../engine/RequestOptions.ts"
import { StockReads } from "../inventory/ports/StockReads.ts"
import * as ExpirySweeper from "../inventory/services/ExpirySweeper.ts"
import { Inventory } from "../inventory/services/Inventory.ts"
import { InventoryQueries } from "../inventory/services/InventoryQueries.ts"
import { methodTags } from "../inventory/services/inventoryMethods.ts"
import type {
  Holdfast,
  HoldfastInventory,
  InventoryCommands,
  TransactionCommands
} from "./HoldfastInventory.ts"
import type { ReadOptions, RequestOptions } from "./InventoryInputs.ts"
import { type InventoryServices, withServices } from "./inventoryServices.ts"
import { type CallFailure, PromiseCalls, startError } from "./PromiseCalls.ts"
import { type PlainAnswer, plainInput } from "./plainValues.ts"
import { layerIdleClock, whileHeld } from "./processLife.ts"
import { promiseReads } from "./promiseReads.ts"
import { readReadOptions, readRequestOptions } from "./readInputs.ts"

/** Methods of a context as an Effect application has them. */
type EffectMethods = Readonly<
  Record<string, (input: never, options?: EngineRequestOptions) => Effect.Effect<unknown, unknown>>
>

/** The same methods as promises: the input is read by the engine, the options here. */
const promised = (
  names: ReadonlyArray<string>,
  methodsOf: Effect.Effect<EffectMethods>,
  calls: PromiseCalls
) =>
  Object.fromEntries(
    names.map((name) => [
      name,
      (input: unknown, options?: RequestOptions) =>
        calls.call(name, readRequestOptions(options ?? {}), (about) =>
          Effect.flatMap(methodsOf, (methods) => {
            const method = methods[name] as EffectMethods[string]
            return method(plainInput(input) as never, about) as Effect.Effect<unknown, CallFailure>
          })
        )
    ])
  )

const promiseMethods = (
  inventoryOf: Effect.Effect<Inventory["Service"]>,
  calls: PromiseCalls
): TransactionCommands =>
  promised(
    Object.keys(methodTags),
    inventoryOf as Effect.Effect<unknown> as Effect.Effect<EffectMethods>,
    calls
  ) as unknown as TransactionCommands

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
 * host's own transaction. A call that is aborted rejects once it no longer uses the transaction.
 */
export const commandsToPromises = (
  inventory: Effect.Effect<Inventory["Service"]>
): TransactionCommands =>
  promiseMethods(
    inventory,
    new PromiseCalls(ManagedRuntime.make(Layer.empty), { abortsWhenEnded: true })
  )

/** Opens a layer once, and closes it when the door closes. */
const openDoor = async <R, E, Api extends object>(
  layer: Layer.Layer<R, E>,
  apiOf: (context: Context.Context<R>, calls: PromiseCalls) => Api
): Promise<Api & Pick<Holdfast, "close" | typeof Symbol.asyncDispose>> => {
  const runtime = ManagedRuntime.make(Layer.provideMerge(layer, layerIdleClock))
  const built = await whileHeld(runtime.runPromiseExit(Effect.context<R>()))
  if (Exit.isFailure(built)) {
    await runtime.dispose()
    throw startError(built.cause)
  }
  const calls = new PromiseCalls(runtime)
  return {
    ...apiOf(built.value, calls),
    close: (options) => calls.close(options),
    [Symbol.asyncDispose]: () => calls.close()
  }
}

/**
 * Opens the layer of all contexts and gives them as promises. Rejects with a `HoldfastError` of code
 * `StartFailed`, or the store's own reason, when the layer cannot be built; nothing stays open then.
 * What is open does not hold the process alive; a call that is under way does.
 */
export const toHoldfast = <E>(layer: Layer.Layer<InventoryServices, E>): Promise<Holdfast> =>
  openDoor(layer, (context, calls) => ({
    inventory: withServices(
      {
        ...promiseCommands(context, calls),
        ...promiseReads(InventoryQueries.over(Context.get(context, StockReads)), calls)
      },
      context,
      calls
    )
  }))

/** A method of a context as a promise. */
export type PromisedMethod<Method> = Method extends (
  input: infer Input,
  ...rest: never
) => Effect.Effect<infer Answer, unknown>
  ? (input: Input, options?: RequestOptions) => Promise<PlainAnswer<Answer>>
  : never

/**
 * Opens the methods of a context of your own as promises. A refusal rejects with a `HoldfastError`
 * whose `code` is its tag, whose `details` are its fields, and whose message is its `message`.
 */
export const methodsToPromises = <Methods extends EffectMethods, E>(
  open: Effect.Effect<Methods, E, Scope.Scope>
): Promise<
  { readonly [Name in keyof Methods]: PromisedMethod<Methods[Name]> } & Pick<
    Holdfast,
    "close" | typeof Symbol.asyncDispose
  >
> => {
  const Opened = Context.Service<Methods>("@holdfast/core/promise/Methods")
  return openDoor(Layer.effect(Opened, open), (context, calls) => {
    const methods = Context.get(context, Opened)
    return promised(Object.keys(methods), Effect.succeed(methods), calls) as never
  })
}

/** The inventory alone, opened as `toHoldfast` does. */
export const toPromises = async <E>(
  layer: Layer.Layer<InventoryServices, E>
): Promise<HoldfastInventory> => {
  const { inventory, ...door } = await toHoldfast(layer)
  return Object.assign(inventory, door)
}
