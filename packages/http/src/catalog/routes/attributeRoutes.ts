/** The endpoints of attributes: decode, call the service, answer a refusal with a problem. */
import { CatalogQueries } from "@holdfast/core/catalog"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { expectedBy, taggedWhole } from "../../caching/entityTags.ts"
import { RoutedCatalogApi } from "../../HoldfastApi.ts"
import { orProblem, writing } from "./answerWith.ts"

/** The endpoints of attributes. */
export const layerAttributeRoutes = HttpApiBuilder.group(
  RoutedCatalogApi,
  "attributes",
  Effect.fnUntraced(function* (handlers) {
    const queries = yield* CatalogQueries
    const write = yield* writing
    return handlers.handleAll({
      list: ({ query }) => orProblem(queries.ask("attributes", query)),
      get: ({ params, query }) =>
        orProblem(
          Effect.tap(queries.ask("attribute", { ...params, ...query }), ({ version }) =>
            taggedWhole(version)
          )
        ),
      create: (request) => write(request, { _tag: "CreateAttribute", ...request.payload }),
      update: (request) =>
        write(request, {
          _tag: "UpdateAttribute",
          ...request.payload,
          ...request.params,
          ...expectedBy(request.headers)
        }),
      delete: (request) =>
        write(request, {
          _tag: "DeleteAttribute",
          ...request.params,
          ...expectedBy(request.headers)
        })
    })
  })
)
