/** The endpoints of SKUs: decode, call the service, tell a refusal as a problem. */
import { cursor, pageSizeDefault, SkuId, StockReads } from "@holdfast/core/effect"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { RoutedApi } from "../../HoldfastApi.ts"
import { afterCursor, pageFrom } from "../../kit/paging.ts"
import { orProblem, writing } from "./answerWith.ts"

const afterSku = cursor(SkuId)

/** The endpoints of SKUs. */
export const layerSkuRoutes = HttpApiBuilder.group(
  RoutedApi,
  "skus",
  Effect.fnUntraced(function* (handlers) {
    const reads = yield* StockReads
    const write = yield* writing
    return handlers.handleAll({
      register: (request) => write(request, { _tag: "RegisterSku", ...request.payload }),
      list: ({ query }) =>
        orProblem(
          Effect.gen(function* () {
            const after = yield* afterCursor(afterSku, query.cursor)
            if (query.code !== undefined) {
              const found = yield* reads.skuByCode(query.code)
              const isOnPage = found !== undefined && (after === null || found.id > after)
              return { items: isOnPage ? [found] : [], next: null }
            }
            const size = query.size ?? pageSizeDefault
            const skus = yield* reads.skus(after, size + 1)
            return pageFrom(skus, size, (sku) => afterSku.encode(sku.id))
          })
        ),
      get: ({ params: { skuId } }) =>
        orProblem(
          Effect.flatMap(reads.sku(skuId), (sku) =>
            sku === undefined
              ? Effect.fail({ _tag: "SkuNotFound" as const, skuIds: [skuId] })
              : Effect.succeed(sku)
          )
        ),
      update: (request) =>
        write(request, { _tag: "UpdateSku", ...request.payload, ...request.params }),
      archive: (request) => write(request, { _tag: "ArchiveSku", ...request.params }),
      unarchive: (request) => write(request, { _tag: "UnarchiveSku", ...request.params })
    })
  })
)
