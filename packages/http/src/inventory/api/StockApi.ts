/** The endpoints of stock: how much there is, what moved it, and moving it. */
import { type OperationName, operations, SkuId, stockLinesMax } from "@holdfast/core/inventory"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import { LinesMax } from "../../kit/LinesMax.ts"
import { keepChecks, listInQuery, skuPath, writeHeaders } from "../../kit/parameters.ts"
import { answersOf, failuresOf } from "./refusalSchemas.ts"

const { adjust, changeStock, count, receive, returnStock, ship, transfer } = operations
const {
  checkAvailability,
  heldOptions,
  movements,
  movementsOfReference,
  reservationsOfSku,
  stock,
  stockAsOf,
  stockStatus,
  stocks
} = operations

const StockReadsApi = HttpApiGroup.make("stock").add(
  HttpApiEndpoint.get("statuses", "/api/inventory/stock-status", {
    ...answersOf("stockStatus"),
    query: {
      skuIds: listInQuery(Schema.Array(SkuId).check(Schema.isBetweenLength(1, 100)))
    }
  }).annotate(OpenApi.Summary, "How much of up to 100 SKUs can be had"),
  HttpApiEndpoint.post("manyStatuses", "/api/inventory/stock-status", {
    ...answersOf("stockStatus"),
    payload: stockStatus.input
  }).annotate(OpenApi.Summary, stockStatus.summary),
  HttpApiEndpoint.post("many", "/api/stock/batch-get", {
    ...answersOf("stocks"),
    payload: stocks.input
  }).annotate(OpenApi.Summary, stocks.summary),
  HttpApiEndpoint.post("heldOptions", "/api/inventory/reservations/held-options", {
    ...answersOf("heldOptions"),
    payload: heldOptions.input
  }).annotate(OpenApi.Summary, heldOptions.summary),
  HttpApiEndpoint.post("checkAvailability", "/api/inventory/check-availability", {
    ...answersOf("checkAvailability"),
    payload: checkAvailability.input
  }).annotate(OpenApi.Summary, checkAvailability.summary),
  HttpApiEndpoint.get("get", "/api/inventory/:skuId", {
    params: skuPath,
    query: {
      locations: stock.input.fields.locations,
      at: Schema.optionalKey(stockAsOf.input.fields.at)
    },
    success: [stock.answer, stockAsOf.answer],
    error: failuresOf("stockAsOf")
  }).annotate(OpenApi.Summary, "Stock of one SKU, now or as of an instant"),
  HttpApiEndpoint.get("movementsOfReference", "/api/inventory/movements", {
    ...answersOf("movementsOfReference"),
    query: movementsOfReference.input.fields
  }).annotate(OpenApi.Summary, movementsOfReference.summary),
  HttpApiEndpoint.get("movements", "/api/inventory/:skuId/movements", {
    ...answersOf("movements"),
    params: skuPath,
    query: Struct.omit(movements.input.fields, ["skuId"])
  }).annotate(OpenApi.Summary, movements.summary),
  HttpApiEndpoint.get("reservations", "/api/inventory/:skuId/reservations", {
    ...answersOf("reservationsOfSku"),
    params: skuPath,
    query: Struct.omit(reservationsOfSku.input.fields, ["skuId"])
  }).annotate(OpenApi.Summary, reservationsOfSku.summary)
)

const moves = <Name extends OperationName>(name: Name) => ({
  ...answersOf(name),
  headers: writeHeaders,
  params: skuPath
})

/** The endpoints of stock. */
export const StockApi = StockReadsApi.add(
  HttpApiEndpoint.post("receive", "/api/inventory/:skuId/receive", {
    ...moves("receive"),
    payload: receive.input.mapFields(Struct.omit(["skuId"]), keepChecks)
  }).annotate(OpenApi.Summary, receive.summary),
  HttpApiEndpoint.post("returnStock", "/api/inventory/:skuId/return", {
    ...moves("returnStock"),
    payload: returnStock.input.mapFields(Struct.omit(["skuId"]), keepChecks)
  }).annotate(OpenApi.Summary, returnStock.summary),
  HttpApiEndpoint.post("ship", "/api/inventory/:skuId/ship", {
    ...moves("ship"),
    payload: ship.input.mapFields(Struct.omit(["skuId"]), keepChecks)
  }).annotate(OpenApi.Summary, ship.summary),
  HttpApiEndpoint.post("adjust", "/api/inventory/:skuId/adjust", {
    ...moves("adjust"),
    payload: adjust.input.mapFields(Struct.omit(["skuId"]), keepChecks)
  }).annotate(OpenApi.Summary, adjust.summary),
  HttpApiEndpoint.post("count", "/api/inventory/:skuId/count", {
    ...moves("count"),
    payload: count.input.mapFields(Struct.omit(["skuId"]), keepChecks)
  }).annotate(OpenApi.Summary, count.summary),
  HttpApiEndpoint.post("transfer", "/api/inventory/:skuId/transfer", {
    ...moves("transfer"),
    payload: transfer.input.mapFields(Struct.omit(["skuId"]), keepChecks)
  }).annotate(OpenApi.Summary, transfer.summary),
  HttpApiEndpoint.post("changeStock", "/api/stock/bulk", {
    ...answersOf("changeStock"),
    headers: writeHeaders,
    payload: changeStock.input
  })
    .annotate(OpenApi.Summary, changeStock.summary)
    .annotate(LinesMax, stockLinesMax)
)
  .annotate(OpenApi.Title, "Stock")
  .annotate(OpenApi.Description, "How much there is, where, and what moved it.")
