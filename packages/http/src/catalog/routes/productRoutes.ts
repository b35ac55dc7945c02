/** The endpoints of products and their options: decode, call the service, answer a refusal. */
import { CatalogQueries, ProductAnswer } from "@holdfast/core/catalog"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { expectedBy, taggedWhole } from "../../caching/entityTags.ts"
import { writtenOnce } from "../../caching/writtenOnce.ts"
import { RoutedCatalogApi } from "../../HoldfastApi.ts"
import { orProblem, writing } from "./answerWith.ts"

const written = writtenOnce(ProductAnswer)

/** A page, with its tag. */
const page = (answer: ProductAnswer) =>
  Effect.as(taggedWhole(answer.product.revision), written(answer))

/** The endpoints of products. */
export const layerProductRoutes = HttpApiBuilder.group(
  RoutedCatalogApi,
  "products",
  Effect.fnUntraced(function* (handlers) {
    const queries = yield* CatalogQueries
    const write = yield* writing
    return handlers.handleAll({
      create: (request) => write(request, { _tag: "CreateProduct", ...request.payload }),
      list: ({ query }) => orProblem(queries.ask("products", query)),
      batchGet: ({ payload }) => orProblem(queries.ask("productsByIds", payload)),
      mappings: ({ query }) => orProblem(queries.ask("skuMappings", query)),
      manyMappings: ({ payload }) => orProblem(queries.ask("skuMappings", payload)),
      bySlug: ({ params, query }) =>
        orProblem(Effect.flatMap(queries.ask("productBySlug", { ...params, ...query }), page)),
      get: ({ params, query }) =>
        orProblem(Effect.flatMap(queries.ask("product", { ...params, ...query }), page)),
      update: (request) =>
        write(request, {
          _tag: "UpdateProduct",
          ...request.payload,
          ...request.params,
          ...expectedBy(request.headers)
        }),
      delete: (request) =>
        write(request, {
          _tag: "DeleteProduct",
          ...request.params,
          ...expectedBy(request.headers)
        }),
      activate: (request) =>
        write(request, {
          _tag: "ActivateProduct",
          ...request.params,
          ...expectedBy(request.headers)
        }),
      deactivate: (request) =>
        write(request, {
          _tag: "DeactivateProduct",
          ...request.params,
          ...expectedBy(request.headers)
        }),
      discontinue: (request) =>
        write(request, {
          _tag: "DiscontinueProduct",
          ...request.params,
          ...expectedBy(request.headers)
        }),
      duplicate: (request) =>
        write(request, { _tag: "DuplicateProduct", ...request.payload, ...request.params }),
      setImages: (request) =>
        write(request, {
          _tag: "SetImages",
          ...request.payload,
          ...request.params,
          ...expectedBy(request.headers)
        }),
      setCategories: (request) =>
        write(request, {
          _tag: "SetCategories",
          ...request.payload,
          ...request.params,
          ...expectedBy(request.headers)
        })
    })
  })
)

/** The endpoints of a product's options. */
export const layerOptionRoutes = HttpApiBuilder.group(
  RoutedCatalogApi,
  "options",
  Effect.fnUntraced(function* (handlers) {
    const write = yield* writing
    return handlers.handleAll({
      add: (request) =>
        write(request, {
          _tag: "AddOption",
          ...request.payload,
          ...request.params,
          ...expectedBy(request.headers)
        }),
      update: (request) =>
        write(request, {
          _tag: "UpdateOption",
          ...request.payload,
          ...request.params,
          ...expectedBy(request.headers)
        }),
      remove: (request) =>
        write(request, {
          _tag: "RemoveOption",
          ...request.params,
          ...expectedBy(request.headers)
        }),
      setMappings: (request) =>
        write(request, {
          _tag: "SetSkuMappings",
          ...request.payload,
          ...request.params,
          ...expectedBy(request.headers)
        })
    })
  })
)
