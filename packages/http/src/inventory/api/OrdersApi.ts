/** What may be said about all the reservations of one order at once. */
import {
  ConfirmOrder,
  FulfilOrder,
  OrderId,
  pageFields,
  ReleaseOrder,
  Reservation,
  ReserveStock
} from "@holdfast/core/effect"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import { optionalBody, orderPath, writeHeaders } from "../../kit/parameters.ts"
import { failuresOf, refusalsOf, storeFailures } from "./refusalSchemas.ts"

/** The reservations of an order. */
export const OrderReservations = Schema.Struct({
  orderId: OrderId,
  reservations: Schema.Array(Reservation.Reservation)
}).annotate({ identifier: "OrderReservations" })

/** A page of the reservations of an order; `next` is the cursor of the next one, null at the end. */
export const OrderReservationsPage = Schema.Struct({
  ...OrderReservations.fields,
  next: Schema.NullOr(Schema.String)
}).annotate({ identifier: "OrderReservationsPage" })

const LinesBody = ReserveStock.mapFields(Struct.omit(["_tag", "orderId", "replace"]))

const order = { headers: writeHeaders, params: orderPath, success: OrderReservations }

const path = "/api/inventory/orders/:orderId/reservations"

/** The endpoints of an order's reservations. */
export const OrdersApi = HttpApiGroup.make("orders")
  .add(
    HttpApiEndpoint.put("replace", path, {
      ...order,
      payload: LinesBody,
      error: failuresOf("ReserveStock")
    }).annotate(
      OpenApi.Summary,
      "Hold these lines and nothing else for the order, all of them or none"
    ),
    HttpApiEndpoint.post("add", path, {
      ...order,
      payload: LinesBody,
      success: OrderReservations.pipe(HttpApiSchema.status(201)),
      error: failuresOf("ReserveStock", { without: ["OrderAlreadyConfirmed"] })
    }).annotate(OpenApi.Summary, "Hold more lines for the order, all of them or none"),
    HttpApiEndpoint.get("get", path, {
      params: orderPath,
      query: pageFields,
      success: OrderReservationsPage,
      error: [...refusalsOf("InvalidInput", "OrderNotFound"), ...storeFailures]
    }).annotate(OpenApi.Summary, "The reservations of the order, oldest first, a page of them"),
    HttpApiEndpoint.delete("release", path, {
      ...order,
      query: { confirmed: ReleaseOrder.fields.confirmed },
      error: failuresOf("ReleaseOrder")
    }).annotate(
      OpenApi.Summary,
      "Release every line of the order; when one is confirmed, only with confirmed=true"
    ),
    HttpApiEndpoint.post("confirm", "/api/inventory/orders/:orderId/confirm", {
      ...order,
      payload: optionalBody(ConfirmOrder.mapFields(Struct.omit(["_tag", "orderId"]))),
      error: failuresOf("ConfirmOrder")
    }).annotate(OpenApi.Summary, "Confirm every line of the order, or none"),
    HttpApiEndpoint.post("fulfil", "/api/inventory/orders/:orderId/fulfil", {
      ...order,
      payload: optionalBody(FulfilOrder.mapFields(Struct.omit(["_tag", "orderId"]))),
      error: failuresOf("FulfilOrder")
    }).annotate(
      OpenApi.Summary,
      "Ship everything that the order's confirmed holds keep, or nothing"
    )
  )
  .annotate(OpenApi.Title, "Orders")
  .annotate(OpenApi.Description, "The holds of one order, together: all of them or none.")
