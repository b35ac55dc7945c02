/** The endpoints of one reservation: decode, call the service, tell a refusal. */
import { InventoryQueries, type Reservation } from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { RoutedApi } from "../../HoldfastApi.ts"
import { orProblem, writing } from "./answerWith.ts"

const onlyOne = ([made]: ReadonlyArray<Reservation.Reservation>): Reservation.Reservation => {
  if (made === undefined) throw new Error("a line was held without a reservation")
  return made
}

/** The endpoints of one reservation. */
export const layerReservationRoutes = HttpApiBuilder.group(
  RoutedApi,
  "reservations",
  Effect.fnUntraced(function* (handlers) {
    const queries = yield* InventoryQueries
    const write = yield* writing
    return handlers.handleAll({
      reserve: (request) => {
        const { orderId, ttl, ...line } = request.payload
        const command = {
          _tag: "ReserveStock" as const,
          orderId,
          lines: [line],
          ...(ttl === undefined ? undefined : { ttl })
        }
        return write(request, command, onlyOne)
      },
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
