/** The endpoints of products and their options: decode, call the service, answer a refusal. */
import { CatalogQueries, Product, ProductAnswer } from "@holdfast/core/catalog"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { expectedBy, taggedWhole } from "../../caching/entityTags.ts"
import type { TaggedAnswer } from "../../caching/kept/KeptAnswers.ts"
import { writtenOnce } from "../../caching/writtenOnce.ts"
import { RoutedCatalogApi } from "../../HoldfastApi.ts"
import { HttpSettings } from "../../kit/HttpOptions.ts"
import { orProblem, writing } from "./answerWith.ts"

const written = writtenOnce(ProductAnswer)

/** A page, with its tag. */
const page = (answer: ProductAnswer) =>
  Effect.as(taggedWhole(answer.product.revision), written(answer))

/** Between which instants buyers see a product, or do not see it, as they do now: by the wall clock. */
const unchangedFor = (
  product: ProductAnswer["product"],
  now: DateTime.Utc
): { readonly fromMillis: number; readonly untilMillis: number } => {
  const { isShown, publishAt, unpublishAt } = product
  const nowMillis = now.epochMilliseconds
  // It has changed since the answer was made.
  if (isShown !== Product.isShownAt(product, now))
    return { fromMillis: nowMillis, untilMillis: nowMillis }
  const changes = [publishAt, unpublishAt].flatMap((at) =>
    at === null ? [] : [at.epochMilliseconds]
  )
  return {
    fromMillis: Math.max(...changes.filter((at) => at <= nowMillis), Number.NEGATIVE_INFINITY),
    untilMillis: Math.min(...changes.filter((at) => at > nowMillis), Number.POSITIVE_INFINITY)
  }
}

/** The endpoints of products. */
export const layerProductRoutes = HttpApiBuilder.group(
  RoutedCatalogApi,
  "products",
  Effect.fnUntraced(function* (handlers) {
    const queries = yield* CatalogQueries
    const { keptAnswers } = yield* HttpSettings
    const write = yield* writing
    /** A page, which may be given again for as long as its product is shown as it is now. */
    const keptPage = (answer: ProductAnswer) => {
      const { id, revision } = answer.product
      const keep = (tagged: TaggedAnswer) => {
        // A host may cache stock alone.
        tagged.notes?.sources?.require("product", [id])
        keptAnswers?.keep({
          ...tagged,
          ...unchangedFor(answer.product, DateTime.nowUnsafe()),
          operation: "product",
          again: Effect.ignore(queries.viewedAgain(id))
        })
      }
      return Effect.as(taggedWhole(revision, keep), written(answer))
    }
    return handlers.handleAll({
      create: (request) => write(request, { _tag: "CreateProduct", ...request.payload }),
      list: ({ query }) => orProblem(queries.ask("products", query)),
      batchGet: ({ payload }) => orProblem(queries.ask("productsByIds", payload)),
      mappings: ({ query }) => orProblem(queries.ask("skuMappings", query)),
      manyMappings: ({ payload }) => orProblem(queries.ask("skuMappings", payload)),
      bySlug: ({ params, query }) =>
        orProblem(Effect.flatMap(queries.ask("productBySlug", { ...params, ...query }), page)),
      get: ({ params, query }) =>
        orProblem(Effect.flatMap(queries.ask("product", { ...params, ...query }), keptPage)),
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
