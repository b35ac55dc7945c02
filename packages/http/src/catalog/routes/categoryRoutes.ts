/** The endpoints of categories: decode, call the service, answer a refusal with a problem. */
import { CatalogQueries } from "@holdfast/core/catalog"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { expectedBy, taggedWhole } from "../../caching/entityTags.ts"
import { RoutedCatalogApi } from "../../HoldfastApi.ts"
import { orProblem, writing } from "./answerWith.ts"

interface Versioned {
  readonly version: number
  readonly children: ReadonlyArray<Versioned>
}

/** The newest version among the categories of a tree; that of an empty one is 1. */
const newestOf = (branches: ReadonlyArray<Versioned>): number =>
  branches.reduce(
    (newest, { children, version }) => Math.max(newest, version, newestOf(children)),
    1
  )

/** The endpoints of categories. */
export const layerCategoryRoutes = HttpApiBuilder.group(
  RoutedCatalogApi,
  "categories",
  Effect.fnUntraced(function* (handlers) {
    const queries = yield* CatalogQueries
    const write = yield* writing
    return handlers.handleAll({
      tree: ({ query }) =>
        orProblem(
          Effect.tap(queries.ask("categoryTree", query), ({ categories }) =>
            taggedWhole(newestOf(categories))
          )
        ),
      get: ({ params, query }) =>
        orProblem(
          Effect.tap(queries.ask("category", { ...params, ...query }), ({ version }) =>
            taggedWhole(version)
          )
        ),
      products: ({ params, query }) => orProblem(queries.ask("products", { ...query, ...params })),
      create: (request) => write(request, { _tag: "CreateCategory", ...request.payload }),
      update: (request) =>
        write(request, {
          _tag: "UpdateCategory",
          ...request.payload,
          ...request.params,
          ...expectedBy(request.headers)
        }),
      move: (request) =>
        write(request, {
          _tag: "MoveCategory",
          ...request.payload,
          ...request.params,
          ...expectedBy(request.headers)
        }),
      delete: (request) =>
        write(request, {
          _tag: "DeleteCategory",
          ...request.params,
          ...expectedBy(request.headers)
        })
    })
  })
)
