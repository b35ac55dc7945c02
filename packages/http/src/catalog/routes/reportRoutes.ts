/** The endpoints of reports about products. */
import { CatalogQueries } from "@holdfast/core/catalog"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { RoutedCatalogApi } from "../../HoldfastApi.ts"
import { orProblem } from "./answerWith.ts"

/** The reports about products. */
export const layerProductReportRoutes = HttpApiBuilder.group(
  RoutedCatalogApi,
  "productReports",
  Effect.fnUntraced(function* (handlers) {
    const queries = yield* CatalogQueries
    return handlers.handleAll({
      mostViewed: ({ query }) => orProblem(queries.ask("mostViewed", query))
    })
  })
)
