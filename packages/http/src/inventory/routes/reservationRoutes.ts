/** The endpoints of a reservation that exists: decode, call the service, tell a refusal. */
import { InventoryQueries } from "@holdfast/core/effect"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { RoutedApi } from "../../HoldfastApi.ts"
import { orProblem, writing } from "./answerWith.ts"

/** The endpoints of a reservation that exists. */
export const layerReservationRoutes = HttpApiBuilder.group(
  RoutedApi,
  "reservations",
  Effect.fnUntraced(function* (handlers) {
    const queries = yield* InventoryQueries
    const write = yield* writing
    return handlers.handleAll({
      get: ({ params }) => orProblem(queries.ask("reservation", params)),
      confirm: (request) =>
        write(request, { _tag: "ConfirmReservation", ...request.payload, ...request.params }),
      release: (request) =>
        write(request, { _tag: "ReleaseReservation", ...request.payload, ...request.params }),
      fulfil: (request) =>
        write(request, { _tag: "FulfilReservation", ...request.payload, ...request.params }),
      resize: (request) =>
        write(request, { _tag: "ResizeReservation", ...request.payload, ...request.params }),
      extend: (request) =>
        write(request, { _tag: "ExtendReservation", ...request.payload, ...request.params })
    })
  })
)
