/**
 * SERVICE. The door to the inventory for commands. It validates, gathers commands that arrive
 * together into one batch, has the store decide and commit them at once, and answers each caller
 * with its own result. What it promises is what `StockStore` and `GroupCommit` promise.
 */
import * as Context from "effect/Context"
import * as Digest from "effect/crypto/Digest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import { cartIdOf } from "../../access/carts.ts"
import { layerDigest } from "../../access/layerDigest.ts"
import { ownsOrders } from "../../access/Principal.ts"
import type { AuditPolicy } from "../../audit/asking.ts"
import {
  type EngineOptions,
  type Execute,
  makeQueued,
  makeUnqueued,
  methodsOver,
  type ReadCommand
} from "../../engine/commandService.ts"
import { permittedCommand, permittedMethods } from "../../engine/methods/permitted.ts"
import type { Executed } from "../../engine/Request.ts"
import { RequestCaller } from "../../engine/RequestCaller.ts"
import type { RequestOptions } from "../../engine/RequestOptions.ts"
import type { StoreError } from "../../kernel/StoreError.ts"
import { KeyRing } from "../../secrets/KeyRing.ts"
import type { StockRequest } from "../batch/batchScope.ts"
import { type InventoryTypes, inventoryDomain } from "../batch/inventoryDomain.ts"
import { resourceOf } from "../batch/permitting.ts"
import { commandOperations } from "../messages/commandOperations.ts"
import type { AnswerOf } from "../messages/InventoryAnswer.ts"
import type {
  CommandOf,
  CommandTag,
  InventoryCommand,
  ValidCommand,
  ValidCommandOf
} from "../messages/InventoryCommand.ts"
import type { InventoryRefusal } from "../messages/InventoryError.ts"
import { nameOptions } from "../messages/linesBound.ts"
import { permittedCommands } from "../messages/operations.ts"
import type { ClaimOfCart, SkuCommand, SkuLine } from "../messages/SkuCommand.ts"
import { joinedOptions, type OptionMappings } from "../ports/OptionMappings.ts"
import { StockStore } from "../ports/StockStore.ts"
import { type CustomerMethods, customerMethods } from "./customers/customerMethods.ts"
import { type EncryptedCustomers, keepingCustomers } from "./customers/keepingCustomers.ts"
import { expandOptions } from "./expandOptions.ts"
import { witnessStock } from "./figures/witnessStock.ts"
import { type InventoryMethods, methodTags } from "./inventoryMethods.ts"
import { makeOrderTally } from "./OrderTally.ts"
import { checkCommand, readAtOnce } from "./readCommand.ts"

/** How the inventory's engine is tuned. */
export type InventoryOptions = EngineOptions

/** The inventory's commands. */
export class Inventory extends Context.Service<
  Inventory,
  InventoryMethods &
    CustomerMethods & {
      /**
       * Runs a command that `readCommand`, `checkCommand` or the schema `ValidCommand` gave. Any other
       * object does not compile. Where it gets here all the same, it is checked.
       */
      readonly execute: <Tag extends CommandTag>(
        command: ValidCommandOf<Tag>,
        options?: RequestOptions
      ) => Effect.Effect<Executed<AnswerOf<Tag>>, InventoryRefusal | StoreError>
    }
>()("@holdfast/core/inventory/Inventory") {
  /**
   * The engine over a `StockStore`. Closing its scope answers what was taken, then ends. Lines may
   * name options of a catalog when `OptionMappings` is provided.
   */
  static readonly layer = (
    options: InventoryOptions = {}
  ): Layer.Layer<Inventory, never, StockStore> =>
    Layer.provide(Layer.effect(Inventory, queued(options)), layerDigest)

  /**
   * The engine without a queue: each command is a batch alone, in the caller's own fiber. For a
   * host's own transaction, where there is nothing to gather.
   */
  static readonly layerUnqueued = (
    options: Pick<InventoryOptions, "audit"> = {}
  ): Layer.Layer<Inventory, never, StockStore> =>
    Layer.provide(Layer.effect(Inventory, unqueued(options)), layerDigest)
}

/** What the lines of a command became that named options. */
type Expanded = Result.Result<ReadonlyArray<SkuLine>, InventoryRefusal | StoreError>

/** A command whose lines name options, as far as that is known. */
type WithLines = CommandOf<"ReserveStock" | "PlaceOrder">

const withOptions = (command: InventoryCommand): WithLines | undefined => {
  const hasLines = command._tag === "ReserveStock" || command._tag === "PlaceOrder"
  return hasLines && nameOptions(command.lines) ? command : undefined
}

/** A person or a guest owns what they reserve, unless they name somebody else and may do so. */
const withOwner = (request: StockRequest): StockRequest => {
  const { command, principal } = request
  const makesHolds = command._tag === "ReserveStock" || command._tag === "PlaceOrder"
  return makesHolds && principal !== undefined && ownsOrders(principal)
    ? { ...request, command: { ownerId: principal.id, ...command } }
    : request
}

/**
 * Puts lines of SKUs in the place of those that name options, and notes which reserves have to count
 * the lines of their order first.
 */
