/**
 * SERVICE. The door to the catalog for commands. It validates, asks the inventory what has to be
 * asked, gathers commands that arrive together into one batch, has the store decide and commit them
 * at once, and answers each caller with its own result.
 */
import * as Context from "effect/Context"
import type * as Digest from "effect/crypto/Digest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import { layerDigest } from "../../access/layerDigest.ts"
import {
  type EngineOptions,
  type Execute,
  makeQueued,
  makeUnqueued,
  methodsOver
} from "../../engine/commandService.ts"
import { permittedCommand, permittedMethods } from "../../engine/methods/permitted.ts"
import type { Executed, Request } from "../../engine/Request.ts"
import type { RequestOptions } from "../../engine/RequestOptions.ts"
import type { StoreError } from "../../kernel/StoreError.ts"
import type { CatalogRequest } from "../batch/batchScope.ts"
import { type CatalogTypes, catalogDomain } from "../batch/catalogDomain.ts"
import { type InventoryWord, noObjection } from "../decide/Draft.ts"
import type { AnswerOf } from "../messages/CatalogAnswer.ts"
import type {
  CatalogCommand,
  CommandTag,
  ValidCommand,
  ValidCommandOf
} from "../messages/CatalogCommand.ts"
import type { CatalogRefusal } from "../messages/CatalogError.ts"
import { commandOperations } from "../messages/commandOperations.ts"
import { permittedCommands } from "../messages/operations.ts"
import { CatalogReads } from "../ports/CatalogReads.ts"
import { CatalogStore } from "../ports/CatalogStore.ts"
import { StockStatus } from "../ports/StockStatus.ts"
import { askInventory } from "./askInventory.ts"
import { type CatalogMethods, methodTags } from "./catalogMethods.ts"
import { checkCommand, readAtOnce } from "./readCommand.ts"

/** How the catalog's engine is tuned. */
export type CatalogOptions = EngineOptions

/** The catalog's commands. */
export class Catalog extends Context.Service<
  Catalog,
  CatalogMethods & {
    /**
     * Runs a command that `readCommand`, `checkCommand` or the schema `ValidCommand` gave. Any other
     * object does not compile. Where it gets here all the same, it is checked.
     */
    readonly execute: <Tag extends CommandTag>(
      command: ValidCommandOf<Tag>,
      options?: RequestOptions
    ) => Effect.Effect<Executed<AnswerOf<Tag>>, CatalogRefusal | StoreError>
  }
>()("@holdfast/core/catalog/Catalog") {
  /** The engine over a `CatalogStore`. Closing its scope answers what was taken, then ends. */
  static readonly layer = (
    options: CatalogOptions = {}
  ): Layer.Layer<Catalog, never, CatalogStore | CatalogReads | StockStatus> =>
    Layer.provide(
      Layer.effect(
        Catalog,
        serviceOver((store, makeRequest) => makeQueued(catalogDomain, store, options, makeRequest))
      ),
      layerDigest
    )

  /**
   * The engine without a queue: each command is a batch alone, in the caller's own fiber. For a
   * host's own transaction, where there is nothing to gather.
   */
  static readonly layerUnqueued = (
    options: Pick<CatalogOptions, "audit"> = {}
  ): Layer.Layer<Catalog, never, CatalogStore | CatalogReads | StockStatus> =>
    Layer.provide(Layer.effect(Catalog, serviceOver(unqueued(options))), layerDigest)

  /** The engine without a queue, which asks no inventory: for a host's own transaction. */
  static readonly layerAlone = (
    options: Pick<CatalogOptions, "audit"> = {}
  ): Layer.Layer<Catalog, never, CatalogStore> =>
    Layer.provide(
      Layer.effect(
        Catalog,
        serviceAsking(() => Effect.succeed(noObjection), unqueued(options))
      ),
      layerDigest
    )
}

/** A change of the catalog is about no order and no place. */
const permitted = { operationOf: permittedCommands, resourceOf: () => ({}) }

type MakeExecute<R> = (
  store: CatalogStore["Service"],
  makeRequest: (request: Request<CatalogCommand>) => CatalogRequest
) => Effect.Effect<Execute<CatalogTypes>, never, R>

const unqueued =
  (options: Pick<CatalogOptions, "audit">): MakeExecute<Digest.Digest> =>
  (store, makeRequest) =>
    makeUnqueued(catalogDomain, store, makeRequest, options)

const serviceOver = <R>(make: MakeExecute<R>) =>
  Effect.gen(function* () {
    const ask = askInventory(yield* StockStatus, yield* CatalogReads)
    return yield* serviceAsking(ask, make)
  })

const serviceAsking = <R>(ask: ReturnType<typeof askInventory>, make: MakeExecute<R>) =>
  Effect.gen(function* () {
    // What the inventory answered is no part of the command, whose fingerprint it would change.
    const words = new WeakMap<CatalogCommand, InventoryWord>()
    const decideOn = yield* make(yield* CatalogStore, (request) => {
      const word = words.get(request.command)
      return word === undefined ? request : { ...request, word }
    })
    const executeAsked: Execute<CatalogTypes> = (command, options) =>
      Effect.flatMap(ask(command), (word) => {
        words.set(command, word)
        return decideOn(command, options)
      })
    const execute = permittedCommand(permitted, executeAsked)
    return Catalog.of({
      ...permittedMethods(
        commandOperations,
        methodsOver<CatalogTypes>(methodTags, readAtOnce, execute)
      ),
      execute: (command: ValidCommand, options?: RequestOptions) => {
        const checked = checkCommand(command)
        return Result.isFailure(checked)
          ? Effect.fail(checked.failure)
          : execute(checked.success, options)
      }
    } as unknown as Catalog["Service"])
  })
