/** The endpoints of one reservation: decode, call the service, answer a refusal. */
import {
  InventoryQueries,
  type InventoryRefusal,
  Reservation,
  type StoreError
} from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { RoutedApi } from "../../HoldfastApi.ts"
import type { MadeReservation } from "../api/ReservationsApi.ts"
import { orProblem, writing } from "./answerWith.ts"

const asMade = (holds: ReadonlyArray<Reservation.Reservation>): MadeReservation => {
  const [made, ...siblings] = holds.filter(Reservation.isPending)
  if (made === undefined) throw new Error("a line was held without a reservation")
  return siblings.length === 0 ? made : { ...made, siblings }
}

/** The fields of the one line are those of the body. */
const inBody = (refusal: InventoryRefusal | StoreError): InventoryRefusal | StoreError => {
  const ofLine = (path: string) => path.replace(/^lines\.0\./u, "")
  if (refusal._tag === "Forbidden" && refusal.field !== null) {
    return { ...refusal, field: ofLine(refusal.field) }
  }
  if (refusal._tag !== "InvalidInput") return refusal
  const issues = refusal.issues.map(({ message, path }) => ({
    path: ofLine(path),
    message
  }))
  return { ...refusal, issues }
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
        const { customer, orderId, ownerId, ttl, ...line } = request.payload
        const command = {
          _tag: "ReserveStock" as const,
          orderId,
          lines: [line],
          ...(ttl === undefined ? undefined : { ttl }),
          ...(ownerId === undefined ? undefined : { ownerId }),
          ...(customer === undefined ? undefined : { customer })
        }
        return write(request, command, asMade, inBody)
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
