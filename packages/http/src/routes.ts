/**
 * The REST API as a layer of routes. It needs an inventory, a catalog or both, and a router to add the
 * routes to; which store stands behind them is decided where the layers are put together. There are
 * routes for what is there, and none for what is not.
 */
import { CatalogQueries, type CatalogServices } from "@holdfast/core/catalog"
import { ImportDesk } from "@holdfast/core/exchange"
import { InventoryQueries, type InventoryServices } from "@holdfast/core/inventory"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { layerAccess } from "./access/layerAccess.ts"
import { asyncApiDocument } from "./asyncapi/asyncApiDocument.ts"
import { layerAuditRoutes } from "./audit/auditRoutes.ts"
import { layerHistoryRoutes } from "./audit/historyRoutes.ts"
import { layerSenders } from "./audit/senderOf.ts"
import { layerCompression } from "./caching/compression.ts"
import { layerShortWay } from "./caching/kept/layerShortWay.ts"
import { layerCacheHeaders } from "./caching/layerCacheHeaders.ts"
import { layerCartRoutes } from "./carts/cartRoutes.ts"
import { catalogOfEngine, layerCatalogEndpoints } from "./catalog/routes/catalogEndpoints.ts"
import { layerDoors } from "./doors/layerDoors.ts"
import type { ContextName } from "./events/contexts.ts"
import { layerEventStreams } from "./events/EventStreams.ts"
import { layerEventRoutes } from "./events/eventRoutes.ts"
import { ServedContexts, servedCatalog, servedInventory } from "./events/ServedContexts.ts"
import { RoutedApi, routedSharedApi } from "./HoldfastApi.ts"
import { layerHealthRoutes } from "./health/healthRoutes.ts"
import { layerImportEndpoints } from "./imports/importRoutes.ts"
import { inventoryOfEngine } from "./inventory/routes/inventoryOfEngine.ts"
import { layerLocationRoutes } from "./inventory/routes/locationRoutes.ts"
import { layerOperationRoutes } from "./inventory/routes/operationRoutes.ts"
import { layerOrderRoutes } from "./inventory/routes/orderRoutes.ts"
import { layerStockReportRoutes } from "./inventory/routes/reportRoutes.ts"
import { layerReservationRoutes } from "./inventory/routes/reservationRoutes.ts"
import { layerSkuRoutes } from "./inventory/routes/skuRoutes.ts"
import { layerStockRoutes } from "./inventory/routes/stockRoutes.ts"
import { type HttpOptions, HttpSettings, settingsOf } from "./kit/HttpOptions.ts"
import { layerRedactedNames } from "./kit/redactedNames.ts"
import { layerAccessLog } from "./kit/serving/accessLog.ts"
import { layerDocs } from "./kit/serving/docs.ts"
import { layerFrontPage } from "./kit/serving/frontPage.ts"
import { layerGuard, notAllowedAt } from "./kit/serving/guard.ts"
import { routerConfig } from "./kit/serving/knownRoutes.ts"
import { describedBy, ServedApi, servingOf, withDoors } from "./kit/serving/ServedApi.ts"
import { withLinesMax } from "./kit/serving/withLinesMax.ts"
import { layerStrictReading } from "./kit/strictReading.ts"
import { layerCrossOrigin } from "./limits/crossOrigin.ts"
import { layerAddressLimits } from "./limits/limitRequests.ts"
import { layerWebhookRoutes } from "./webhooks/webhookRoutes.ts"

const layerShadowed = Layer.unwrap(
  Effect.map(ServedApi, (served) =>
    HttpRouter.addAll(
      served.shadowedRoutes.map(({ method, path }) =>
        HttpRouter.route(method, path, notAllowedAt(served, path))
      )
    )
  )
)

const layerOpenApi = Layer.unwrap(
  Effect.gen(function* () {
    const settings = yield* HttpSettings
    const { documentAt } = yield* ServedApi
    const document = yield* Effect.cached(
      Effect.sync(() =>
        HttpServerResponse.jsonUnsafe(
          withLinesMax(documentAt(describedBy(settings)), settings.requestLinesMax)
        )
      )
    )
    return HttpRouter.add("GET", "/openapi.json", document)
  })
)

const layerAsyncApi = Layer.unwrap(
  Effect.gen(function* () {
    const settings = yield* HttpSettings
    const contexts = (yield* ServedContexts).map(({ context }) => context)
    const document = yield* Effect.cached(
      Effect.sync(() => HttpServerResponse.jsonUnsafe(asyncApiDocument({ ...settings, contexts })))
    )
    return HttpRouter.add("GET", "/asyncapi.json", document)
  })
)

const layerDocuments = Layer.mergeAll(layerOpenApi, layerAsyncApi, layerDocs)

const layerInventoryEndpoints = (services: Context.Context<InventoryServices>) =>
  HttpApiBuilder.layer(RoutedApi).pipe(
    Layer.provide([
      layerSkuRoutes,
      layerHistoryRoutes,
      layerStockRoutes,
      layerReservationRoutes,
      layerOrderRoutes,
      layerCartRoutes,
      layerLocationRoutes,
      layerOperationRoutes,
      layerStockReportRoutes
    ]),
    Layer.provide(InventoryQueries.layer),
    Layer.provide(Layer.succeedContext(services)),
    Layer.provide([layerStrictReading, layerAccess])
  )

