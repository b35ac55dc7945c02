/** The endpoints of stock: decode, call the service, tell a refusal as a problem. */
import {
  checkAvailability,
  cursor,
  Instant,
  levelStatuses,
  pageSizeDefault,
  type ReadStock,
  StockReads,
  stockStatus,
  Uuid
} from "@holdfast/core/effect"
import type * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as Schema from "effect/Schema"
import { RoutedApi } from "../../HoldfastApi.ts"
import { HttpSettings } from "../../kit/HttpOptions.ts"
import { afterCursor, pageFrom } from "../../kit/paging.ts"
import { orProblem, writing } from "./answerWith.ts"
import { linesWithin } from "./linesWithin.ts"

const afterHold = cursor(Schema.Struct({ createdAt: Instant, id: Uuid }))
const beforeMovement = cursor(Schema.Struct({ createdAt: Instant, id: Uuid }))

const viewOf = ({ levels, sku }: ReadStock, withLocations: boolean | undefined) => {
  const status = stockStatus(sku, levels)
  return withLocations === true ? { ...status, locations: levelStatuses(sku, levels) } : status
}

const asOf = Effect.fnUntraced(function* (
  reads: StockReads["Service"],
  { levels, sku }: ReadStock,
  at: DateTime.Utc,
  withLocations: boolean
) {
  const { horizon, levels: then } = yield* reads.stockAsOf(sku.id, at)
  if (horizon !== null) {
    return yield* Effect.fail({ _tag: "BeforeLedger" as const, skuId: sku.id, at, horizon })
  }
  const promising = new Set(
    levels.filter(({ isPromising }) => isPromising).map(({ level }) => level.locationId)
  )
  const totalQuantity = then
    .filter(({ locationId }) => promising.has(locationId))
    .reduce((sum, level) => sum + level.totalQuantity, 0)
  const total = { skuId: sku.id, at, totalQuantity }
  return withLocations ? { ...total, locations: then } : total
})

/** The endpoints of stock. */
export const layerStockRoutes = HttpApiBuilder.group(
  RoutedApi,
  "stock",
  Effect.fnUntraced(function* (handlers) {
    const reads = yield* StockReads
    const write = yield* writing
    const settings = yield* HttpSettings
    const stockOf = (skuId: string) =>
      Effect.flatMap(reads.stock([skuId]), ([stock]) =>
        stock === undefined
          ? Effect.fail({ _tag: "SkuNotFound" as const, skuIds: [skuId] })
          : Effect.succeed(stock)
      )
    const statusesOf = (skuIds: ReadonlyArray<string>) =>
      orProblem(
        Effect.map(reads.stock([...new Set(skuIds)]), (found) => {
          const known = new Map(found.map((stock) => [stock.sku.id, stock]))
          const asked = [...new Set(skuIds)]
          return {
            items: asked.flatMap((id) => known.get(id) ?? []).map((one) => viewOf(one, false)),
            unknownSkuIds: asked.filter((id) => !known.has(id))
          }
        })
      )
    return handlers.handleAll({
      statuses: ({ query }) => statusesOf(query.skuIds),
      manyStatuses: ({ payload }) => statusesOf(payload.skuIds),
      checkAvailability: ({ payload }) =>
        orProblem(
          Effect.andThen(
            linesWithin(settings, payload.lines),
            Effect.provideService(checkAvailability(payload), StockReads, reads)
          )
        ),
      get: ({ params: { skuId }, query }) =>
        orProblem(
          Effect.gen(function* () {
            const stock = yield* stockOf(skuId)
            if (query.at === undefined) return viewOf(stock, query.locations)
            return yield* asOf(reads, stock, query.at, query.locations ?? true)
          })
        ),
      movements: ({ params: { skuId }, query }) =>
        orProblem(
          Effect.gen(function* () {
            const before = yield* afterCursor(beforeMovement, query.cursor)
            yield* stockOf(skuId)
            const size = query.size ?? pageSizeDefault
            const { locationId } = query
            const rows = yield* reads.movements({ skuId, locationId, before, limit: size + 1 })
            return pageFrom(rows, size, beforeMovement.encode)
          })
        ),
      reservations: ({ params: { skuId }, query }) =>
        orProblem(
          Effect.gen(function* () {
            const after = yield* afterCursor(afterHold, query.cursor)
            yield* stockOf(skuId)
            const size = query.size ?? pageSizeDefault
            const status = query.status ?? "open"
            const rows = yield* reads.reservationsOfSku({ skuId, status, after, limit: size + 1 })
            return pageFrom(rows, size, afterHold.encode)
          })
        ),
      receive: (request) =>
        write(request, { _tag: "ReceiveStock", ...request.payload, ...request.params }),
      returnStock: (request) =>
        write(request, { _tag: "ReturnStock", ...request.payload, ...request.params }),
      ship: (request) =>
        write(request, { _tag: "ShipStock", ...request.payload, ...request.params }),
      adjust: (request) =>
        write(request, { _tag: "AdjustStock", ...request.payload, ...request.params }),
      count: (request) =>
        write(request, { _tag: "CountStock", ...request.payload, ...request.params }),
      transfer: (request) =>
        write(request, { _tag: "TransferStock", ...request.payload, ...request.params })
    })
  })
)
