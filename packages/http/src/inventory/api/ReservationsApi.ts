/** The endpoints of one reservation, from its making to its end. */
import { type OperationName, operations, Reservation, ReserveLine } from "@holdfast/core/inventory"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import { optionalBody, reservationPath, writeHeaders } from "../../kit/parameters.ts"
import { answersOf, failuresOf } from "./refusalSchemas.ts"

const { confirm, extend, fulfil, release, reservation, reserve, resize } = operations

/** One line for one order; `ttl` is in seconds, 900 by default. */
const ReserveBody = ReserveLine.mapFields(
  Struct.assign({
    orderId: reserve.input.fields.orderId,
    ttl: reserve.input.fields.ttl,
    ownerId: reserve.input.fields.ownerId,
    customer: reserve.input.fields.customer
  }),
  { unsafePreserveChecks: true }
)

/**
 * The hold that was made. A line of an option makes one for each of its SKUs: then it is the first,
 * and `siblings` are the others of the bundle.
 */
export const MadeReservation = Schema.Struct({
  ...Reservation.Pending.fields,
  siblings: Schema.optionalKey(Schema.Array(Reservation.Pending))
}).annotate({ identifier: "MadeReservation" })
export interface MadeReservation extends Schema.Schema.Type<typeof MadeReservation> {}

const one = <Name extends OperationName>(name: Name) => ({
  ...answersOf(name),
  headers: writeHeaders,
  params: reservationPath
})

/** The endpoints of one reservation. */
export const ReservationsApi = HttpApiGroup.make("reservations")
  .add(
    HttpApiEndpoint.post("reserve", "/api/inventory/reservations", {
      headers: writeHeaders,
      payload: ReserveBody,
      success: MadeReservation.pipe(HttpApiSchema.status(201)),
      error: failuresOf("reserve", { without: ["OrderAlreadyConfirmed"] })
    }).annotate(OpenApi.Summary, "Hold units of one SKU, or of an option, for an order"),
    HttpApiEndpoint.get("get", "/api/inventory/reservations/:reservationId", {
      ...answersOf("reservation"),
      params: reservationPath
    }).annotate(OpenApi.Summary, reservation.summary),
    HttpApiEndpoint.post("confirm", "/api/inventory/reservations/:reservationId/confirm", {
      ...one("confirm"),
      payload: optionalBody(confirm.input.mapFields(Struct.omit(["reservationId"])))
    }).annotate(OpenApi.Summary, confirm.summary),
    HttpApiEndpoint.post("release", "/api/inventory/reservations/:reservationId/release", {
      ...one("release"),
      payload: optionalBody(release.input.mapFields(Struct.omit(["reservationId"])))
    }).annotate(OpenApi.Summary, release.summary),
    HttpApiEndpoint.post("fulfil", "/api/inventory/reservations/:reservationId/fulfil", {
      ...one("fulfil"),
      payload: optionalBody(fulfil.input.mapFields(Struct.omit(["reservationId"])))
    }).annotate(OpenApi.Summary, fulfil.summary),
    HttpApiEndpoint.post("resize", "/api/inventory/reservations/:reservationId/resize", {
      ...one("resize"),
      payload: resize.input.mapFields(Struct.omit(["reservationId"]))
    }).annotate(OpenApi.Summary, resize.summary),
    HttpApiEndpoint.post("extend", "/api/inventory/reservations/:reservationId/extend", {
      ...one("extend"),
      payload: optionalBody(extend.input.mapFields(Struct.omit(["reservationId"])))
    }).annotate(OpenApi.Summary, extend.summary)
  )
  .annotate(OpenApi.Title, "Reservations")
  .annotate(OpenApi.Description, "Units held for an order until it is paid, shipped or given up.")
