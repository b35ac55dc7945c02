/** The endpoints that treat all reservations of one order at once. */
import { OrderId, operations, pageFields, Reservation } from "@holdfast/core/inventory"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import {
  bundlePath,
  emptyBody,
  optionalBody,
  orderPath,
  writeHeaders
} from "../../kit/parameters.ts"
import { customersNotHereSchema } from "../routes/customersFromHere.ts"
import { failuresOf } from "./refusalSchemas.ts"

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

const { confirmOrder, fulfilOrder, releaseOrder, reservationsOfOrder, reserve } = operations
const { extendBundle, releaseBundle, resizeBundle } = operations
const { cancelOrder, completeOrder, order: placedOrder, payOrder, placeOrder } = operations

const { customer, eraseCustomer } = operations

const correlation = { "x-correlation-id": writeHeaders["x-correlation-id"] }

const fromHereAlone =
  "Each request leaves a record in the audit log. Without authentication, it is answered to the machine " +
  "of the server alone."

const LinesBody = reserve.input.mapFields(Struct.omit(["orderId", "replace"]))

const order = { headers: writeHeaders, params: orderPath, success: OrderReservations }

const path = "/api/inventory/orders/:orderId/reservations"

const bundle = { ...order, params: bundlePath }

const placed = { headers: writeHeaders, params: orderPath, success: placeOrder.answer }

/** The endpoints of an order's reservations, and of orders that are placed. */
export const OrdersApi = HttpApiGroup.make("orders")
  .add(
    HttpApiEndpoint.put("replace", path, {
      ...order,
      payload: LinesBody,
      error: failuresOf("reserve")
    }).annotate(
      OpenApi.Summary,
      "Hold these lines and nothing else for the order, all of them or none"
    ),
    HttpApiEndpoint.post("add", path, {
      ...order,
      payload: LinesBody,
      success: OrderReservations.pipe(HttpApiSchema.status(201)),
      error: failuresOf("reserve", { without: ["OrderAlreadyConfirmed"] })
    }).annotate(OpenApi.Summary, "Hold more lines for the order, all of them or none"),
    HttpApiEndpoint.get("get", path, {
      params: orderPath,
      query: pageFields,
      success: OrderReservationsPage,
      error: failuresOf("reservationsOfOrder")
    }).annotate(OpenApi.Summary, reservationsOfOrder.summary),
    HttpApiEndpoint.delete("release", path, {
      ...order,
      query: { confirmed: releaseOrder.input.fields.confirmed },
      error: failuresOf("releaseOrder")
    }).annotate(OpenApi.Summary, releaseOrder.summary),
    HttpApiEndpoint.post("confirm", "/api/inventory/orders/:orderId/confirm", {
      ...order,
      payload: optionalBody(confirmOrder.input.mapFields(Struct.omit(["orderId"]))),
      error: failuresOf("confirmOrder")
    }).annotate(OpenApi.Summary, confirmOrder.summary),
    HttpApiEndpoint.post("fulfil", "/api/inventory/orders/:orderId/fulfil", {
      ...order,
      payload: optionalBody(fulfilOrder.input.mapFields(Struct.omit(["orderId"]))),
      error: failuresOf("fulfilOrder")
    }).annotate(OpenApi.Summary, fulfilOrder.summary),
    HttpApiEndpoint.post(
      "releaseBundle",
      "/api/inventory/orders/:orderId/bundles/:bundleId/release",
      {
        ...bundle,
        payload: optionalBody(releaseBundle.input.mapFields(Struct.omit(["orderId", "bundleId"]))),
        error: failuresOf("releaseBundle")
      }
    ).annotate(OpenApi.Summary, releaseBundle.summary),
    HttpApiEndpoint.post(
      "resizeBundle",
      "/api/inventory/orders/:orderId/bundles/:bundleId/resize",
      {
        ...bundle,
        payload: resizeBundle.input.mapFields(Struct.omit(["orderId", "bundleId"])),
        error: failuresOf("resizeBundle")
      }
    ).annotate(OpenApi.Summary, resizeBundle.summary),
    HttpApiEndpoint.post(
      "extendBundle",
      "/api/inventory/orders/:orderId/bundles/:bundleId/extend",
      {
        ...bundle,
        payload: optionalBody(extendBundle.input.mapFields(Struct.omit(["orderId", "bundleId"]))),
        error: failuresOf("extendBundle")
      }
    ).annotate(OpenApi.Summary, extendBundle.summary),
    HttpApiEndpoint.put("place", "/api/inventory/orders/:orderId", {
      ...placed,
      payload: placeOrder.input.mapFields(Struct.omit(["orderId"])),
      error: failuresOf("placeOrder")
    }).annotate(OpenApi.Summary, placeOrder.summary),
    HttpApiEndpoint.get("state", "/api/inventory/orders/:orderId", {
      params: orderPath,
      success: placedOrder.answer,
      error: failuresOf("order")
    }).annotate(OpenApi.Summary, placedOrder.summary),
    HttpApiEndpoint.post("pay", "/api/inventory/orders/:orderId/pay", {
      ...placed,
      payload: emptyBody,
      error: failuresOf("payOrder")
    }).annotate(OpenApi.Summary, payOrder.summary),
    HttpApiEndpoint.post("cancel", "/api/inventory/orders/:orderId/cancel", {
      ...placed,
      payload: emptyBody,
      error: failuresOf("cancelOrder")
    }).annotate(OpenApi.Summary, cancelOrder.summary),
    HttpApiEndpoint.post("complete", "/api/inventory/orders/:orderId/complete", {
      ...placed,
      payload: optionalBody(completeOrder.input.mapFields(Struct.omit(["orderId"]))),
      error: failuresOf("completeOrder")
    }).annotate(OpenApi.Summary, completeOrder.summary),
    HttpApiEndpoint.get("customer", "/api/inventory/orders/:orderId/customer", {
      headers: correlation,
      params: orderPath,
      success: customer.answer,
      error: [...failuresOf("customer"), customersNotHereSchema]
    })
      .annotate(OpenApi.Summary, customer.summary)
      .annotate(OpenApi.Description, fromHereAlone),
    HttpApiEndpoint.delete("eraseCustomer", "/api/inventory/orders/:orderId/customer", {
      headers: correlation,
      params: orderPath,
      success: eraseCustomer.answer,
      error: [...failuresOf("eraseCustomer"), customersNotHereSchema]
    })
      .annotate(OpenApi.Summary, eraseCustomer.summary)
      .annotate(OpenApi.Description, fromHereAlone)
  )
  .annotate(OpenApi.Title, "Orders")
  .annotate(
    OpenApi.Description,
    "The holds of one order, together: all of them or none. And orders that are placed, whose state is kept."
  )
