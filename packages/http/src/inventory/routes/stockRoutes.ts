/** The endpoints of stock: decode, call the service, answer a refusal with a problem. */
import { InventoryQueries } from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { RoutedApi } from "../../HoldfastApi.ts"
import { HttpSettings } from "../../kit/HttpOptions.ts"
import { orProblem, writing } from "./answerWith.ts"
import { linesWithin } from "./linesWithin.ts"

/** The endpoints of stock. */
export const layerStockRoutes = HttpApiBuilder.group(
  RoutedApi,
  "stock",
  Effect.fnUntraced(function* (handlers) {
    const queries = yield* InventoryQueries
    const write = yield* writing
    const settings = yield* HttpSettings
    return handlers.handleAll({
      statuses: ({ query }) => orProblem(queries.ask("stockStatus", query)),
      manyStatuses: ({ payload }) => orProblem(queries.ask("stockStatus", payload)),
      many: ({ payload }) => orProblem(queries.ask("stocks", payload)),
      heldOptions: ({ payload }) => orProblem(queries.ask("heldOptions", payload)),
      checkAvailability: ({ payload }) =>
        orProblem(
          Effect.andThen(
            linesWithin(settings, payload.lines),
            queries.ask("checkAvailability", payload)
          )
        ),
      get: ({ params, query: { at, ...query } }) =>
        at === undefined
          ? orProblem(queries.ask("stock", { ...params, ...query }))
          : orProblem(queries.ask("stockAsOf", { ...params, ...query, at })),
      movementsOfReference: ({ query }) => orProblem(queries.ask("movementsOfReference", query)),
      movements: ({ params, query }) =>
        orProblem(queries.ask("movements", { ...params, ...query })),
      reservations: ({ params, query }) =>
        orProblem(queries.ask("reservationsOfSku", { ...params, ...query })),
      receive: (request) =>
        write(request, { _tag: "ReceiveStock", ...request.payload, ...request.params }),
      returnStock: (request) =>
        write(request, { _tag: "ReturnStock", ...request.payload, ...request.params }),
      ship: (request) =>
        write(request, { _tag: "ShipStock", ...request.payload, ...request.params }),
      adjust: (request) =>
        write(request, { _tag: "AdjustStock", ...request.payload, ...request.params }),
      count: (request) =>
        write(request, { _tag: "CountStock", ...request.payload, ...request.params }),
      transfer: (request) =>
        write(request, { _tag: "TransferStock", ...request.payload, ...request.params }),
      changeStock: (request) => write(request, { _tag: "ChangeStock", ...request.payload })
    })
  })
)
