/** What may be said about one reservation, from its making to its end. */
import {
  ConfirmReservation,
  ExtendReservation,
  FulfilReservation,
  ReleaseReservation,
  Reservation,
  ReserveLine,
  ReserveStock,
  ResizeReservation
} from "@holdfast/core/effect"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import { optionalBody, reservationPath, writeHeaders } from "../../kit/parameters.ts"
import { failuresOf, refusalsOf, storeFailures } from "./refusalSchemas.ts"

/** One line for one order; `ttl` is in seconds, 900 when nothing is said. */
export const ReserveBody = Schema.Struct({
  ...ReserveLine.fields,
  orderId: ReserveStock.fields.orderId,
  ttl: ReserveStock.fields.ttl
})

/** Making a reservation: the one endpoint that is hot, and is served by a route of its own. */
export const reserveEndpoint = HttpApiEndpoint.post("reserve", "/api/inventory/reservations", {
  headers: writeHeaders,
  payload: ReserveBody,
  success: Reservation.Reservation.pipe(HttpApiSchema.status(201)),
  error: failuresOf("ReserveStock", { without: ["OrderAlreadyConfirmed"] })
}).annotate(OpenApi.Summary, "Hold units of one SKU for an order")

const one = {
  headers: writeHeaders,
  params: reservationPath,
  success: Reservation.Reservation
}

/** The endpoints of a reservation that exists. */
export const ReservationsApi = HttpApiGroup.make("reservations")
  .add(
    HttpApiEndpoint.get("get", "/api/inventory/reservations/:reservationId", {
      params: reservationPath,
      success: Reservation.Reservation,
      error: [...refusalsOf("InvalidInput", "ReservationNotFound"), ...storeFailures]
    }).annotate(OpenApi.Summary, "Read a reservation"),
    HttpApiEndpoint.post("confirm", "/api/inventory/reservations/:reservationId/confirm", {
      ...one,
      payload: optionalBody(ConfirmReservation.mapFields(Struct.omit(["_tag", "reservationId"]))),
      error: failuresOf("ConfirmReservation")
    }).annotate(OpenApi.Summary, "Payment is in: the hold no longer expires"),
    HttpApiEndpoint.post("release", "/api/inventory/reservations/:reservationId/release", {
      ...one,
      payload: optionalBody(ReleaseReservation.mapFields(Struct.omit(["_tag", "reservationId"]))),
      error: failuresOf("ReleaseReservation")
    }).annotate(
      OpenApi.Summary,
      "Give back what the hold still keeps; a confirmed one only when confirmed is true"
    ),
    HttpApiEndpoint.post("fulfil", "/api/inventory/reservations/:reservationId/fulfil", {
      ...one,
      payload: optionalBody(FulfilReservation.mapFields(Struct.omit(["_tag", "reservationId"]))),
      error: failuresOf("FulfilReservation")
    }).annotate(OpenApi.Summary, "Goods leave for a confirmed hold, all or a part of it"),
    HttpApiEndpoint.post("resize", "/api/inventory/reservations/:reservationId/resize", {
      ...one,
      payload: ResizeReservation.mapFields(Struct.omit(["_tag", "reservationId"])),
      error: failuresOf("ResizeReservation")
    }).annotate(OpenApi.Summary, "Change the quantity of an open hold"),
    HttpApiEndpoint.post("extend", "/api/inventory/reservations/:reservationId/extend", {
      ...one,
      payload: optionalBody(ExtendReservation.mapFields(Struct.omit(["_tag", "reservationId"]))),
      error: failuresOf("ExtendReservation")
    }).annotate(OpenApi.Summary, "Give a pending hold more time, from now")
  )
  .annotate(OpenApi.Title, "Reservations")
  .annotate(OpenApi.Description, "Units held for an order until it is paid, shipped or given up.")
