/**
 * The bridge: any layer of the inventory as the Promise API. The layer is built once, before the
 * promise of the API resolves, and ended by `close`. This file is on the Effect side of the door;
 * what it returns has no type of Effect.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { eventOperations } from "../../events/eventOperations.ts"
import type { InventoryRefusal } from "../../inventory/messages/InventoryError.ts"
import { EventType, readKept } from "../../inventory/messages/InventoryEvent.ts"
import { type OrderCustomer, operations } from "../../inventory/messages/operations.ts"
import { InventoryLog } from "../../inventory/ports/InventoryLog.ts"
import { OptionMappings } from "../../inventory/ports/OptionMappings.ts"
import { StockCopies } from "../../inventory/ports/StockCopies.ts"
import { StockReads } from "../../inventory/ports/StockReads.ts"
import * as ExpirySweeper from "../../inventory/services/ExpirySweeper.ts"
import { Inventory } from "../../inventory/services/Inventory.ts"
import { InventoryQueries } from "../../inventory/services/InventoryQueries.ts"
import { methodTags } from "../../inventory/services/inventoryMethods.ts"
import type { StoreError } from "../../kernel/StoreError.ts"
import { OrderFlow } from "../../ordering/OrderFlow.ts"
import { orderFlowOperations } from "../../ordering/orderFlowOperations.ts"
import type { MakeError } from "../engine/errorsOfCalls.ts"
import { type EffectMethods, openDoor, promised } from "../engine/methodsToPromises.ts"
import {
  type ContextCalls,
  callsAs,
  type TransactionCaller,
  transactionCalls
} from "../engine/PromiseCalls.ts"
import { instantText, plainInput } from "../engine/plainValues.ts"
import type { Principal, ReadOptions } from "../engine/RequestOptions.ts"
import { readReadOptions } from "../engine/readOptions.ts"
import { subscribing } from "../engine/subscribing.ts"
import { type AnyHoldfastError, HoldfastError } from "./HoldfastError.ts"
import type { HoldfastErrorDetails } from "./HoldfastErrorDetails.ts"
import type {
  HoldfastInventory,
  InventoryCalls,
  InventoryCommands,
  InventoryDoor,
  TransactionCommands
} from "./HoldfastInventory.ts"
import type { InventoryCustomers } from "./InventoryCustomers.ts"
import type { InventorySubscriptions } from "./InventoryEvents.ts"
import { type InventoryServices, withServices } from "./inventoryServices.ts"
import { promiseOrderFlow } from "./promiseOrderFlow.ts"
import { promiseReads } from "./promiseReads.ts"

/** The errors of the inventory: its refusals have the sentences that they have at every door. */
export const makeInventoryError: MakeError = (code, details, options) =>
  new HoldfastError(code, details as HoldfastErrorDetails[typeof code], options)

const refusedWith = (code: string, details: object) =>
  makeInventoryError(code as never, details as never) as AnyHoldfastError

/** The input of a command as the engine reads it: each `occurredAt` may be a `Date`. */
const plainCommand = (input: unknown): unknown => {
  const plain = withInstant(plainInput(input))
  if (!isObject(plain) || !Array.isArray(plain["lines"])) return plain
  return { ...plain, lines: plain["lines"].map(withInstant) }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null

const withInstant = (plain: unknown): unknown =>
  isObject(plain) && "occurredAt" in plain
    ? { ...plain, occurredAt: instantText(plain["occurredAt"]) }
    : plain

const promiseMethods = (
  inventoryOf: Effect.Effect<Inventory["Service"]>,
  calls: ContextCalls
): TransactionCommands =>
  promised(
    Object.keys(methodTags),
    inventoryOf as Effect.Effect<unknown> as Effect.Effect<EffectMethods>,
    calls,
    plainCommand
  ) as unknown as TransactionCommands

const promiseCommands = (
  context: Context.Context<InventoryServices>,
  calls: ContextCalls
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
 * host's own transaction. A call that is aborted rejects once it no longer uses the transaction. Under a `principal`, permission is
 * asked; throws `InvalidInput` for one that cannot be read. The audit log keeps the `sender`, under a key ring.
 */
export const commandsToPromises = (
  inventory: Effect.Effect<Inventory["Service"]>,
  caller: TransactionCaller = {}
): TransactionCommands => promiseMethods(inventory, transactionCalls(makeInventoryError, caller))

/** What is kept about the customer of an order; undefined when nothing is. */
const customerOf = (
  inventory: Inventory["Service"],
  orderId: string
): Effect.Effect<OrderCustomer | undefined, InventoryRefusal | StoreError> =>
  Effect.catch(inventory.customer({ orderId }), (failure) =>
    failure._tag === "CustomerNotFound" ? Effect.succeed(undefined) : Effect.fail(failure)
  )

const promiseCustomers = (
  inventory: Inventory["Service"],
  calls: ContextCalls
): InventoryCustomers => ({
  ...(promised(
    ["eraseCustomer"],
    Effect.succeed(inventory as unknown as EffectMethods),
    calls
  ) as Pick<InventoryCustomers, "eraseCustomer">),
  customer: (orderId, options) =>
    calls.call("customer", readReadOptions(options ?? {}), () => customerOf(inventory, orderId))
})

/** The permissions of those methods that no service asks for. */
const otherOperations = {
  expireLapsed: operations.expireLapsed,
  subscribe: eventOperations.subscribe,
  ...orderFlowOperations
}

/** The inventory as promises, over the calls of an open door. */
export const promiseInventory = (
  context: Context.Context<InventoryServices>,
  calls: ContextCalls
): InventoryDoor => {
  const as = (principal: Principal) =>
    inventoryCalls(context, callsAs(calls, principal, makeInventoryError, otherOperations))
  return withServices({ ...inventoryCalls(context, calls), as }, context, calls)
}

const inventoryCalls = (
  context: Context.Context<InventoryServices>,
  calls: ContextCalls
): InventoryCalls => {
  const log = Context.get(context, InventoryLog)
  const optional = context as Context.Context<
    InventoryServices | OrderFlow | OptionMappings | StockCopies
  >
  const mappings = Option.getOrUndefined(Context.getOption(optional, OptionMappings))
  const copies = Option.getOrUndefined(Context.getOption(optional, StockCopies))
  const queries = InventoryQueries.over(Context.get(context, StockReads), mappings, copies)
  const subscribe = subscribing(
    { log, read: readKept, type: EventType },
    calls
  ) as InventorySubscriptions["subscribe"]
  const flow = Context.getOption(optional, OrderFlow)
  return {
    ...promiseCommands(context, calls),
    ...promiseCustomers(Context.get(context, Inventory), calls),
    ...promiseReads(queries, log, calls),
    subscribe,
    handleOrderEvent: promiseOrderFlow(flow, refusedWith, calls)
  }
}

/**
 * Opens the layer of an inventory and gives it as promises. Rejects with a `HoldfastError` of code
 * `StartFailed`, or the store's own reason, when the layer cannot be built; nothing stays open then.
 * What is open does not hold the process alive; a call that is under way does. `handleOrderEvent` needs
 * a layer that has `OrderFlow` too, and `checkAvailability` of options one that has `OptionMappings`.
 */
export const toPromises = async <E>(
  layer: Layer.Layer<InventoryServices, E>
): Promise<HoldfastInventory> => {
  const { inventory, ...door } = await openDoor(layer, makeInventoryError, (context, calls) => ({
    inventory: promiseInventory(context, calls)
  }))
  return Object.assign(inventory, door)
}
