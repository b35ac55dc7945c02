/** What may be said about stock: how much there is, what moved it, and moving it. */
import {
  AdjustStock,
  CountStock,
  queryAnswers,
  queryInputs,
  ReceiveStock,
  ReturnStock,
  ShipStock,
  StockChanged,
  TransferStock
} from "@holdfast/core/effect"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import { keepChecks, skuIdList, skuPath, writeHeaders } from "../../kit/parameters.ts"
import { failuresOf, refusalsOf, storeFailures } from "./refusalSchemas.ts"

const moves = { headers: writeHeaders, params: skuPath, success: StockChanged }

const StockReadsApi = HttpApiGroup.make("stock").add(
  HttpApiEndpoint.get("statuses", "/api/inventory/stock-status", {
    query: { skuIds: skuIdList(100) },
    success: queryAnswers.stockStatus,
    error: [...refusalsOf("InvalidInput"), ...storeFailures]
  }).annotate(OpenApi.Summary, "Stock of up to 100 SKUs"),
  HttpApiEndpoint.post("manyStatuses", "/api/inventory/stock-status", {
    payload: queryInputs.stockStatus,
    success: queryAnswers.stockStatus,
    error: [...refusalsOf("InvalidInput"), ...storeFailures]
  }).annotate(OpenApi.Summary, "Stock of up to 1,000 SKUs"),
  HttpApiEndpoint.post("checkAvailability", "/api/inventory/check-availability", {
    payload: queryInputs.checkAvailability,
    success: queryAnswers.checkAvailability,
    error: failuresOf("ReserveStock", {
      without: ["IdempotencyMismatch", "IdTaken", "InsufficientStock"]
    })
  }).annotate(OpenApi.Summary, "Ask whether lines could be reserved now, and which are short"),
  HttpApiEndpoint.get("get", "/api/inventory/:skuId", {
    params: skuPath,
    query: {
      locations: queryInputs.stock.fields.locations,
      at: Schema.optionalKey(queryInputs.stockAsOf.fields.at)
    },
    success: [queryAnswers.stock, queryAnswers.stockAsOf],
    error: [...refusalsOf("InvalidInput", "SkuNotFound", "BeforeLedger"), ...storeFailures]
  }).annotate(OpenApi.Summary, "Stock of one SKU, now or as of an instant"),
  HttpApiEndpoint.get("movements", "/api/inventory/:skuId/movements", {
    params: skuPath,
    query: Struct.omit(queryInputs.movements.fields, ["skuId"]),
    success: queryAnswers.movements,
    error: [...refusalsOf("InvalidInput", "SkuNotFound"), ...storeFailures]
  }).annotate(OpenApi.Summary, "The ledger of one SKU, newest first"),
  HttpApiEndpoint.get("reservations", "/api/inventory/:skuId/reservations", {
    params: skuPath,
    query: Struct.omit(queryInputs.reservationsOfSku.fields, ["skuId"]),
    success: queryAnswers.reservationsOfSku,
    error: [...refusalsOf("InvalidInput", "SkuNotFound"), ...storeFailures]
  }).annotate(OpenApi.Summary, "The open holds of one SKU, oldest first: which orders have it")
)

/** The endpoints of stock. */
export const StockApi = StockReadsApi.add(
  HttpApiEndpoint.post("receive", "/api/inventory/:skuId/receive", {
    ...moves,
    payload: ReceiveStock.mapFields(Struct.omit(["_tag", "skuId"])),
    error: failuresOf("ReceiveStock")
  }).annotate(OpenApi.Summary, "Goods came in"),
  HttpApiEndpoint.post("returnStock", "/api/inventory/:skuId/return", {
    ...moves,
    payload: ReturnStock.mapFields(Struct.omit(["_tag", "skuId"])),
    error: failuresOf("ReturnStock")
  }).annotate(OpenApi.Summary, "Goods came back"),
  HttpApiEndpoint.post("ship", "/api/inventory/:skuId/ship", {
    ...moves,
    payload: ShipStock.mapFields(Struct.omit(["_tag", "skuId"])),
    error: failuresOf("ShipStock")
  }).annotate(OpenApi.Summary, "Goods left without a reservation; never units that are promised"),
  HttpApiEndpoint.post("adjust", "/api/inventory/:skuId/adjust", {
    ...moves,
    payload: AdjustStock.mapFields(Struct.omit(["_tag", "skuId"]), keepChecks),
    error: failuresOf("AdjustStock")
  }).annotate(OpenApi.Summary, "Correct the total by a signed quantity, with a reason"),
  HttpApiEndpoint.post("count", "/api/inventory/:skuId/count", {
    ...moves,
    payload: CountStock.mapFields(Struct.omit(["_tag", "skuId"]), keepChecks),
    error: failuresOf("CountStock")
  }).annotate(OpenApi.Summary, "Set the total to what was counted"),
  HttpApiEndpoint.post("transfer", "/api/inventory/:skuId/transfer", {
    ...moves,
    payload: TransferStock.mapFields(Struct.omit(["_tag", "skuId"]), keepChecks),
    error: failuresOf("TransferStock")
  }).annotate(OpenApi.Summary, "Move units between two locations")
)
  .annotate(OpenApi.Title, "Stock")
  .annotate(OpenApi.Description, "How much there is, where, and what moved it.")
