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
import type * as Schema from "effect/Schema"
import { CommandIds } from "../../engine/CommandIds.ts"
import { fingerprintOf } from "../../engine/fingerprint.ts"
import * as GroupCommit from "../../engine/GroupCommit.ts"
import { type RequestOptions, readOptions } from "../../engine/RequestOptions.ts"
import * as InvalidInput from "../../kernel/InvalidInput.ts"
import type { StoreError } from "../../kernel/StoreError.ts"
import { laneOf, weightOf } from "../batch/batchScope.ts"
import type { Request } from "../batch/foldBatch.ts"
import type { AnswerOf, InventoryAnswer } from "../messages/InventoryAnswer.ts"
import { type CommandOf, type CommandTag, InventoryCommand } from "../messages/InventoryCommand.ts"
import type { InventoryRefusal } from "../messages/InventoryError.ts"
import { StockStore } from "../ports/StockStore.ts"
import { type Awaited, commitOver, type Executed, requestNames } from "./commitBatch.ts"
import { type InventoryMethods, methodTags } from "./inventoryMethods.ts"
import { makeOrderTally } from "./OrderTally.ts"

/** How an engine is tuned. The defaults suit a server with one database. */
export interface InventoryOptions {
  /** Requests that may wait in one lane before callers get `Overloaded`: 10,000. */
  readonly queueMax?: number | undefined
  /** Requests in one batch: 500. */
  readonly batchMax?: number | undefined
  /** Lines in one batch: 1,000. A larger command is a batch alone. */
  readonly linesMax?: number | undefined
  /** How long a request may wait for its batch, in milliseconds: 10,000. */
  readonly waitMillisMax?: number | undefined
}

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
    Layer.provide(Layer.effect(Inventory, makeQueued(options)), Digest.layerWebCrypto)

  /**
   * The engine without a queue: each command is a batch alone, in the caller's own fiber. For a
   * host's own transaction, where there is nothing to gather.
   */
  static readonly layerUnqueued: Layer.Layer<Inventory, never, StockStore> = Layer.provide(
    Layer.effect(
      Inventory,
      Effect.suspend(() => makeUnqueued())
    ),
    Digest.layerWebCrypto
  )
}

type Submit = GroupCommit.Submit<Request, Executed<InventoryAnswer>, InventoryRefusal>

const makeQueued = Effect.fnUntraced(function* (options: InventoryOptions) {
  const store = yield* StockStore
  const ids = yield* CommandIds
  const submit: Submit = yield* GroupCommit.make(
    {
      lanes: store.lanes,
      waiters: store.waiters ?? 1,
      queueMax: options.queueMax ?? 10_000,
      batchMax: options.batchMax ?? 500,
      weightMax: options.linesMax ?? 1_000,
      waitMillisMax: options.waitMillisMax ?? 10_000
    },
    requestNames,
    commitOver(store, ids.next)
  )
  return yield* serviceOver(submit)
})

const makeUnqueued = Effect.fnUntraced(function* () {
  const ids = yield* CommandIds
  const commit = commitOver(yield* StockStore, ids.next)
  /** Repeats until the request has ended: as another command, or waiting for an obstacle. */
  const ended = (
    request: Request,
    awaited: Awaited | undefined
  ): Effect.Effect<Executed<InventoryAnswer>, InventoryRefusal | StoreError> =>
    Effect.flatMap(commit([request], awaited), ([end]) => {
      if (end === undefined || end._tag === "Apart") {
        return Effect.die(new Error("a batch of one left its request unanswered"))
      }
      if (end._tag === "Ended") return end.exit
      return end._tag === "Again" ? ended(end.request, undefined) : ended(request, end.obstacle)
    })
  return yield* serviceOver((_lane, request) => ended(request, undefined))
})

/** The service over a way of sending one request and waiting for its answer. */
const serviceOver = Effect.fnUntraced(function* (submit: Submit) {
  const ids = yield* CommandIds
  const digest = yield* Digest.Digest
  const tally = makeOrderTally()

  const enqueue = (command: InventoryCommand, key: Request["key"], about: RequestOptions) => {
    const origin = {
      commandId: ids.next(),
      correlationId: about.correlationId ?? null,
      traceparent: about.traceparent ?? null,
      actor: about.actor ?? null
    }
    const isOrderCounted =
      command._tag === "ReserveStock" && tally(command.orderId, command.lines.length)
    const request = { command, origin, key, isOrderCounted }
    return submit(laneOf(command), request, weightOf(command))
  }

  const execute = (command: InventoryCommand, options?: RequestOptions) => {
    if (options === undefined) return Effect.suspend(() => enqueue(command, null, {}))
    return Effect.flatMap(Effect.fromResult(readOptions(options)), (about) => {
      const key = about.idempotencyKey
      if (key === undefined) return enqueue(command, null, about)
      return Effect.flatMap(fingerprintOf(digest, command), (fingerprint) =>
        enqueue(command, { caller: about.caller ?? "", key, fingerprint }, about)
      )
    })
  }

  const method = (tag: CommandTag) => (input: unknown, about?: RequestOptions) =>
    Effect.suspend(() => {
      const command = readFields(tag, input)
      return Result.isFailure(command)
        ? Effect.fail(command.failure)
        : Effect.map(execute(command.success, about), ({ answer }) => answer)
    })
  const methods = Object.fromEntries(
    Object.entries(methodTags).map(([name, tag]) => [name, method(tag)])
  )
  return Inventory.of({ ...methods, execute } as unknown as Inventory["Service"])
})

type Reader = (input: unknown) => Result.Result<InventoryCommand, InvalidInput.InvalidInput>

const readers = new Map<string, Reader>(
  InventoryCommand.members.map((schema) => [
    schema.fields._tag.schema.literal,
    InvalidInput.reader(schema as Schema.Codec<InventoryCommand, unknown>)
  ])
)

/** Validates the fields of a command. What was left out lacks all of them. */
const readFields = (tag: CommandTag, input: unknown): ReturnType<Reader> => {
  if (typeof (input ?? {}) === "object" && !Array.isArray(input)) {
    return readCommand({ ...(input as object | null | undefined), _tag: tag })
  }
  const issues = [{ path: "input", message: "must be an object" }]
  return Result.fail({ _tag: "InvalidInput", issues })
}

/** Validates a command of untrusted parts: the command, or every bad field of it. */
export const readCommand: Reader = (input) => {
  const tag = (input as { readonly _tag?: unknown } | null)?._tag
  const read = typeof tag === "string" ? readers.get(tag) : undefined
  const issues = [{ path: "_tag", message: "must name a command" }]
  return read === undefined ? Result.fail({ _tag: "InvalidInput", issues }) : read(input)
}
