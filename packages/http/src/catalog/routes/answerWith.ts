/** How the handlers of the catalog write, and answer what was refused. */
import {
  type AnswerOf,
  Catalog,
  type CatalogRefusal,
  type CommandOf,
  type CommandTag,
  checkCommand
} from "@holdfast/core/catalog"
import type { StoreError } from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import type * as HttpServerResponse from "effect/http/HttpServerResponse"
import { taggedBy } from "../../caching/entityTags.ts"
import { loggedProblem } from "../../kit/problemResponse.ts"
import { type WriteRequest, writingWith } from "../../kit/writing.ts"
import { catalogProblem } from "../api/refusalSchemas.ts"

const answering = (failure: CatalogRefusal | StoreError) =>
  loggedProblem(catalogProblem(failure), failure)

/** The value, or the problem of the failure. */
export const orProblem = <A, R>(
  effect: Effect.Effect<A, CatalogRefusal | StoreError, R>
): Effect.Effect<A | HttpServerResponse.HttpServerResponse, never, R> =>
  Effect.catch(effect, answering)

/** What the next change is conditional on: a product's revision, or a category's version. */
export const revisionOf = (answer: {
  readonly id?: string
  readonly revision?: number
  readonly version?: number
}): number | undefined => answer.revision ?? (answer.id === undefined ? undefined : answer.version)

/** Gives the handlers of a group their way to run one command for a request. */
export const writing = Effect.gen(function* () {
  const catalog = yield* Catalog
  const write = yield* writingWith(answering)
  return <Tag extends Exclude<CommandTag, "FollowStock">>(
    asked: WriteRequest,
    command: CommandOf<Tag>
  ): Effect.Effect<AnswerOf<Tag> | HttpServerResponse.HttpServerResponse> =>
    write(
      asked,
      (options) =>
        Effect.tap(
          Effect.flatMap(Effect.fromResult(checkCommand(command)), (checked) =>
            catalog.execute<Tag>(checked as never, options)
          ),
          ({ answer }) => {
            const revision = revisionOf(answer)
            return revision === undefined ? Effect.void : taggedBy(revision)
          }
        ),
      (answer) => answer
    )
})
