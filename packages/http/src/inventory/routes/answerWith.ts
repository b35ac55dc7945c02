/** How the handlers of the inventory write, and answer what was refused. */
import {
  type AnswerOf,
  type CommandOf,
  type CommandTag,
  checkCommand,
  Inventory,
  type InventoryRefusal,
  type StoreError
} from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import type * as HttpServerResponse from "effect/http/HttpServerResponse"
import { loggedResponse } from "../../kit/problemResponse.ts"
import { type WriteRequest, writingWith } from "../../kit/writing.ts"

export type { WriteRequest } from "../../kit/writing.ts"

/** The value, or the problem of the failure. */
export const orProblem = <A, R>(
  effect: Effect.Effect<A, InventoryRefusal | StoreError, R>
): Effect.Effect<A | HttpServerResponse.HttpServerResponse, never, R> =>
  Effect.catch(effect, loggedResponse)

/** Gives the handlers of a group their way to run one command for a request. */
export const writing = Effect.gen(function* () {
  const inventory = yield* Inventory
  const write = yield* writingWith(loggedResponse)
  return <Tag extends CommandTag, A = AnswerOf<Tag>>(
    asked: WriteRequest,
    command: CommandOf<Tag>,
    view: (answer: AnswerOf<Tag>) => A = (answer) => answer as unknown as A,
    asAsked: (error: InventoryRefusal | StoreError) => InventoryRefusal | StoreError = (error) =>
      error
  ): Effect.Effect<A | HttpServerResponse.HttpServerResponse> =>
    write(
      asked,
      (options) =>
        Effect.flatMap(Effect.fromResult(checkCommand(command)), (checked) =>
          Effect.mapError(inventory.execute(checked, options), asAsked)
        ),
      view
    )
})
