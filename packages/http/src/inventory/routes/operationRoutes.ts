/** The endpoints of operators: reconciliation, the event log, health. */
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

/** Whether the server lives, and whether its store answers. */
export const layerHealthRoutes = HttpApiBuilder.group(
  RoutedApi,
  "health",
  Effect.fnUntraced(function* (handlers) {
    const queries = yield* InventoryQueries
    return handlers.handleAll({
      live: () => Effect.succeed({ status: "live" as const }),
      ready: () => orProblem(Effect.as(queries.ask("ping", {}), { status: "ready" as const }))
    })
  })
)
