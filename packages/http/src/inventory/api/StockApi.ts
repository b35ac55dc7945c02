/** What may be said about stock: how much there is, what moved it, and moving it. */
import {
  AdjustStock,
  Availability,
  AvailabilityQuery,
  CountStock,
  HoldsOfSku,
  Instant,
  LevelStatus,
  LocationId,
  ReceiveStock,
  Reservation,
  ReturnStock,
  ShipStock,
  SkuId,
  StockChanged,
  StockMovement,
  StockStatus,
  Timestamp,
  TransferStock
} from "@holdfast/core/effect"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import {
  keepChecks,
  pageOf,
  pageQuery,
  skuIdList,
  skuPath,
  writeHeaders
} from "../../kit/parameters.ts"
import { failuresOf, refusalsOf, storeFailures } from "./refusalSchemas.ts"

/** A SKU's stock, in units: over its sellable locations, and on request at each location. */
export const StockView = Schema.Struct({
  ...StockStatus.fields,
  locations: Schema.optionalKey(Schema.Array(LevelStatus))
}).annotate({ identifier: "StockView" })

/** A SKU's totals as they were at an instant, from the ledger; without locations on request. */
export const StockAsOfView = Schema.Struct({
  skuId: SkuId,
  at: Timestamp,
  totalQuantity: Schema.Int,
  locations: Schema.optionalKey(
    Schema.Array(Schema.Struct({ locationId: LocationId, totalQuantity: Schema.Int }))
  )
}).annotate({ identifier: "StockAsOfView" })

/** The stock of many SKUs; those that nobody knows are named. */
export const StockStatuses = Schema.Struct({
  items: Schema.Array(StockStatus),
  unknownSkuIds: Schema.Array(Schema.String)
}).annotate({ identifier: "StockStatuses" })

const moves = { headers: writeHeaders, params: skuPath, success: StockChanged }

const StockReadsApi = HttpApiGroup.make("stock").add(
  HttpApiEndpoint.get("statuses", "/api/inventory/stock-status", {
    query: { skuIds: skuIdList(100) },
    success: StockStatuses,
    error: [...refusalsOf("InvalidInput"), ...storeFailures]
  }).annotate(OpenApi.Summary, "Stock of up to 100 SKUs"),
  HttpApiEndpoint.post("manyStatuses", "/api/inventory/stock-status", {
    payload: Schema.Struct({
      skuIds: Schema.Array(SkuId).check(Schema.isBetweenLength(1, 1_000))
    }),
    success: StockStatuses,
    error: [...refusalsOf("InvalidInput"), ...storeFailures]
  }).annotate(OpenApi.Summary, "Stock of up to 1,000 SKUs"),
  HttpApiEndpoint.post("checkAvailability", "/api/inventory/check-availability", {
    payload: AvailabilityQuery,
    success: Availability,
    error: failuresOf("ReserveStock", {
      without: ["IdempotencyMismatch", "IdTaken", "InsufficientStock"]
    })
  }).annotate(OpenApi.Summary, "Ask whether lines could be reserved now, and which are short"),
  HttpApiEndpoint.get("get", "/api/inventory/:skuId", {
    params: skuPath,
    query: { locations: Schema.optionalKey(Schema.Boolean), at: Schema.optionalKey(Instant) },
    success: [StockView, StockAsOfView],
    error: [...refusalsOf("InvalidInput", "SkuNotFound", "BeforeLedger"), ...storeFailures]
  }).annotate(OpenApi.Summary, "Stock of one SKU, now or as of an instant"),
  HttpApiEndpoint.get("movements", "/api/inventory/:skuId/movements", {
    params: skuPath,
    query: { ...pageQuery, locationId: Schema.optionalKey(LocationId) },
    success: pageOf(StockMovement.StockMovement),
    error: [...refusalsOf("InvalidInput", "SkuNotFound"), ...storeFailures]
  }).annotate(OpenApi.Summary, "The ledger of one SKU, newest first"),
  HttpApiEndpoint.get("reservations", "/api/inventory/:skuId/reservations", {
    params: skuPath,
    query: { ...pageQuery, status: Schema.optionalKey(HoldsOfSku) },
    success: pageOf(Reservation.Reservation),
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
