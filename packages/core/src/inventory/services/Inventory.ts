/**
 * SERVICE. The door to the inventory for commands. It validates, gathers commands that arrive
 * together into one batch, has the store decide and commit them at once, and answers each caller
 * with its own result. What it promises is what `StockStore` and `GroupCommit` promise.
 */
import * as Context from "effect/Context"
import * as Digest from "effect/crypto/Digest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import {
  commandReader,
  type EngineOptions,
  type Execute,
  makeQueued,
  makeUnqueued,
  methodsOver,
  type ReadCommand
} from "../../engine/commandService.ts"
import type { Executed, Request } from "../../engine/Request.ts"
import type { RequestOptions } from "../../engine/RequestOptions.ts"
import type { StoreError } from "../../kernel/StoreError.ts"
import type { StockRequest } from "../batch/batchScope.ts"
import { type InventoryTypes, inventoryDomain } from "../batch/inventoryDomain.ts"
import type { AnswerOf } from "../messages/InventoryAnswer.ts"
import { type CommandOf, type CommandTag, InventoryCommand } from "../messages/InventoryCommand.ts"
import type { InventoryRefusal } from "../messages/InventoryError.ts"
import { StockStore } from "../ports/StockStore.ts"
import { type InventoryMethods, methodTags } from "./inventoryMethods.ts"
import { makeOrderTally } from "./OrderTally.ts"

/** How the inventory's engine is tuned. */
export type InventoryOptions = EngineOptions

/** The inventory's commands. */
export class Inventory extends Context.Service<
  Inventory,
  InventoryMethods & {
    /** Runs a command that has been validated already, such as one that a schema decoded. */
    readonly execute: <Tag extends CommandTag>(
      command: CommandOf<Tag>,
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
    ...methodsOver(methodTags, readCommand, execute),
    execute
  } as unknown as Inventory["Service"])

const queued = (options: InventoryOptions) =>
  Effect.flatMap(StockStore, (store) =>
    Effect.map(makeQueued(inventoryDomain, store, options, makeRequests()), serviceOf)
  )

const unqueued = () =>
  Effect.flatMap(StockStore, (store) =>
    Effect.map(makeUnqueued(inventoryDomain, store, makeRequests()), serviceOf)
  )

/** Validates a command of untrusted parts: the command, or every bad field of it. */
export const readCommand: ReadCommand<InventoryCommand> = commandReader(InventoryCommand.members)
