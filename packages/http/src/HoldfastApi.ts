/**
 * The whole REST API as one value: its endpoints, with their schemas and statuses. The server, the
 * typed client and the OpenAPI document are all made from it. A host that has one context alone serves
 * the API without the groups of the other. No code runs here.
 */
import * as HttpApi from "effect/http-api/HttpApi"
import type * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import * as OpenApi from "effect/http-api/OpenApi"
import { auditApiOf } from "./audit/AuditApi.ts"
import { HistoryApi } from "./audit/HistoryApi.ts"
import { CartsApi } from "./carts/CartsApi.ts"
import { AttributesApi } from "./catalog/api/AttributesApi.ts"
import { CategoriesApi } from "./catalog/api/CategoriesApi.ts"
import { OptionsApi } from "./catalog/api/OptionsApi.ts"
import { ProductReportsApi } from "./catalog/api/ProductReportsApi.ts"
import { ProductsApi } from "./catalog/api/ProductsApi.ts"
import { type ContextName, everyContext } from "./events/contexts.ts"
import { eventsApiOf } from "./events/EventsApi.ts"
import { HealthApi } from "./health/HealthApi.ts"
import { ImportsApi } from "./imports/ImportsApi.ts"
import { LocationsApi } from "./inventory/api/LocationsApi.ts"
import { OperationsApi } from "./inventory/api/OperationsApi.ts"
import { OrdersApi } from "./inventory/api/OrdersApi.ts"
import { ReservationsApi } from "./inventory/api/ReservationsApi.ts"
import { SkusApi } from "./inventory/api/SkusApi.ts"
import { StockApi } from "./inventory/api/StockApi.ts"
import { StockReportsApi } from "./inventory/api/StockReportsApi.ts"
import { completeDocument, openDocument } from "./kit/document.ts"
import { webhooksApiOf } from "./webhooks/WebhooksApi.ts"

const description = [
  "Reserve stock, and never oversell.",
  "Every answer of status 400 and above is a problem (RFC 9457) with a stable `type`.",
  "Every request that would do more when it is sent again takes an `Idempotency-Key`.",
  "A request for an order may carry at most 100 lines, unless the server is configured otherwise."
].join(" ")

const described = <Id extends string, Groups extends HttpApiGroup.Constraint>(
  api: HttpApi.HttpApi<Id, Groups>
): HttpApi.HttpApi<Id, Groups> =>
  api
    .annotate(OpenApi.Title, "Holdfast")
    .annotate(OpenApi.Version, "1")
    .annotate(OpenApi.Description, description)
    .annotate(OpenApi.License, { name: "MIT" })
    .annotate(OpenApi.Transform, completeDocument)

const inventoryGroups = HttpApi.make("inventory")
  .add(SkusApi)
  .add(HistoryApi)
  .add(StockApi)
  .add(ReservationsApi)
  .add(OrdersApi)
  .add(CartsApi)
  .add(LocationsApi)
  .add(OperationsApi)
  .add(StockReportsApi)

const catalogGroups = HttpApi.make("catalog")
  .add(ProductsApi)
  .add(OptionsApi)
  .add(CategoriesApi)
  .add(AttributesApi)
  .add(ProductReportsApi)

const importGroups = HttpApi.make("imports").add(ImportsApi)

/** What every host has, for the contexts that it serves. */
const sharedGroups = (contexts: ReadonlyArray<ContextName>) =>
  HttpApi.make("holdfast")
    .add(eventsApiOf(contexts))
    .add(webhooksApiOf(contexts))
    .add(auditApiOf(contexts))
    .add(HealthApi)

const contextGroups = sharedGroups(everyContext)
  .addHttpApi(inventoryGroups)
  .addHttpApi(catalogGroups)

/** The whole API. */
export const HoldfastApi = described(contextGroups.addHttpApi(importGroups))

/** The API of a host that takes no files. */
export const ContextsApi = described(contextGroups)

/** The API of a host that has no catalog. */
export const InventoryApi = described(sharedGroups(["inventory"]).addHttpApi(inventoryGroups))

/** The API of a host that has no inventory. */
export const CatalogApi = described(sharedGroups(["catalog"]).addHttpApi(catalogGroups))

/** An API as it is described where it lives under a base path, by a server that asks who sends a request or not. */
export const describedApi = <Id extends string, Groups extends HttpApiGroup.Constraint>(
  api: HttpApi.HttpApi<Id, Groups>,
  { basePath, isAsking }: { readonly basePath: string; readonly isAsking: boolean }
): HttpApi.HttpApi<Id, Groups> => {
  const there = basePath === "" ? api : api.annotate(OpenApi.Servers, [{ url: basePath }])
  return isAsking ? there : there.annotate(OpenApi.Transform, openDocument)
}

/** Reads a request strictly, and names every bad field of it. */
export class StrictReading extends HttpApiMiddleware.Service<StrictReading>()(
  "@holdfast/http/api/StrictReading"
) {}

/** Asks who sends a request, and whether they may. */
export class Access extends HttpApiMiddleware.Service<Access>()("@holdfast/http/api/Access") {}

const strict = { errors: "all", onExcessProperty: "error" } as const

const strictly = <Id extends string, Groups extends HttpApiGroup.Constraint>(
  api: HttpApi.HttpApi<Id, Groups>
) =>
  api
    .middleware(StrictReading)
    // The last is the first to see a request: who may not ask is not read.
    .middleware(Access)
    .annotate(HttpApi.ParamsParseOptions, strict)
    .annotate(HttpApi.QueryParseOptions, strict)
    .annotate(HttpApi.PayloadParseOptions, strict)

/** The API of the inventory as it is served: every request is read strictly. */
export const RoutedApi = strictly(inventoryGroups)

/** The API of imports as it is served. */
export const RoutedImportsApi = strictly(importGroups)

/** The API of the catalog as it is served. */
export const RoutedCatalogApi = strictly(catalogGroups)

/** What every host has, as it is served. */
export const routedSharedApi = (contexts: ReadonlyArray<ContextName>) =>
  strictly(sharedGroups(contexts))
