/** The endpoints of operators: reconciliation, and the event log. */
import { eventView, InventoryQueries } from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { RoutedApi } from "../../HoldfastApi.ts"
import { orProblem } from "./answerWith.ts"

/** Reconciliation and the event log. */
export const layerOperationRoutes = HttpApiBuilder.group(
  RoutedApi,
  "operations",
  Effect.fnUntraced(function* (handlers) {
    const queries = yield* InventoryQueries
    return handlers.handleAll({
      reconciliation: ({ query }) => orProblem(queries.ask("reconcilePart", query)),
      events: ({ query }) =>
        orProblem(
          Effect.map(queries.ask("events", query), ({ items, next }) => ({
            items: items.map(eventView),
            next
          }))
        )
    })
  })
)
