/** The endpoint of the history of a SKU. */
import { anonymous, RequestCaller } from "@holdfast/core/engine"
import { InventoryLog, InventoryQueries, skuHistory } from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { RoutedApi } from "../HoldfastApi.ts"
import { orProblem } from "../inventory/routes/answerWith.ts"

/** The endpoint of the history of a SKU. */
export const layerHistoryRoutes = HttpApiBuilder.group(
  RoutedApi,
  "history",
  Effect.fnUntraced(function* (handlers) {
    const queries = yield* InventoryQueries
    const { audit } = yield* InventoryLog
    return handlers.handleAll({
      // The door has asked for permission to read the history, and its parts ask nobody again.
      sku: ({ params: { skuId }, query }) =>
        orProblem(
          Effect.provideService(
            skuHistory(queries, audit, { ...query, skuId }),
            RequestCaller,
            anonymous
          )
        )
    })
  })
)
