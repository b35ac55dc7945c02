/** The endpoints of locations: decode, call the service, tell a refusal as a problem. */
import { StockReads } from "@holdfast/core/effect"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { RoutedApi } from "../../HoldfastApi.ts"
import { orProblem, writing } from "./answerWith.ts"

/** The endpoints of locations. */
export const layerLocationRoutes = HttpApiBuilder.group(
  RoutedApi,
  "locations",
  Effect.fnUntraced(function* (handlers) {
    const reads = yield* StockReads
    const write = yield* writing
    return handlers.handleAll({
      register: (request) => write(request, { _tag: "RegisterLocation", ...request.payload }),
      list: () => orProblem(Effect.map(reads.locations, (items) => ({ items }))),
      get: ({ params: { locationId } }) =>
        orProblem(
          Effect.flatMap(reads.locations, (locations) => {
            const found = locations.find((location) => location.id === locationId)
            return found === undefined
              ? Effect.fail({ _tag: "LocationNotFound" as const, locationIds: [locationId] })
              : Effect.succeed(found)
          })
        ),
      update: (request) =>
        write(request, { _tag: "UpdateLocation", ...request.payload, ...request.params })
    })
  })
)
