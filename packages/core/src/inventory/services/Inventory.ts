/**
 * SERVICE. The door to the inventory for commands. It validates, gathers commands that arrive
 * together into one batch, has the store decide and commit them at once, and answers each caller
 * with its own result. What it promises is what `StockStore` and `GroupCommit` promise.
 */
import * as Context from "effect/Context"
import * as Digest from "effect/crypto/Digest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import {
  type EngineOptions,
  type Execute,
  makeQueued,
  makeUnqueued,
  methodsOver
} from "../../engine/commandService.ts"
import type { Executed, Request } from "../../engine/Request.ts"
import type { RequestOptions } from "../../engine/RequestOptions.ts"
import type { StoreError } from "../../kernel/StoreError.ts"
import type { StockRequest } from "../batch/batchScope.ts"
import { type InventoryTypes, inventoryDomain } from "../batch/inventoryDomain.ts"
import type { AnswerOf } from "../messages/InventoryAnswer.ts"
import type {
  CommandTag,
  InventoryCommand,
  ValidCommand,
  ValidCommandOf
} from "../messages/InventoryCommand.ts"
import type { InventoryRefusal } from "../messages/InventoryError.ts"
import { StockStore } from "../ports/StockStore.ts"
import { type InventoryMethods, methodTags } from "./inventoryMethods.ts"
import { makeOrderTally } from "./OrderTally.ts"
import { checkCommand, readAtOnce } from "./readCommand.ts"

/** How the inventory's engine is tuned. */
export type InventoryOptions = EngineOptions

/** The inventory's commands. */
export class Inventory extends Context.Service<
  Inventory,
  InventoryMethods & {
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
  /** The engine over a `StockStore`. Closing its scope answers what was taken, then ends. */
  static readonly layer = (
    options: InventoryOptions = {}
  ): Layer.Layer<Inventory, never, StockStore> =>
    Layer.provide(Layer.effect(Inventory, queued(options)), Digest.layerWebCrypto)

  /**
   * The engine without a queue: each command is a batch alone, in the caller's own fiber. For a
   * host's own transaction, where there is nothing to gather.
   */
  static readonly layerUnqueued: Layer.Layer<Inventory, never, StockStore> = Layer.provide(
    Layer.effect(
      Inventory,
      Effect.suspend(() => unqueued())
    ),
    Digest.layerWebCrypto
  )
}

/** Notes which reserves have to count the lines of their order first. */
const makeRequests = () => {
  const tally = makeOrderTally()
  return (request: Request<InventoryCommand>): StockRequest => {
    const { command } = request
    return command._tag === "ReserveStock" && tally(command.orderId, command.lines.length)
      ? { ...request, isOrderCounted: true }
      : request
  }
}

const serviceOf = (execute: Execute<InventoryTypes>): Inventory["Service"] =>
  Inventory.of({
    ...methodsOver(methodTags, readAtOnce, execute),
    execute: (command: ValidCommand, options?: RequestOptions) => {
      const checked = checkCommand(command)
      return Result.isFailure(checked)
        ? Effect.fail(checked.failure)
        : execute(checked.success, options)
    }
  } as unknown as Inventory["Service"])

const queued = (options: InventoryOptions) =>
  Effect.flatMap(StockStore, (store) =>
    Effect.map(makeQueued(inventoryDomain, store, options, makeRequests()), serviceOf)
  )

const unqueued = () =>
  Effect.flatMap(StockStore, (store) =>
    Effect.map(makeUnqueued(inventoryDomain, store, makeRequests()), serviceOf)
  )
