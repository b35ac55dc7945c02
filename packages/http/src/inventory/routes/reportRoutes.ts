/** The endpoints of reports about stock. */
import { InventoryQueries } from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { RoutedApi } from "../../HoldfastApi.ts"
import { orProblem } from "./answerWith.ts"

/** The reports about stock. */
export const layerStockReportRoutes = HttpApiBuilder.group(
  RoutedApi,
  "stockReports",
  Effect.fnUntraced(function* (handlers) {
    const queries = yield* InventoryQueries
    return handlers.handleAll({
      mostMissed: ({ query }) => orProblem(queries.ask("mostMissed", query)),
      accuracy: () => orProblem(queries.ask("accuracy", {}))
    })
  })
)