const layerSharedEndpoints = (contexts: ReadonlyArray<ContextName>) =>
  HttpApiBuilder.layer(routedSharedApi(contexts)).pipe(
    Layer.provide([
      layerEventRoutes(contexts),
      layerWebhookRoutes(contexts),
      layerAuditRoutes(contexts),
      layerHealthRoutes(contexts)
    ]),
    Layer.provide(layerEventStreams),
    Layer.provide([layerStrictReading, layerAccess])
  )

/** The router, with the base path before every path. */
const layerBasePath = Layer.effect(
  HttpRouter.HttpRouter,
  Effect.gen(function* () {
    const { basePath } = yield* HttpSettings
    const router = yield* HttpRouter.HttpRouter
    return basePath === "" ? router : router.prefixed(basePath)
  })
)

/** What a router that the routes are added to is like, and who hears what is served in it. */
interface Routing {
  readonly areAlone: boolean
  readonly onServing?: ((served: ServedApi["Service"]) => void) | undefined
}

const ofInventory = (services: Context.Context<InventoryServices>) =>
  Layer.provideMerge(InventoryQueries.layer, Layer.succeedContext(services))

const ofCatalog = (services: Context.Context<CatalogServices>) =>
  Layer.provideMerge(CatalogQueries.layer, Layer.succeedContext(services))

const routesWith = (options: HttpOptions, { areAlone, onServing }: Routing) => {
  const settings = settingsOf(options)
  return Layer.unwrap(
    Effect.gen(function* () {
      const inventory = Option.getOrUndefined(yield* inventoryOfEngine)
      const catalog = Option.getOrUndefined(yield* catalogOfEngine)
      const contexts = [
        ...(inventory === undefined
          ? []
          : [yield* Effect.provide(servedInventory, ofInventory(inventory))]),
        ...(catalog === undefined ? [] : [yield* Effect.provide(servedCatalog, ofCatalog(catalog))])
      ]
      const names = contexts.map(({ context }) => context)
      const isWhole = inventory !== undefined && catalog !== undefined
      const found = Option.getOrUndefined(yield* Effect.serviceOption(ImportDesk))
      const desk = isWhole ? found : undefined
      const served = withDoors(servingOf(names, desk !== undefined), settings.doors)
      onServing?.(served)
      const endpoints = Layer.mergeAll(
        inventory === undefined ? Layer.empty : layerInventoryEndpoints(inventory),
        catalog === undefined ? Layer.empty : layerCatalogEndpoints(catalog),
        layerSharedEndpoints(names),
        desk === undefined ? Layer.empty : layerImportEndpoints(desk)
      )
      return Layer.mergeAll(
        Layer.provide(endpoints, layerCacheHeaders),
        Layer.provide(layerDoors(inventory, catalog), [layerEventStreams, layerCacheHeaders]),
        layerShadowed,
        layerDocuments
      ).pipe(
        Layer.provide(layerBasePath),
        Layer.merge(layerFrontPage),
        Layer.merge(areAlone ? layerShortWay : Layer.empty),
        // The routes are the same layers each time; a router that has them twice needs them twice.
        Layer.fresh,
        // A request meets these from the last to the first.
        Layer.provide(layerCompression),
        Layer.provide(layerAddressLimits({ areAlone })),
        Layer.provide(layerCrossOrigin({ areAlone })),
        Layer.provide(layerGuard({ areAlone })),
        Layer.provide(areAlone ? layerAccessLog : Layer.empty),
        Layer.provide(Layer.succeed(ServedContexts, contexts)),
        Layer.provide(Layer.succeed(ServedApi, served)),
        Layer.provide(layerSenders),
        Layer.provide(HttpServer.layerServices),
        Layer.provide(Layer.succeed(HttpSettings, settings))
      )
    })
  )
}

/**
 * The routes, for the router of a host. Serve them with `routerConfig`: ids are case-sensitive, and
 * how long a part of a path may be is for the schemas to say. Other routes of the router, and what
 * it does not find, stay the host's own.
 */
export const layerRoutes = (options: HttpOptions = {}) => routesWith(options, { areAlone: false })

/** The routes, for a router that has no others: what is not found is a problem too. */
export const layerRoutesAlone = (options: HttpOptions, onServing?: Routing["onServing"]) =>
  routesWith(options, { areAlone: true, onServing })

const serving = (options: HttpOptions) =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      const closing = new AbortController()
      const { leaving } = options
      const signal =
        leaving === undefined ? closing.signal : AbortSignal.any([closing.signal, leaving])
      const served = HttpRouter.serve(layerRoutesAlone({ ...options, leaving: signal }), {
        routerConfig,
        disableLogger: true,
        disableListenLog: true
      })
      yield* Layer.build(Layer.provide(served, layerRedactedNames))
      // Registered last, so it runs before the server waits.
      yield* Effect.addFinalizer(() => Effect.sync(() => closing.abort()))
    })
  )

/**
 * The routes, served by the `HttpServer` of a platform, such as `NodeHttpServer.layer`. Event streams
 * end first when the layer closes, since the server waits for requests that are under way.
 */
export const layerServer = (
  options: HttpOptions = {}
): Layer.Layer<never, never, HttpServer.HttpServer | InventoryServices> => serving(options)

/** The same for a catalog that has no inventory beside it. */
export const layerCatalogServer = (
  options: HttpOptions = {}
): Layer.Layer<never, never, HttpServer.HttpServer | CatalogServices> => serving(options)
