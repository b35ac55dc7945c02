/** The endpoints of locations: decode, call the service, tell a refusal as a problem. */
import { InventoryQueries } from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { RoutedApi } from "../../HoldfastApi.ts"
import { orProblem, writing } from "./answerWith.ts"

/** The endpoints of locations. */
export const layerLocationRoutes = HttpApiBuilder.group(
  RoutedApi,
  "locations",
  Effect.fnUntraced(function* (handlers) {
    const queries = yield* InventoryQueries
    const write = yield* writing
    return handlers.handleAll({
      register: (request) => write(request, { _tag: "RegisterLocation", ...request.payload }),
      list: () => orProblem(Effect.map(queries.ask("locations", {}), (items) => ({ items }))),
      get: ({ params }) => orProblem(queries.ask("location", params)),
      update: (request) =>
        write(request, { _tag: "UpdateLocation", ...request.payload, ...request.params })
    })
  })
)