const makeRequests = (expanded: WeakMap<object, Expanded>, encrypted: EncryptedCustomers) => {
  const tally = makeOrderTally()
  const counted = (asked: StockRequest): StockRequest => {
    const request = asked.principal === undefined ? asked : withOwner(asked)
    const { command } = request
    return command._tag === "ReserveStock" && tally(command.orderId, command.lines.length)
      ? { ...request, isOrderCounted: true }
      : request
  }
  const withCustomer = (request: StockRequest): StockRequest => {
    if (!("hasCustomer" in request.command)) return request
    const customer = encrypted.get(request.command)
    if (customer === undefined) throw new Error("a customer was not encrypted")
    return { ...request, customer }
  }
  return (given: StockRequest): StockRequest => {
    const request = withCustomer(given)
    const asked = request.command as InventoryCommand
    const command = withOptions(asked)
    if (command === undefined) return counted(request)
    const lines = expanded.get(command)
    if (lines === undefined) throw new Error("options were not taken for SKUs")
    return Result.isFailure(lines)
      ? withOwner({ ...request, command: { ...command, lines: [] }, unmapped: lines.failure })
      : counted({ ...request, command: { ...command, lines: lines.success } })
  }
}

/**
 * Asks the catalog about lines that name options, before the command is queued. What it answers is no
 * part of the command, whose fingerprint it would change: a repeat under a key is answered as before,
 * also when the catalog has changed the option since, or does not answer.
 */
const askingCatalog =
  (
    catalog: OptionMappings["Service"],
    expanded: WeakMap<object, Expanded>,
    decideOn: Execute<InventoryTypes>
  ): ExecuteAsked =>
  (command, options) => {
    const asked = withOptions(command)
    // The engine takes the command as it was asked, and `makeRequests` puts SKUs into it.
    const decide = () => decideOn(command as SkuCommand, options)
    if (asked === undefined) return decide()
    return Effect.flatMap(Effect.result(expandOptions(catalog, asked.lines)), (lines) => {
      // A repeat is known to the store alone: by its key, or because the order was placed before.
      const mayRepeat = options?.idempotencyKey !== undefined || asked._tag === "PlaceOrder"
      if (Result.isFailure(lines) && !mayRepeat) return Effect.fail(lines.failure)
      expanded.set(asked, lines)
      return decide()
    })
  }

/** Nobody asks, and no person is named whose order it becomes. */
const noClaimant: InventoryRefusal = { _tag: "Unauthenticated", operation: "claimOrder" }

/** A cart claims nothing: who has its token is its guest already. */
const cartClaims: InventoryRefusal = {
  _tag: "InvalidInput",
  issues: [{ path: "ownerId", message: "must be that of a person, not of a cart" }]
}

/** Hashes the token of a cart before anything else sees it, and finds out whose the order becomes. */
const hashingTokens =
  (digest: Digest.Digest["Service"], execute: ExecuteAsked): ExecuteAsked =>
  (command, options) =>
    command._tag !== "ClaimOrder"
      ? execute(command, options)
      : Effect.withFiber((fiber) => {
          const { principal } = fiber.getRef(RequestCaller)
          const { cartToken, orderId, ownerId = principal?.id } = command
          if (ownerId === undefined) return Effect.fail(noClaimant)
          if (ownerId.startsWith("cart:")) return Effect.fail(cartClaims)
          return Effect.flatMap(cartIdOf(digest, cartToken), (cartId) => {
            const claim: ClaimOfCart = { _tag: "ClaimOrder", orderId, cartId, ownerId }
            // The engine takes the command as it is decided.
            return execute(claim as unknown as InventoryCommand, options)
          })
        })

/** Runs a command as it was asked. */
type ExecuteAsked = (
  command: InventoryCommand,
  options?: RequestOptions
) => ReturnType<Execute<InventoryTypes>>

const permitted = { operationOf: permittedCommands, resourceOf }

const serviceOf = (
  executeAsked: ExecuteAsked,
  customers: CustomerMethods
): Inventory["Service"] => {
  const execute = permittedCommand(permitted, executeAsked)
  return Inventory.of({
    ...customers,
    ...permittedMethods(
      commandOperations,
      methodsOver<InventoryTypes>(
        methodTags,
        readAtOnce as ReadCommand<SkuCommand>,
        execute as Execute<InventoryTypes>
      )
    ),
    execute: (command: ValidCommand, options?: RequestOptions) => {
      const checked = checkCommand(command)
      return Result.isFailure(checked)
        ? Effect.fail(checked.failure)
        : execute(checked.success, options)
    }
  } as unknown as Inventory["Service"])
}

const serviceOver = <R>(
  make: (
    store: StockStore["Service"],
    makeRequest: ReturnType<typeof makeRequests>
  ) => Effect.Effect<Execute<InventoryTypes>, never, R>,
  policy?: AuditPolicy
) =>
  Effect.gen(function* () {
    const store = yield* StockStore
    const keyRing = Option.getOrUndefined(yield* Effect.serviceOption(KeyRing))
    const expanded = new WeakMap<object, Expanded>()
    const encrypted: EncryptedCustomers = new WeakMap()
    const decideOn = yield* make(store, makeRequests(expanded, encrypted))
    const askCatalog = askingCatalog(yield* joinedOptions, expanded, decideOn)
    const keep = keepingCustomers(keyRing, encrypted, askCatalog)
    return serviceOf(
      hashingTokens(yield* Digest.Digest, keep),
      yield* customerMethods({ store: store.customers, keyRing, policy })
    )
  })

const queued = (options: InventoryOptions) =>
  serviceOver(
    (store, makeRequest) =>
      Effect.flatMap(witnessStock(store.figures), (witness) =>
        makeQueued(inventoryDomain, store, options, makeRequest, witness)
      ),
    options.audit
  )

const unqueued = (options: Pick<InventoryOptions, "audit">) =>
  serviceOver(
    (store, makeRequest) => makeUnqueued(inventoryDomain, store, makeRequest, options),
    options.audit
  )
